// The push source: a camera that is sent its pictures by a program (PUT /cameras/{id}/frame). They come through the
// gateway and the link to `put`; a session only says that they are taken.

import { once } from 'node:events';
import { wallUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { Problem } from '../../base/errors.ts';
import type { Inlet, PushedPicture, Source, SourceSink } from '../../media/types.ts';
import { PushClock } from './push-clock.ts';

/** A source whose pictures come from `inlet.put`. `id`: what the camera is called now. */
export function createPushSource(id: () => string): Source & { readonly inlet: Inlet } {
  const inlet = new PushInlet(id);
  return { inlet, run: (sink, signal) => inlet.run(sink, signal) };
}

class PushInlet implements Inlet {
  readonly #id: () => string;
  readonly #clock = new PushClock();
  #sink: SourceSink | null = null;
  #width = 0;
  #height = 0;
  #last: PushedPicture | null = null;
  #newestUs = 0;

  constructor(id: () => string) {
    this.#id = id;
  }

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    this.#sink = sink;
    this.#width = this.#height = 0;
    if (!signal.aborted) await once(signal, 'abort');
    this.#sink = null;
  }

  put(picture: PushedPicture): void {
    const sink = this.#sink;
    if (sink === null) return;
    const last = this.#last;
    this.#last = picture;
    if (last !== null && isSame(last, picture)) {
      sink.quirk('sent-again');
      return;
    }
    this.#begin(sink, picture);
    const stamp = this.#clock.stamp(picture.capturedAtUs, picture.arrivedUs);
    if (stamp.capturedAtUs < this.#newestUs) sink.quirk('older-than-before');
    this.#newestUs = Math.max(this.#newestUs, stamp.capturedAtUs);
    const isGap = last?.number != null && picture.number !== null && picture.number > last.number + 1;
    const { bytes: data } = picture;
    sink.unit({ trackId: 0, ptsUs: null, dtsUs: null, key: true, damaged: false, discontinuity: isGap, stamp, data });
  }

  silence(sinceUs: number): Problem {
    return new SightlineError('nothing-pushed', `nothing was pushed to ${this.#id()} since ${localTime(sinceUs)}`, {
      hint: `Start the program that sends its pictures with PUT /cameras/${this.#id()}/frame.`,
    }).toProblem();
  }

  #begin(sink: SourceSink, { width, height }: PushedPicture): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    sink.begin([{ id: 0, kind: 'video', codec: 'mjpeg', width, height, fps: null, config: null }]);
  }
}

/** A sender that got no answer may send a picture again: it is one picture. */
function isSame(last: PushedPicture, { number, capturedAtUs, bytes }: PushedPicture): boolean {
  const isNumbered = number !== null && number === last.number;
  return (
    isNumbered && capturedAtUs !== null && capturedAtUs === last.capturedAtUs && bytes.length === last.bytes.length
  );
}

/** `2026-01-15 14:02:11`, on the server's wall clock. */
function localTime(monotonicUs: number): string {
  const wall = new Date(wallUs(monotonicUs) / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [wall.getFullYear(), two(wall.getMonth() + 1), two(wall.getDate())].join('-');
  return `${day} ${[wall.getHours(), wall.getMinutes(), wall.getSeconds()].map(two).join(':')}`;
}
