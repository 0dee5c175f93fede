// One edit of the config file in memory: keeps the text (camera-text.ts) and, apart from it, what its cameras are to
// say. At the end the text is read anew and must say just that, and the same as before of every camera that was not
// meant; else nothing of it is kept.

import { isDeepStrictEqual } from 'node:util';
import { SightlineError } from '../base/errors.ts';
import { CAMERA_ID, CAMERA_ID_RULE, parseAddress } from './address.ts';
import { CameraText } from './camera-text.ts';
import type { CameraPairs } from './camera-text.ts';
import { loadReading } from './load.ts';
import type { CameraConfig, LoadOptions, Reading } from './load.ts';
import { differences, merged } from './merge.ts';
import { revisionOf } from './revision.ts';
import { cameraSchema, keyNotes } from './schema.ts';
import type { CameraValues, ConfigEditor } from './store-types.ts';
import { YamlText } from './yaml-text.ts';

type Wishes = Record<string, unknown>;

export interface EditorOptions {
  readonly reading: Reading;
  readonly text: string;
  /** The test card that is shown while there is no file: written out when it is changed, gone when another is added. */
  readonly placeholders: readonly CameraConfig[];
  readonly load: Omit<LoadOptions, 'text'>;
  readonly secret: Buffer;
}

type Key = keyof typeof cameraSchema.shape;
type PlainKey = Exclude<Key, 'processors'>;

const KEYS = Object.keys(cameraSchema.shape) as Key[];
/** Those whose value is one text or flag. */
const PLAIN_KEYS = KEYS.filter((key): key is PlainKey => key !== 'processors');

