// Where the decoded pictures of an opened camera come from, as its loops see it: a live source, or a file.

import type { SightlineError } from '../base/errors.ts';
import type { Hub } from '../base/hub.ts';
import type { Frame } from '../codec/ffmpeg/frame.ts';
import type { StreamState } from '../media/types.ts';
import type { Room } from './room.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface Pictures {
  /** Decoding runs while somebody reads. */
  readonly hub: Hub<Frame>;
  /** Set for a lossless camera: loops ask there. Null: the newest wins. */
  readonly room: Room | null;
  readonly state: StreamState;
  /** Of its pictures, where that is known before the first one. */
  readonly size: PictureSize | null;
  /** Set when no more pictures come; `error` null: the file was read to its end. */
  readonly end: { readonly error: SightlineError | null } | null;
  /** Pictures that came; those of them that could not be used, and those that were leapt over on the way to newer ones. */
  readonly captured: number;
  readonly lost: number;
  readonly leapt: number;
  /** Settles when everything that has come is decoded; null when nothing waits. */
  readonly catchingUp: Promise<unknown> | null;
  /** Calls `listener` after a change of state or end; returns its removal. */
  listen(listener: () => void): () => void;
  close(): Promise<void>;
}
