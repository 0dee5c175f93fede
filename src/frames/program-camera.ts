// The camera that a program holds in its hands: its state in words, its counters, its loops, and the end of all of them.
//
//   live source or file --Pictures--> hub of Frames --FrameLoop, one a `for await`--> leased pixels

import { wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Scope } from '../base/scope.ts';
import type { PixelFormat } from '../codec/processors/contract.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { CameraFrame, FrameCounters, OpenedCamera, OpenedCameraStatus } from './contract.ts';
import { PixelPool } from './lease.ts';
import { FrameLoop } from './loop.ts';
import { firstPicture } from './opening.ts';
import { PixelOut } from './pixel-out.ts';
import type { PictureSize, Pictures } from './pictures.ts';

/** What was asked for, checked. */
export interface CameraWishes {
  readonly address: SourceAddress;
  readonly format: PixelFormat;
  /** Null: as the camera has it. */
  readonly width: number | null;
  /** Null: all. */
  readonly fps: number | null;
  readonly isLossless: boolean;
  readonly maxBehindMs: number;
  readonly tlsVerify: boolean;
  readonly keepTrying: boolean;
  readonly signal: AbortSignal | null;
  readonly onState: (status: OpenedCameraStatus) => void;
}

export class ProgramCamera implements OpenedCamera {
  readonly source: string;
  readonly #wishes: CameraWishes;
  readonly #pictures: Pictures;
  readonly #scope: Scope;
  readonly #unlisten: () => void;
  readonly #loops = new Set<FrameLoop>();
  readonly #pool = new PixelPool();
  readonly #counts = { delivered: 0, skipped: 0 };
  #size: PictureSize = { width: 0, height: 0 };
  #status: OpenedCameraStatus | null = null;

  /** `scope`: what ends with the camera, and it with it. */
  constructor(wishes: CameraWishes, pictures: Pictures, scope: Scope) {
    this.source = wishes.address.display;
    this.#wishes = wishes;
    this.#pictures = pictures;
    this.#scope = scope;
    this.#unlisten = pictures.listen(() => this.#tell());
    this.#tell();
  }

  /** Resolves when there is a picture. Rejects with why there is none. */
  async opened(): Promise<void> {
    await this.#scope.add(() => this.#end());
    const { keepTrying } = this.#wishes;
    const { signal } = this.#scope;
    this.#size = this.#pictures.size ?? (await firstPicture(this.#pictures, { keepTrying, signal }));
  }

  get width(): number {
    return this.#size.width;
  }

  get height(): number {
    return this.#size.height;
  }

  get status(): OpenedCameraStatus {
    return this.#status ?? this.#describe();
  }

  get counters(): FrameCounters {
    const { captured, lost, leapt } = this.#pictures;
    const { delivered, skipped } = this.#counts;
    return { captured, lost, delivered, skipped: skipped + leapt };
  }

  frames(): AsyncGenerator<CameraFrame, void, undefined> {
    const loops: FrameLoop[] = [];
    const frames = this.#frames(loops);
    const end = frames.return.bind(frames);
    // Else it would wait for the frame that a `next` waits for, as long as the camera is away.
    frames.return = async (value) => {
      for (const loop of loops) await loop.close();
      return await end(value);
    };
    return frames;
  }

  /** Notes the loop that it begins in `loops`. */
  async *#frames(loops: FrameLoop[]): AsyncGenerator<CameraFrame, void, undefined> {
    const { signal } = this.#wishes;
    signal?.throwIfAborted();
    if (this.#scope.closed) throw closedError(this.source);
    const loop = this.#beginLoop();
    loops.push(loop);
    try {
      for (let frame = await loop.next(); frame !== null; frame = await loop.next()) yield frame;
      signal?.throwIfAborted();
    } finally {
      this.#loops.delete(loop);
      await loop.close();
    }
  }

  close(): Promise<void> {
    return this.#scope.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #beginLoop(): FrameLoop {
    const { width, format, fps } = this.#wishes;
    const loop = new FrameLoop({
      pictures: this.#pictures,
      out: new PixelOut({ width, format }, this.#pool),
      fps,
      counters: this.#counts,
      onPicture: (picture) => {
        if (picture.width !== this.#size.width || picture.height !== this.#size.height) {
          this.#size = { width: picture.width, height: picture.height };
        }
      },
    });
    this.#loops.add(loop);
    return loop;
  }

  async #end(): Promise<void> {
    this.#unlisten();
    this.#tell();
    await Promise.all([...this.#loops].map((loop) => loop.close()));
    await this.#pictures.close();
  }

  #tell(): void {
    const before = this.#status;
    const now = this.#describe();
    if (before?.state === now.state && before.reason?.text === now.reason?.text) return;
    this.#status = now;
    const { onState } = this.#wishes;
    // Whatever it throws is the program's, not ours.
    queueMicrotask(() => onState(now));
  }

  #describe(): OpenedCameraStatus {
    const { state, end } = this.#pictures;
    const { sinceUs, reason } = state;
    const said = { sinceUnixUs: wallUs(sinceUs), reason };
    if (this.#scope.closed) return { ...said, state: 'closed', reason: null };
    if (end !== null) return { ...said, state: end.error === null ? 'ended' : 'failed' };
    if (state.state === 'disabled') return { ...said, state: 'failed' };
    return { ...said, state: state.state === 'idle' ? 'opening' : state.state };
  }
}

function closedError(source: string): SightlineError {
  return new SightlineError('usage', `${source} has been closed: it gives no frames any more.`, {
    hint: 'Open the camera anew, or loop over its frames before it is closed.',
  });
}
