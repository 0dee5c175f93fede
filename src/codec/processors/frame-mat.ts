// Frames on their way through a worker thread: from shared memory into OpenCV's by one copy, and what the processor
// shows from there back into shared memory.
//
//   slot (shared) --set--> Mat of the host --process--> Mat or pixels of the processor --set--> buffer (shared)

import { packedBytes, pixelsFault } from '../../media/pixels.ts';
import type { PixelFormat } from '../../media/pixels.ts';
import type { Mat, Pixels } from './contract.ts';
import type { LoadedCv } from './opencv.ts';
import type { WorkerPicture } from './protocol.ts';
import { SLOTS } from './protocol.ts';

/** One Mat that each frame is copied into. */
export class FrameMat {
  readonly mat: Mat;
  readonly #bytes: number;

  constructor(
    loaded: LoadedCv,
    shape: { readonly width: number; readonly height: number; readonly format: PixelFormat },
  ) {
    const { cv } = loaded;
    const { width, height, format } = shape;
    const { CV_8UC1, CV_8UC3, CV_8UC4 } = cv as unknown as Readonly<Record<string, number>>;
    const type = { gray: CV_8UC1, bgr: CV_8UC3, rgba: CV_8UC4, yuv420p: CV_8UC1 }[format];
    const rows = format === 'yuv420p' ? (height * 3) / 2 : height;
    this.mat = loaded.uncounted(() => new cv.Mat(rows, width, type!));
    this.#bytes = packedBytes(format, width, height);
  }

  /** Throws an Error when the processor has deleted it. */
  take(slot: SharedArrayBuffer): void {
    if (this.mat.isDeleted()) {
      throw new Error("the processor deleted frame.mat, which is the host's: clone it to have one of its own");
    }
    this.mat.data.set(new Uint8Array(slot, 0, this.#bytes));
  }

  delete(): void {
    if (!this.mat.isDeleted()) this.mat.delete();
  }
}

/** Pictures for the host, in buffers used in turn. */
export class PictureOut {
  readonly #loaded: LoadedCv;
  readonly #buffers: (SharedArrayBuffer | undefined)[] = Array.from({ length: SLOTS });
  #turn = 0;

  constructor(loaded: LoadedCv) {
    this.#loaded = loaded;
  }

  /** Throws an Error for what is no picture. */
  give(picture: Mat | Pixels): WorkerPicture {
    return isPixels(picture) ? this.#fromPixels(picture) : this.#fromMat(picture);
  }

  #fromPixels(pixels: Pixels): WorkerPicture {
    const fault = pixelsFault(pixels);
    if (fault !== null) throw new Error(fault);
    const { data, width, height, format } = pixels;
    return { buffer: this.#write(data), width, height, format };
  }

  #fromMat(mat: Mat): WorkerPicture {
    const format = this.#formatOf(mat);
    const { cols: width, rows: height } = mat;
    if (mat.empty()) throw new Error('the picture is an empty Mat');
    if (mat.isContinuous()) return { buffer: this.#write(mat.data), width, height, format };
    const whole = this.#loaded.uncounted(() => mat.clone());
    try {
      return { buffer: this.#write(whole.data), width, height, format };
    } finally {
      whole.delete();
    }
  }

  #formatOf(mat: Mat): PixelFormat {
    const { cv } = this.#loaded;
    switch (mat.type()) {
      case cv.CV_8UC1:
        return 'gray';
      case cv.CV_8UC3:
        return 'bgr';
      case cv.CV_8UC4:
        return 'rgba';
      default:
        throw new Error('a picture is a Mat of type CV_8UC1 (gray), CV_8UC3 (bgr) or CV_8UC4 (rgba): use convertTo');
    }
  }

  #write(bytes: Uint8Array): SharedArrayBuffer {
    this.#turn = (this.#turn + 1) % SLOTS;
    let buffer = this.#buffers[this.#turn];
    if (buffer?.byteLength !== bytes.length) {
      buffer = new SharedArrayBuffer(bytes.length);
      this.#buffers[this.#turn] = buffer;
    }
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }
}

function isPixels(picture: Mat | Pixels): picture is Pixels {
  return 'format' in picture && typeof picture.format === 'string';
}
