// state.json: what is known of each camera, by uid. Several servers may keep it at the same time, so a writer takes in
// what the others wrote and changes only what is its own.

import { readFileSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from '../base/replace-file.ts';

const entrySchema = z.object({
  id: z.string(),
  width: z.int().min(0).optional(),
  height: z.int().min(0).optional(),
  /** Which device it is: see CameraIdentity. */
  identity: z
    .object({ mac: z.string(), codec: z.string().nullable(), host: z.string(), movedTo: z.string().nullable() })
    .optional(),
  /** Fingerprints of sources that were given through the API. */
  guarded: z.array(z.string()).optional(),
  /** ISO 8601: since when no config has had it. */
  goneSince: z.string().optional(),
});

const fileSchema = z.object({ version: z.literal(1), cameras: z.record(z.uuid(), entrySchema) });

export type Entry = Readonly<z.output<typeof entrySchema>>;
export type Entries = ReadonlyMap<string, Entry>;

const MAX_TRIES = 20;

/** Entries of the file; `broken` when it is there and cannot be understood. Rejects with the system's error. */
export async function readState(file: string): Promise<Entries | 'broken'> {
  const text = await textOf(file);
  return text === null ? new Map() : parse(text);
}

/** Puts a file aside that cannot be understood. */
export async function setAside(file: string): Promise<string> {
  await rename(file, `${file}.broken`);
  return `${file}.broken`;
}

/** Reads, lets `merge` make the new entries of those that stand there, and writes them. Gives what was written. */
export async function updateState(file: string, merge: (disk: Entries) => Entries): Promise<Entries> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const before = await textOf(file);
    const found = before === null ? new Map<string, Entry>() : parse(before);
    const entries = merge(found === 'broken' ? new Map() : found);
    const text = `${JSON.stringify({ version: 1, cameras: Object.fromEntries(entries) }, null, 2)}\n`;
    if (text === before) return entries;
    const isStillWanted = (): boolean => readOrNull(file) === before;
    if (await replaceFile(file, text, { mode: 0o600, isStillWanted })) return entries;
  }
  throw new Error(`${file} is written by others all the time`);
}

function parse(text: string): Entries | 'broken' {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? new Map(Object.entries(parsed.data.cameras)) : 'broken';
  } catch (error) {
    if (error instanceof SyntaxError) return 'broken';
    throw error;
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
