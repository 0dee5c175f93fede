// What the server remembers of cameras from one run to the next, beside the config file: facts, never wishes.

import type { SourceAddress } from '../config/camera.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Which device a camera is, as learned while it was live at `host`. */
export interface CameraIdentity {
  /** `aa:bb:cc:dd:ee:ff`. */
  readonly mac: string;
  /** FFmpeg's name of what it sent; null: not known. */
  readonly codec: string | null;
  /** The host that the config said. Of another one nothing is known. */
  readonly host: string;
  /** Where the device was found since, when that is elsewhere. */
  readonly movedTo: string | null;
}

/** The state folder as control uses it. Every call is synchronous; what changes is written soon after. */
export interface CameraMemory {
  /** Folder for other things to keep (the journal); null when nothing is kept on disk. */
  readonly path: string | null;
  /** The local key: who sends it may do everything. From 32 random bytes, base64url. */
  readonly localKey: string;
  /** Random and kept, for revisions and fingerprints; never shown. */
  readonly secret: Buffer;
  /** The uid of the camera with this id, the same as in earlier runs; made when it has none. */
  uidOf(id: string): string;
  /** The camera has another id from now on. What was remembered of a former camera of that id is forgotten. */
  rename(uid: string, newId: string): void;
  /** These ids are all that there are. What is known of others is kept for 30 days, in case they come back. */
  retain(ids: Iterable<string>): void;
  /** Forgets a camera that a person removed on purpose: another one of its id gets a new uid. */
  forget(uid: string): void;
  /** Size of its pictures as last seen; null when never. */
  sizeOf(uid: string): PictureSize | null;
  setSize(uid: string, size: PictureSize): void;
  /** Which device it is; null when that was never learned. */
  identityOf(uid: string): CameraIdentity | null;
  setIdentity(uid: string, identity: CameraIdentity): void;
  /** This source is about to be given through the API: called before the config is written, so that it never counts less. */
  guard(uid: string, source: SourceAddress): void;
  /** True when the camera's source was given through the API. A source that a person wrote ends that for good. */
  isGuarded(uid: string, source: SourceAddress): boolean;
  /** Resolves when everything so far is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
