// The pictures of a video file for a program: each once, to the end. Lossless they come when the loops ask, as fast as
// that may be; else in real time, as if a camera sent them.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Hub } from '../base/hub.ts';
import { InputDecoder } from '../codec/ffmpeg/input-decoder.ts';
import type { UndatedPicture } from '../codec/ffmpeg/input-decoder.ts';
import type { Frame } from '../codec/ffmpeg/frame.ts';
import { frameHub } from '../codec/frame-hub.ts';
import { fileError, openFile } from '../codec/sources/file.ts';
import { sleepUntil } from '../codec/sources/pace.ts';
import type { Stamp, StreamState } from '../media/types.ts';
import type { PictureSize, Pictures } from './pictures.ts';
import { Room } from './room.ts';

/** Behind by more than this, or further ahead (a gap in the recording): the clock starts anew. */
const MAX_LATE_US = 1e6;
const MAX_AHEAD_US = 4e6;

export interface FileWishes {
  readonly path: string;
  readonly isLossless: boolean;
  readonly signal: AbortSignal;
}

export class FilePictures implements Pictures {
  readonly hub: Hub<Frame> = frameHub('pictures of a file', () => this.#open());
  readonly room: Room | null;
  readonly size: PictureSize;
  captured = 0;
  readonly leapt = 0;
  readonly #path: string;
  readonly #decoder: InputDecoder;
  readonly #stop: AbortController;
  readonly #listeners = new Set<() => void>();
  /** The next picture, decoded while the loops are busy with the one before. */
  #ahead: UndatedPicture | null;
  /** Monotonic time of the first picture. */
  #anchorUs = 0;
  #catchingUp: PromiseWithResolvers<undefined> | null = null;
  #state: StreamState = { state: 'live', sinceUs: nowUs(), reason: null };
  #end: { readonly error: SightlineError | null } | null = null;
  #closed = false;

  private constructor(wishes: FileWishes, stop: AbortController, opened: Opened) {
    this.#path = wishes.path;
    this.#stop = stop;
    this.#decoder = opened.decoder;
    this.#ahead = opened.first;
    this.size = opened.size;
    this.room = wishes.isLossless ? new Room() : null;
  }

  /** Throws `file-missing`, `file-unreadable`, `codec-unsupported`. After `signal` aborted it throws something. */
  static async open(wishes: FileWishes): Promise<FilePictures> {
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    wishes.signal.addEventListener('abort', abort, { once: true });
    if (wishes.signal.aborted) abort();
    try {
      return new FilePictures(wishes, stop, await begin(wishes.path, stop.signal));
    } finally {
      wishes.signal.removeEventListener('abort', abort);
    }
  }

  get state(): StreamState {
    return this.#state;
  }

  get end(): { readonly error: SightlineError | null } | null {
    return this.#end;
  }

  get lost(): number {
    return this.#decoder.bad;
  }

  get catchingUp(): Promise<unknown> | null {
    return this.#catchingUp?.promise ?? null;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop.abort();
    await this.hub.close(new SightlineError('stopping', 'The file was closed.'));
    await this.#decoder.close();
    this.#ahead?.letGo();
    this.#ahead = null;
  }

  #open(): Promise<() => Promise<void>> {
    const pause = new AbortController();
    const playing = this.#play(pause.signal);
    return Promise.resolve(async () => {
      pause.abort();
      await playing;
    });
  }

  /** Plays until the last loop leaves, or to the end. */
  async #play(signal: AbortSignal): Promise<void> {
    if (this.#ahead !== null) this.#anchorUs = nowUs() - this.#ahead.positionUs;
    this.#catchUp(true);
    try {
      while (!signal.aborted && this.#end === null) await this.#step(signal);
    } catch (error) {
      if (!this.#closed) this.#finish(fileError(this.#path, error));
    }
    this.#catchUp(false);
  }

  async #step(signal: AbortSignal): Promise<void> {
    this.#ahead ??= await this.#decoder.next();
    const picture = this.#ahead;
    if (signal.aborted) return;
    if (picture === null) {
      this.#finish(null);
      return;
    }
    const stamp = this.room === null ? await this.#due(picture, signal) : await this.#asked(this.room, signal);
    if (stamp === null) return;
    this.#ahead = null;
    this.captured++;
    using frame = picture.dated(stamp);
    this.hub.publish(frame);
  }

  /** When every loop wants it; null when it is to stop. A file does not say when it was captured: its reading counts. */
  async #asked(room: Room, signal: AbortSignal): Promise<Stamp | null> {
    await room.free(signal);
    return signal.aborted ? null : { capturedAtUs: nowUs(), clock: 'arrival' };
  }

  /** When it is due in real time, which counts as its capture; null when it is to stop. */
  async #due({ positionUs }: UndatedPicture, signal: AbortSignal): Promise<Stamp | null> {
    const now = nowUs();
    const aheadUs = this.#anchorUs + positionUs - now;
    if (aheadUs < -MAX_LATE_US || aheadUs > MAX_AHEAD_US) this.#anchorUs = now - positionUs;
    const dueUs = this.#anchorUs + positionUs;
    if (dueUs > now) {
      this.#catchUp(false);
      await sleepUntil(dueUs, signal);
      this.#catchUp(true);
    }
    return signal.aborted ? null : { capturedAtUs: Math.min(dueUs, nowUs()), clock: 'device' };
  }

  #catchUp(isBehind: boolean): void {
    this.#catchingUp?.resolve(undefined);
    this.#catchingUp = isBehind ? Promise.withResolvers<undefined>() : null;
  }

  #finish(error: SightlineError | null): void {
    this.#end = { error };
    this.#state = { state: error === null ? 'idle' : 'failed', sinceUs: nowUs(), reason: error?.toProblem() ?? null };
    for (const listener of this.#listeners) listener();
  }
}

interface Opened {
  readonly size: PictureSize;
  readonly decoder: InputDecoder;
  readonly first: UndatedPicture;
}

async function begin(path: string, signal: AbortSignal): Promise<Opened> {
  const input = await openFile(path, signal);
  const { width, height } = input.video;
  const decoder = await InputDecoder.open(input);
  try {
    const first = await decoder.next();
    if (first === null) throw new SightlineError('file-unreadable', `No picture of ${path} can be decoded.`);
    return { size: { width, height }, decoder, first };
  } catch (error) {
    await decoder.close();
    throw fileError(path, error);
  }
}
