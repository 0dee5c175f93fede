// What the rest of the main process sees of the config while it runs: the Config in force, a listener for changes, and
// edits that are written back to the file. ConfigStore (store.ts) is the one that does it.

import type { Problem } from '../base/errors.ts';
import type { Config } from './load.ts';

/** Where the wishes come from and how the last reading went. */
export interface ConfigInfo {
  /** Path of the config file; null while there is none (test card, sources of the command line). */
  readonly file: string | null;
  /** Why cameras cannot be changed through the API; null when they can. */
  readonly fixed: Problem | null;
  /** What is wrong with the file as it stands now; the last good one is in force. Null when all is well. */
  readonly problem: Problem | null;
  /** Keys whose new values wait for a restart: `server.port`. */
  readonly restartNeeded: readonly string[];
}

/**
 * Keys of one camera as they are to be in the file. Absent: stays as it is. Null: the key goes, its default counts.
 * Texts are literal: `${NAME}` is written so that it stays that text and reads no environment.
 */
export interface CameraValues {
  readonly name?: string | null | undefined;
  readonly source?: string | undefined;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly always?: boolean | null | undefined;
  readonly enabled?: boolean | null | undefined;
  readonly tlsVerify?: boolean | null | undefined;
  /** By name, merged like the rest (RFC 7396); null: the processor goes. */
  readonly processors?: Readonly<Record<string, ProcessorValues | null>> | undefined;
}

/** Keys of one processor as they are to be in the file. */
export interface ProcessorValues {
  readonly enabled?: boolean | null | undefined;
  readonly options?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The config file inside one edit, read just before. Methods may throw; the file then stays as it is. */
export interface ConfigEditor {
  /** The wishes as the file has them now, before this edit: its cameras are what an edit is judged by. */
  readonly config: Config;
  /** Of the camera before this edit; null when there is none of this id. */
  revisionOf(id: string): string | null;
  /** True when there is such a camera, with what this edit did so far. The test card of a missing file is one. */
  has(id: string): boolean;
  /** True when the file has a `${NAME}` in this value: what it stands for must not be written into the file. */
  isReference(id: string, key: keyof CameraValues): boolean;
  /** True when `add` and `rename` may use this id. */
  isFree(id: string): boolean;
  /** Adds a camera behind the others. Throws `taken`. */
  add(id: string, values: CameraValues & { readonly source: string }): void;
  /** Changes the named keys of one camera. Throws `not-found`. */
  change(id: string, values: CameraValues): void;
  /** Gives a camera another id; its place and comments stay. Throws `not-found`, `taken`. */
  rename(id: string, newId: string): void;
  /** Takes a camera out of the file. Throws `not-found`. */
  remove(id: string): void;
}

/** The config of a running server. Its file is read again whenever it changes, and is written by nobody else here. */
export interface LiveConfig {
  /** What is in force: the last reading without a fault, with what the command line says over it. */
  readonly config: Config;
  readonly info: ConfigInfo;
  /** Opaque, 16 hex digits: changes with each change of the camera's wishes. Null when there is no such camera. */
  revisionOf(id: string): string | null;
  /** Called once for each change of `config`, by whoever; before `edit` resolves. Returns what ends it. */
  onChange(listener: (config: Config) => void): () => void;
  /** Called when `info` changes. Returns what ends it. */
  onInfo(listener: (info: ConfigInfo) => void): () => void;
  /**
   * Reads the file again (`onChange` tells what a person wrote meanwhile), runs `mutate`, writes what it did and takes
   * it into force. One edit at a time. When the file changes under it, `mutate` runs again on the new one. Rejects
   * with what `mutate` threw, `config-fixed`, `config-unwritable`, or `source-invalid` for values that make no camera;
   * file and `config` are then as before.
   */
  edit(mutate: (draft: ConfigEditor) => void): Promise<Config>;
  close(): Promise<void>;
}
