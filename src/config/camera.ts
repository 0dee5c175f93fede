// A camera as the processes need it: the config file's entry with its address parsed and its secrets apart.
// Control makes these from the config, sends them to ingest and codec on the control lane, and never shows them.

import type { DialRules } from '../base/dial-guard.ts';

/** What kind of source an address names, and so which process opens it: rtsp, http and push ingest, the others codec. */
export type SourceKind = 'rtsp' | 'http' | 'push' | 'device' | 'file' | 'test' | 'ffmpeg';

/** A parsed address. */
export interface SourceAddress {
  readonly kind: SourceKind;
  /**
   * What to open, without user and password. rtsp, http: the URL. push: `push:`. device: the path. file: the absolute path.
   * test: the whole address with its query. ffmpeg: what stands behind `ffmpeg:`, without credentials.
   */
  readonly target: string;
  /** The address with user and password masked: for logs, titles, status. */
  readonly display: string;
  /** Decoded user and password, from the address or from fields of their own; null when none. */
  readonly credentials: Credentials | null;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One camera, as its processes get it. */
export interface CameraSpec {
  readonly uid: string;
  readonly id: string;
  readonly address: SourceAddress;
  /** Open although nobody watches. */
  readonly always: boolean;
  readonly enabled: boolean;
  /** Check the certificate of rtsps and https cameras. */
  readonly tlsVerify: boolean;
  /** The first packet of the next opening has this sequence, or a later one. */
  readonly sequenceBase: number;
  /** Set for a source that came through the API: whom it may be dialled at. Null: a person wrote it into the file. */
  readonly guard: DialRules | null;
  /** Epochs of the next process start above this number. */
  readonly epochBase: number;
  /**
   * The camera took the password by Digest before: whoever asks for it in clear at its address does not get it. Default
   * false. Control forgets it with a new source or password, when the camera is switched off, and when it ends itself.
   */
  readonly digestOnly?: boolean;
}

/** One processor of a camera, as its codec process gets it. */
export interface ProcessorSpec {
  /** Of its stream, its events and its status; never `main` or `sub`. */
  readonly name: string;
  /** A file by its absolute path, or one that is built in. */
  readonly module:
    { readonly kind: 'file'; readonly path: string } | { readonly kind: 'builtin'; readonly use: string };
  readonly enabled: boolean;
  /** As written; the processor's own schema judges them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** One call of `process` may take so long. */
  readonly timeoutMs: number;
  /** Bound on its memory, OpenCV's heap included, megabytes (10^6). */
  readonly memoryMb: number;
}
