// What a program of somebody's own sees of a camera that it has opened itself: `openCamera` of the package. Types only;
// open.ts makes what they describe.

import type { Problem } from '../base/errors.ts';
import type { CaptureTime, PixelFormat, Pixels } from '../codec/processors/contract.ts';

export interface OpenCameraOptions {
  /** How the pixels lie in `frame.data`. Default `bgr`, OpenCV's own order. */
  readonly format?: PixelFormat;
  /** Pixels; the height follows and both sides are even. Default, and never more than: the camera's own. */
  readonly width?: number;
  /** At most so many frames a second, more than 0. Default: all of them. */
  readonly fps?: number;
  /**
   * What a loop gets that is slower than the camera. `latest` (the default): always the newest frame, those between are
   * skipped and counted. `lossless`: every frame. A file then waits for the loop and is read as fast as the loop asks; a
   * camera cannot wait, so a loop that falls more than `maxBehindMs` behind ends with the error `too-slow`.
   */
  readonly policy?: 'latest' | 'lossless';
  /** Of `lossless` cameras, milliseconds, 100 to 60 000. Default 10 000. What waits is kept as the camera sent it, at most 64 MB. */
  readonly maxBehindMs?: number;
  /** Closes the camera when it aborts: opening and loops reject with its reason. */
  readonly signal?: AbortSignal;
  /** At the camera, as it is (nothing is percent-encoded). Default: the address's. */
  readonly username?: string;
  readonly password?: string;
  /** Check the certificate of rtsps and https cameras. Default true. */
  readonly tlsVerify?: boolean;
  /** When the camera does not open at first: go on trying until `signal` aborts. Default false: reject with the reason. */
  readonly keepTrying?: boolean;
  /** Told each state from the first on. What it throws is an uncaught exception of the program. */
  readonly onState?: (status: OpenedCameraStatus) => void;
}

export interface OpenedCameraStatus {
  /**
   * `opening`: the session is being set up. `live`: pictures come. `stalled`: connected, but none came for 5 s.
   * `failed`: see `reason`. The last two are tried again by themselves, at once and then every 2 s at the latest.
   * `ended`: the file was read to its end. `closed`: by `close()` or the signal.
   */
  readonly state: 'opening' | 'live' | 'stalled' | 'failed' | 'ended' | 'closed';
  /** Unix time, microseconds. */
  readonly sinceUnixUs: number;
  /** What is wrong and what helps; null when nothing is. Without user and password. */
  readonly reason: Problem | null;
}

/** Counted since the camera was opened; over all loops. */
export interface FrameCounters {
  /** Pictures that came from the camera or the file. */
  readonly captured: number;
  /** Pictures that could not be used: damaged or incomplete. */
  readonly lost: number;
  /** Frames that loops got. */
  readonly delivered: number;
  /** Frames that a loop, or the whole process, was too slow for: a newer one took their place. */
  readonly skipped: number;
}

/**
 * One frame, leased: `using frame` gives its memory back at the end of the block, for a frame to come. Every use after
 * that throws `usage`, and a view of `data` that was kept is empty: copy what is needed longer (`frame.data.slice()`). A
 * frame that is never given back costs a new allocation for each, nothing else.
 */
export interface CameraFrame extends Pixels, Disposable {
  /** Pictures captured since the camera was opened; rises, over reconnects too. A step of more than one: some were not delivered. */
  readonly sequence: number;
  readonly capturedAt: CaptureTime;
  /** Of files: the place of the picture, microseconds from the first one. Null for cameras. */
  readonly positionUs: number | null;
  /** How long ago it was captured, milliseconds; no step of the wall clock changes it. */
  ageMs(): number;
}

/** A camera that this process has opened. */
export interface OpenedCamera extends AsyncDisposable {
  /** Its address, with user and password masked. */
  readonly source: string;
  /** Size of its pictures as last seen, before they are scaled. */
  readonly width: number;
  readonly height: number;
  readonly status: OpenedCameraStatus;
  readonly counters: FrameCounters;
  /**
   * Its frames from now on, for a `for await` loop. Several loops share one capture and one decoding. A loop ends at the
   * end of a file and when the camera is closed. While the camera is away it waits; pictures from before are never given
   * as new ones.
   *
   * Throws `too-slow` (only `lossless`), `decode-failed` and `file-unreadable` in the middle of a file, the reason of the
   * signal, and `usage` when the camera was closed before.
   */
  frames(): AsyncGenerator<CameraFrame, void, undefined>;
  /** Ends its loops and the session with the camera. Closing twice is harmless. */
  close(): Promise<void>;
}