export class Editor implements ConfigEditor {
  readonly config: Reading['config'];
  readonly #options: EditorOptions;
  readonly #text: CameraText;
  /** In the order of the file. */
  #wishes: [id: string, wishes: Wishes][];
  #placeholders: readonly CameraConfig[];
  readonly #touched = new Set<string>();
  #changed = false;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.config = options.reading.config;
    this.#text = new CameraText(options.text);
    const { raw } = options.reading;
    const ids = this.config.cameras.map((camera) => camera.id);
    // Through JSON, because aliases of YAML share one object.
    this.#wishes = ids.map((id) => [id, JSON.parse(JSON.stringify(raw[id] ?? {})) as Wishes]);
    this.#placeholders = options.placeholders;
  }

  revisionOf(id: string): string | null {
    const { cameras } = this.config;
    const camera = [...cameras, ...this.#options.placeholders].find((candidate) => candidate.id === id);
    return camera === undefined ? null : revisionOf(camera, this.#options.secret);
  }

  has(id: string): boolean {
    return this.#find(id) !== undefined || this.#placeholders.some((camera) => camera.id === id);
  }

  isReference(id: string, key: keyof CameraValues): boolean {
    const { text, load } = this.#options;
    return new YamlText(text, load.env).fromEnvironment(['cameras', id, key]);
  }

  isFree(id: string): boolean {
    return this.#find(id) === undefined;
  }

  add(id: string, values: CameraValues & { readonly source: string }): void {
    this.#claim(id);
    this.#placeholders = [];
    this.#add(id, values);
  }

  change(id: string, values: CameraValues): void {
    const wishes = this.#demand(id);
    if (values.processors !== undefined) this.#changeProcessors(id, wishes, values.processors);
    const changed = PLAIN_KEYS.filter((key) => values[key] !== undefined && values[key] !== (wishes[key] ?? null));
    for (const key of changed) {
      const value = values[key] ?? null;
      if (value === null) Reflect.deleteProperty(wishes, key);
      else wishes[key] = value;
    }
    check(id, wishes, { keys: changed, cwd: this.#options.load.cwd });
    for (const key of changed) {
      const value = values[key] ?? null;
      if (value === null) this.#text.unset(id, key);
      else this.#text.set(id, key, value);
    }
  }

  /** Each changed key by itself, so that what stands around it stays as it was written. */
  #changeProcessors(id: string, wishes: Wishes, changes: NonNullable<CameraValues['processors']>): void {
    const before = (wishes['processors'] ?? {}) as Wishes;
    // As it will be written: JSON knows no -0.
    const after = JSON.parse(JSON.stringify(merged(before, changes))) as Wishes;
    if (isDeepStrictEqual(before, after)) return;
    const had = wishes['processors'] !== undefined;
    if (Object.keys(after).length === 0) {
      Reflect.deleteProperty(wishes, 'processors');
      if (had) this.#text.unsetDeep(id, ['processors']);
    } else {
      wishes['processors'] = after;
      check(id, wishes, { keys: ['processors'], cwd: this.#options.load.cwd });
      for (const { path, value } of differences(had ? before : null, after)) {
        if (value === undefined) this.#text.unsetDeep(id, ['processors', ...path]);
        else this.#text.setDeep(id, ['processors', ...path], value);
      }
    }
  }

  rename(id: string, newId: string): void {
    if (id === newId) return;
    const wishes = this.#demand(id);
    this.#claim(newId);
    this.#text.rename(id, newId);
    this.#wishes = this.#wishes.map((entry) => (entry[0] === id ? [newId, wishes] : entry));
    this.#touched.add(newId);
  }

  remove(id: string): void {
    if (this.#placeholders.some((camera) => camera.id === id)) {
      this.#placeholders = [];
      this.#changed = true;
      return;
    }
    this.#demand(id);
    this.#text.remove(id);
    this.#wishes = this.#wishes.filter((entry) => entry[0] !== id);
  }

  /** The new text and what it says; null when nothing was changed. Throws `config-unwritable`. */
  finish(): { readonly text: string; readonly reading: Reading } | null {
    const { text } = this.#text;
    if (text === this.#options.text && !this.#changed) return null;
    const reading = this.#read(text);
    const said = reading.config.cameras.map(({ id }) => [id, reading.raw[id]]);
    const same =
      isDeepStrictEqual(said, this.#wishes) && isDeepStrictEqual(untouched(reading, this.#touched), this.#rest());
    if (!same || !isDeepStrictEqual(reading.config.server, this.config.server)) throw entangled();
    return { text, reading };
  }

  #read(text: string): Reading {
    // Through bytes, as the file will be read.
    const stored = Buffer.from(text).toString();
    try {
      return loadReading({ ...this.#options.load, text: stored });
    } catch (error) {
      if (!(error instanceof SightlineError) || error.code !== 'config-invalid') throw error;
      throw entangled(error);
    }
  }

  /** Cameras that the edit was not about, as they were. */
  #rest(): CameraConfig[] {
    const kept = new Set(this.#wishes.map(([id]) => id));
    return this.config.cameras.filter(({ id }) => kept.has(id) && !this.#touched.has(id));
  }

  #find(id: string): Wishes | undefined {
    return this.#wishes.find((entry) => entry[0] === id)?.[1];
  }

  /** The wishes of a camera that is about to change; the test card of a missing file is written out first. */
  #demand(id: string): Wishes {
    const placeholder = this.#placeholders.find((camera) => camera.id === id);
    if (placeholder !== undefined) {
      this.#placeholders = [];
      this.#add(id, { source: placeholder.source.target });
    }
    const wishes = this.#find(id);
    if (wishes === undefined) throw new SightlineError('not-found', `the config file has no camera ${id}`);
    this.#touched.add(id);
    return wishes;
  }

  #claim(id: string): void {
    if (!CAMERA_ID.test(id)) {
      throw new SightlineError('request-invalid', `"${id.slice(0, 64)}" is not an id of a camera`, {
        hint: `Allowed are ${CAMERA_ID_RULE}.`,
      });
    }
    if (!this.isFree(id)) throw new SightlineError('taken', `there is a camera ${id} already`);
  }

  #add(id: string, values: CameraValues & { readonly source: string }): void {
    const pairs: CameraPairs = PLAIN_KEYS.flatMap((key) => {
      const value = values[key];
      return value === undefined || value === null ? [] : [[key, value] as const];
    });
    const wishes: Wishes = Object.fromEntries(pairs);
    check(id, wishes, { keys: KEYS, cwd: this.#options.load.cwd });
    this.#text.add(id, pairs);
    this.#wishes.push([id, wishes]);
    this.#touched.add(id);
  }
}

/** Throws `source-invalid` or `request-invalid` when the wishes, of which `keys` are new, make no camera. */
function check(id: string, wishes: Wishes, { keys, cwd }: { keys: readonly Key[]; cwd: string }): void {
  for (const key of keys) {
    const value = wishes[key];
    if (typeof value === 'string' && !value.isWellFormed()) throw notAllowed(id, key);
    if (!cameraSchema.shape[key].safeParse(value).success) throw notAllowed(id, key);
  }
  const { source, username, password } = wishes;
  parseAddress(String(source), { cwd, username: textOr(username), password: textOr(password) });
}

function untouched(reading: Reading, touched: ReadonlySet<string>): CameraConfig[] {
  return reading.config.cameras.filter(({ id }) => !touched.has(id));
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function notAllowed(id: string, key: Key): SightlineError {
  const { allowed } = keyNotes.get(cameraSchema.shape[key]) ?? { allowed: 'something else' };
  return new SightlineError('request-invalid', `${key} of ${id} has a value that is not allowed`, {
    hint: `Allowed is ${allowed}.`,
  });
}

function entangled(cause?: unknown): SightlineError {
  const text = 'the config file cannot be changed here without changing something else in it';
  const hint = 'Change it with an editor; anchors (&name) and aliases (*name) are what makes this.';
  return new SightlineError('config-unwritable', text, { hint, cause });
}
