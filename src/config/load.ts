// From the config file, or the arguments of the command line, to the Config that the server starts with. Reads the
// file once; every fault in it is reported at once, each with line, column, key, what was found and what is allowed.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Stats } from 'node:fs';
import { SightlineError } from '../base/errors.ts';
import { parseAddress, splitSourceArgument } from './address.ts';
import type { ProcessorSpec, SourceAddress } from './camera.ts';
import { checkConfig, type CheckedConfig } from './check.ts';
import type { CameraEntry, ServerConfig } from './schema.ts';
import { YamlText, type Fault } from './yaml-text.ts';

export interface CameraConfig {
  readonly id: string;
  /** What people call it; the id where nothing else is configured. */
  readonly name: string;
  readonly source: SourceAddress;
  /** Open although nobody watches. */
  readonly always: boolean;
  readonly enabled: boolean;
  readonly tlsVerify: boolean;
  readonly processors: readonly ProcessorSpec[];
}

export interface Config {
  readonly server: Readonly<ServerConfig>;
  /** In the order of the file. */
  readonly cameras: readonly CameraConfig[];
}

export interface LoadOptions {
  /** Path of the file, as it is shown in messages. */
  readonly file: string;
  /** Its text, when the caller has it already. */
  readonly text?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of sources are resolved against. */
  readonly cwd: string;
}

export const MAX_CONFIG_BYTES = 1_048_576;

/** What the file says of each camera before the schema: plain values, the environment filled in, by id. */
export type RawCameras = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Reading {
  readonly config: Config;
  readonly raw: RawCameras;
}

/** Reads and checks a config file. Throws `config-invalid`, with one line `FILE:LINE:COLUMN: key: …` for each fault. */
export function loadConfig(options: LoadOptions): Config {
  return loadReading(options).config;
}

/** The same, with what the file itself says of its cameras. */
export function loadReading(options: LoadOptions): Reading {
  const text = options.text ?? readText(options.file);
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) throw tooLarge(options.file);
  const yaml = new YamlText(text, options.env);
  if (yaml.faults.length > 0 && yaml.value === undefined) throw invalid(options.file, yaml.faults);
  if (yaml.value === null || yaml.value === undefined) {
    yaml.addFault([], 'the file is empty; allowed: a mapping with the keys server and cameras');
    throw invalid(options.file, yaml.faults);
  }
  const faultsBefore = yaml.faults.length;
  const checked = checkConfig(yaml);
  const cameras = readCameras(yaml, checked, options.cwd);
  if (checked === null || yaml.faults.length > 0) throw invalid(options.file, withoutEchoes(yaml.faults, faultsBefore));
  const raw = (yaml.value as { cameras?: RawCameras | null }).cameras ?? {};
  return { config: { server: checked.server, cameras: inFileOrder(cameras, yaml.keys(['cameras'])) }, raw };
}

