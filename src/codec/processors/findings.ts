// What a processor gives, judged before it leaves the worker thread: its parts, of these the drawings, and events by
// the schemas that the processor itself declared. Pictures are judged where they are copied (frame-mat.ts).

import { z } from 'zod';
import type { Drawing, ProcessorDefinition } from './contract.ts';
import type { WorkerEvent } from './protocol.ts';

const MAX_DRAWINGS = 500;
const MAX_EVENTS = 100;
const MAX_TEXT = 200;
const RESULT_PARTS: ReadonlySet<string> = new Set(['picture', 'drawings', 'events']);

const share = z.number().min(-1).max(2);
const point = z.object({ x: share, y: share });
const box = z.object({ x: share, y: share, width: z.number().min(0).max(3), height: z.number().min(0).max(3) });
const colour = z.templateLiteral(['#', z.string().regex(/^[0-9a-f]{6}$/i)]).optional();
const text = z.string().overwrite((given) => given.slice(0, MAX_TEXT));

const drawings = z
  .array(
    z.discriminatedUnion('kind', [
      box.extend({ kind: z.literal('box'), label: text.optional(), colour }),
      z.object({ kind: z.literal('line'), from: point, to: point, colour }),
      z.object({ kind: z.literal('label'), at: point, text, colour }),
    ]),
  )
  .max(MAX_DRAWINGS);

const events = z
  .array(z.object({ type: z.string(), boxes: z.array(box).optional(), data: z.unknown() }))
  .max(MAX_EVENTS);

/** Throws an Error that names what is wrong. */
export function checkDrawings(given: unknown): readonly Drawing[] {
  return judged(drawings, given, 'drawings');
}

/** Events with their data as the processor's schema makes it. Throws an Error that names what is wrong. */
export function checkEvents({ events: shapes = {} }: ProcessorDefinition, given: unknown): WorkerEvent[] {
  return judged(events, given, 'events').map(({ type, boxes = [], data = {} }) => {
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (shape === undefined) throw new Error(`events: "${type}" is not among the declared types`);
    const plain = judged(shape, data, `the data of event "${type}"`);
    demandJson(plain, type);
    return { type, boxes: boxes.map(inside), data: plain };
  });
}

/** Events leave the server as JSON. */
function demandJson(data: unknown, type: string): void {
  try {
    JSON.stringify(data);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(`the data of event "${type}" cannot be said in JSON: ${why}`, { cause: error });
  }
}

/** The part of a box that is inside of the picture. */
function inside({ x, y, width, height }: z.output<typeof box>): z.output<typeof box> {
  const left = Math.min(1, Math.max(0, x));
  const top = Math.min(1, Math.max(0, y));
  const right = Math.min(1, Math.max(left, x + width));
  const bottom = Math.min(1, Math.max(top, y + height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function judged<T extends z.ZodType>(schema: T, given: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${what}${path.length === 0 ? '' : `.${path.join('.')}`}: ${message}`);
}

/** What `process` gave, by its parts. Throws an Error for what has none of them. */
export function demandResult(given: unknown): Readonly<Record<string, unknown>> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object') throw wrongResult(typeof given);
  if (Array.isArray(given)) throw wrongResult('an array');
  if ('delete' in given) throw wrongResult('a Mat');
  const other = Object.keys(given).find((key) => !RESULT_PARTS.has(key));
  if (other !== undefined) throw wrongResult(`"${other}"`);
  return { ...given };
}

function wrongResult(what: string): Error {
  return new Error(`process gave ${what}: it gives { picture }, { drawings } or { events }, or several, or nothing`);
}
