// From a decoded picture to packed pixels of one size and format in JavaScript's memory: what a processor's worker thread,
// or a program of somebody's own, gets to see. One pass of swscale, which writes the pixels where they are to lie when
// there is room to spare behind them, and else one copy.

import { AVCOL_RANGE_MPEG } from 'node-av/constants';
import { SoftwareScaleContext } from 'node-av/lib';
import type { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import type { PixelFormat, PixelShape } from '../../media/pixels.ts';
import { CallUnderWay } from './call-under-way.ts';
import type { Frame } from './frame.ts';
import { frameOver, isRoomy } from './memory-frame.ts';
import { nativeCall } from './native.ts';
import { ownFrame } from './own-frame.ts';
import { PIXEL_FORMATS, readPlanes } from './planes.ts';
import type { Planes } from './planes.ts';

/** Up to this many pixels of the source a thread costs more than it saves. */
const SHORT_WORK_PIXELS = 1280 * 720;
/** Pieces of memory that are written in turn. */
const MAX_MEMORIES = 4;

/**
 * The shape of a picture's pixels. With a `width` both sides are even and the picture is never made larger; without one it
 * stays as it is, but for yuv420p, whose sides are even.
 */
export function pixelShape(
  picture: { readonly width: number; readonly height: number },
  { width: wanted, format }: { readonly width: number | null; readonly format: PixelFormat },
): PixelShape {
  if (wanted === null && format !== 'yuv420p') return { width: picture.width, height: picture.height, format };
  const width = Math.max(2, Math.min(wanted ?? picture.width, picture.width) & ~1);
  const height = Math.max(2, Math.round((picture.height * width) / picture.width / 2) * 2);
  return { width, height, format };
}

export class PixelScaler {
  readonly shape: PixelShape;
  readonly #context = new SoftwareScaleContext();
  readonly #memories = new Map<Uint8Array, AvFrame>();
  /** For memory without room to spare. */
  #own: { readonly target: AvFrame; readonly planes: Planes } | null = null;
  readonly #calls = new CallUnderWay();

  /** Both sides of a yuv420p picture are even. */
  constructor(shape: PixelShape) {
    this.shape = shape;
    this.#context.allocContext();
    this.#context.setOption('sws_flags', 'area');
  }

  /**
   * Writes the pixels of `frame` into `into`, without a copy when that is `SPARE_BYTES` longer than they are and has one
   * plane. Calls must not overlap. Throws `decode-failed`, without memory too.
   */
  convert(frame: Frame, into: Uint8Array): Promise<void> {
    return this.#calls.note(this.#convert(frame, into));
  }

  /** Waits for the call under way, then frees everything. */
  close(): Promise<void> {
    return this.#calls.end(() => {
      this.#context.freeContext();
      for (const target of this.#memories.values()) target.free();
      this.#memories.clear();
      this.#own?.target.free();
    });
  }

  async #convert(frame: Frame, into: Uint8Array): Promise<void> {
    if (this.#calls.isOver) throw failure();
    if (isRoomy(into, this.shape)) {
      await this.#scale(this.#over(into), frame.native);
      return;
    }
    const { target, planes } = this.#ownTarget();
    await this.#scale(target, frame.native);
    if (!readPlanes(planes, into, this.shape.format)) throw failure();
  }

  async #scale(target: AvFrame, source: AvFrame): Promise<void> {
    const isShort = source.width * source.height <= SHORT_WORK_PIXELS;
    const result = isShort
      ? this.#context.scaleFrameSync(target, source)
      : await nativeCall('pixels.scale', () => this.#context.scaleFrame(target, source));
    if (result < 0) throw failure();
  }

  #over(memory: Uint8Array): AvFrame {
    const known = this.#memories.get(memory);
    if (known) return known;
    const [oldest] = this.#memories;
    if (oldest !== undefined && this.#memories.size >= MAX_MEMORIES) {
      oldest[1].free();
      this.#memories.delete(oldest[0]);
    }
    const target = frameOver(memory, this.shape);
    if (target === null) throw failure();
    this.#memories.set(memory, target);
    return target;
  }

  #ownTarget(): { readonly target: AvFrame; readonly planes: Planes } {
    if (this.#own !== null) return this.#own;
    const { width, height, format } = this.shape;
    const colorRange = format === 'yuv420p' ? AVCOL_RANGE_MPEG : undefined;
    const target = ownFrame({ width, height, format: PIXEL_FORMATS[format], colorRange });
    if (target === null) throw failure();
    const { data, linesize } = target;
    this.#own = { target, planes: { width, height, data, linesize } };
    return this.#own;
  }
}

function failure(): SightlineError {
  return new SightlineError('decode-failed', 'The picture could not be converted to pixels.');
}
