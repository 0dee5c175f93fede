// One running encoding of one stream: reads its frames, latest wins, and gives a JPEG for each that it could take and
// that somebody wants, or packed pixels. Lives from the first viewer of its shape to the last.

import { SightlineError } from '../base/errors.ts';
import type { Hub, Reader } from '../base/hub.ts';
import type { Wanting } from '../media/due.ts';
import type { Jpeg } from '../media/types.ts';
import type { Frame } from './ffmpeg/frame.ts';
import type { StreamStatus } from './stream-status.ts';

/** Where frames come from, and which of them are wanted. */
export interface EncodingInlets {
  readonly frames: Hub<Frame>;
  readonly status: StreamStatus;
  readonly demand: Wanting;
}

/** Makes what is asked for of a frame, one call at a time. */
export interface PictureEncoder {
  encode(frame: Frame): Promise<Jpeg>;
  close(): Promise<void>;
}

/** One running encoder: the newest frame in, one JPEG out, never more than one at a time. */
export class JpegEncoding {
  readonly #reader: Reader<Frame>;
  readonly #encoder: PictureEncoder;
  readonly #status: StreamStatus;
  readonly #demand: Wanting;
  readonly #publish: (jpeg: Jpeg) => void;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #closed = false;

  constructor({ frames, status, demand }: EncodingInlets, encoder: PictureEncoder, publish: (jpeg: Jpeg) => void) {
    this.#encoder = encoder;
    this.#status = status;
    this.#demand = demand;
    this.#publish = publish;
    this.#reader = frames.attach({ start: 'group', policy: 'latest' });
    this.#reader.onReady = () => this.#wake();
    if (this.#reader.waiting > 0) this.#wake();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#reader.close();
    await this.#running;
    await this.#encoder.close();
  }

  #wake(): void {
    if (!this.#busy) this.#running = this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let frame = this.#reader.take(); frame !== undefined; frame = this.#reader.take()) {
      this.#status.counters.dropped += this.#reader.takeGap();
      if (this.#status.load === 2 && frame.sequence % 2 === 1) {
        this.#status.counters.dropped++;
        frame.release();
        continue;
      }
      if (!this.#demand.isDue(frame.stamp.capturedAtUs)) {
        frame.release();
        continue;
      }
      try {
        const jpeg = await this.#encoder.encode(frame);
        this.#status.counters.encoded++;
        this.#status.setProblem('encode', null);
        if (!this.#closed) this.#publish(jpeg);
      } catch (error) {
        this.#status.setProblem('encode', SightlineError.from(error, 'decode-failed').toProblem());
      } finally {
        frame.release();
      }
    }
    this.#busy = false;
  }
}