/** An object lists keys that are whole numbers first, whatever the file says. */
function inFileOrder(cameras: readonly CameraConfig[], ids: readonly string[]): CameraConfig[] {
  const places = new Map(ids.map((id, place) => [id, place]));
  return [...cameras].sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

/** Cameras from the command line: `[id=]ADDRESS` each. Without an id they are camera1, camera2, … */
export function configFromArguments(sources: readonly string[], cwd: string): CameraConfig[] {
  const split = sources.map(splitSourceArgument);
  const taken = new Set<string>();
  for (const { id } of split) {
    if (id === null) continue;
    if (taken.has(id)) {
      throw new SightlineError('source-invalid', `Two sources have the id ${id}`, {
        hint: 'Give each source an id of its own: id=ADDRESS.',
      });
    }
    taken.add(id);
  }
  let number = 0;
  return split.map(({ id, address }) => {
    let name = id;
    while (name === null) {
      number += 1;
      if (!taken.has(`camera${number}`)) name = `camera${number}`;
    }
    const source = parseAddress(address, { cwd });
    return { id: name, name, source, always: false, enabled: true, tlsVerify: true, processors: [] };
  });
}

function readCameras(yaml: YamlText, checked: CheckedConfig | null, cwd: string): CameraConfig[] {
  if (checked !== null) {
    return Object.entries(checked.cameras).flatMap(([id, camera]) => {
      const source = readSource(yaml, id, camera, cwd);
      const { name = id, always, enabled, tlsVerify } = camera;
      const processors = readProcessors(camera.processors, cwd);
      return source === null ? [] : [{ id, name, source, always, enabled, tlsVerify, processors }];
    });
  }
  const cameras = (yaml.value as { cameras?: unknown }).cameras;
  if (typeof cameras !== 'object' || cameras === null) return [];
  for (const [id, camera] of Object.entries(cameras as Record<string, unknown>)) {
    if (typeof camera === 'object' && camera !== null) readSource(yaml, id, camera, cwd);
  }
  return [];
}

function readProcessors(processors: CameraEntry['processors'], cwd: string): ProcessorSpec[] {
  return Object.entries(processors).map(([name, { file, use = name, ...rest }]) => {
    const module =
      file === undefined
        ? ({ kind: 'builtin', use } as const)
        : ({ kind: 'file', path: path.resolve(cwd, file) } as const);
    return { name, module, ...rest };
  });
}

/** The parsed address of one camera, or null after noting its fault; what the schema refused is passed over. */
function readSource(yaml: YamlText, id: string, camera: object, cwd: string): SourceAddress | null {
  const { source, username, password } = camera as Record<string, unknown>;
  if (typeof source !== 'string') return null;
  try {
    return parseAddress(source, {
      cwd,
      username: typeof username === 'string' ? username : null,
      password: typeof password === 'string' ? password : null,
    });
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    yaml.addFault(['cameras', id, 'source'], `${error.message}. ${error.hint}`);
    return null;
  }
}

/** Where a variable is missing, what the schema says of the same key would only confuse. */
function withoutEchoes(faults: readonly Fault[], firstOfCheck: number): Fault[] {
  const before = new Set(faults.slice(0, firstOfCheck).map((fault) => fault.path));
  return faults.filter((fault, index) => index < firstOfCheck || !before.has(fault.path));
}

function readText(file: string): string {
  try {
    demandOrdinary(file, statSync(file));
    return decodeConfig(readFileSync(file));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Throws `config-invalid` for what would not end, or would keep its reader waiting (a pipe, a device), or is too large. */
export function demandOrdinary(file: string, stats: Stats): void {
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new SightlineError('config-invalid', `${file}: it is a pipe or a device, not a file`, {
      hint: 'Write it to a file: it is read again whenever it changes.',
    });
  }
  if (stats.size > MAX_CONFIG_BYTES) throw tooLarge(file);
}

/** The text of a config file's bytes. Throws what `unreadable` explains. */
export function decodeConfig(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** Why a config file cannot be read, as `config-invalid`. */
export function unreadable(file: string, error: unknown): SightlineError {
  if (error instanceof SightlineError) return error;
  return new SightlineError('config-invalid', `${file}: ${whyUnreadable(error)}`, {
    hint: 'Check the path after --config.',
    cause: error,
  });
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'EISDIR') return 'it is a folder, not a file';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not text in UTF-8';
  return `it cannot be read (${code ?? String(error)})`;
}

export function tooLarge(file: string): SightlineError {
  return new SightlineError('config-invalid', `${file}: it is larger than 1 MB, which no config file needs`);
}

function invalid(file: string, faults: readonly Fault[]): SightlineError {
  const sorted = [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = sorted.slice(0, 50).map(({ line, column, path, text }) => {
    return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${text}`;
  });
  if (sorted.length > shown.length) shown.push(`${file}: and ${sorted.length - shown.length} more faults`);
  return new SightlineError('config-invalid', shown.join('\n'), {
    hint: faults.length === 1 ? 'Correct this line.' : 'Correct these lines.',
  });
}
