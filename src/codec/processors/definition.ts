// From what a worker thread is started with to a definition that can be set up: its module loaded, its wishes with
// their defaults, its options judged by its own schema.

import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { loadBuiltIn } from './built-in/built-ins.ts';
import { isProcessorDefinition } from './contract.ts';
import type { PixelFormat, ProcessorDefinition } from './contract.ts';
import type { WorkerStart } from './protocol.ts';

const FORMATS: ReadonlySet<string> = new Set<PixelFormat>(['gray', 'bgr', 'rgba', 'yuv420p']);
const DEFAULT_INPUT = { width: 640, format: 'bgr', fps: 10 } as const;
const LIMITS = { width: { least: 16, most: 7680 }, fps: { least: 0.1, most: 120 } } as const;

type Options = Readonly<Record<string, unknown>>;

/** The default export of its module. Throws an Error for what is no processor. */
export async function loadDefinition(module: WorkerStart['module']): Promise<ProcessorDefinition> {
  if (module.kind === 'builtin') {
    const known = await loadBuiltIn(module.use);
    if (!isProcessorDefinition(known)) throw new Error(`there is no built-in processor "${module.use}"`);
    return known;
  }
  demandFile(module.path);
  const loaded = (await import(pathToFileURL(module.path).href)) as { readonly default?: unknown };
  if (!isProcessorDefinition(loaded.default)) {
    throw new Error('the file has no default export made by defineProcessor(…) from "sightline"');
  }
  return loaded.default;
}

function demandFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`there is no file ${path}`);
  if (!found.isFile()) throw new Error(`${path} is no file`);
}

/** The frames that it wants. Throws an Error for wishes that nobody can fill. */
export function inputOf({ input = {} }: ProcessorDefinition): {
  readonly width: number;
  readonly format: PixelFormat;
  readonly fps: number;
} {
  const { width = DEFAULT_INPUT.width, format = DEFAULT_INPUT.format, fps = DEFAULT_INPUT.fps } = input;
  for (const [name, value] of Object.entries({ width, fps })) {
    const { least, most } = LIMITS[name as 'width' | 'fps'];
    if (!(value >= least && value <= most)) throw new Error(`input.${name} must be from ${least} to ${most}`);
  }
  if (!FORMATS.has(format)) throw new Error(`input.format must be one of ${[...FORMATS].join(', ')}`);
  return { width: Math.round(width), format, fps };
}

/** JSON Schema of the options, for forms; what JSON cannot say is left open. */
export function optionsSchemaOf({ options }: ProcessorDefinition): Options {
  if (options === undefined) return { type: 'object', properties: {}, additionalProperties: false };
  return z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
}

/** Options as others are told them, in JSON; what that cannot say is left out. */
export function tellable(options: Options): Options {
  try {
    const text = JSON.stringify(options, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    return JSON.parse(text) as Options;
  } catch {
    // A schema may make objects of them that know one another.
    return {};
  }
}

/** The options with their defaults. Throws an Error that names each one that is wrong or not known. */
export function parseOptions({ options }: ProcessorDefinition, values: Options): Options {
  const schema = (options ?? z.object({})).strict();
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    return path.length === 0 ? message : `options.${path.join('.')}: ${message}`;
  });
  throw new Error(faults.join('; '));
}
