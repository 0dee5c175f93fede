// Decides when a channel's open responses get a slate instead of pictures, and keeps the one that says why: rule
// "Nothing old is live". A slate goes out once a second until pictures come back.

import { nowUs, wallUs } from '../../../base/clock.ts';
import type { Problem } from '../../../base/errors.ts';
import type { StreamState } from '../../../media/types.ts';
import type { Subscription } from '../../../link/types.ts';
import { slatePart, type Part } from './part.ts';
import type { Slates, SlateSize } from './slates.ts';

export const SLATE_EVERY_MS = 1000;

export interface TroubleOptions {
  /** What the camera is called now. */
  readonly name: () => string;
  readonly slates: Slates;
  /** A channel without a picture for so long is in trouble, whatever its state says. */
  readonly silenceMs: () => number;
  readonly explain: () => Problem;
  readonly publish: (part: Part) => void;
}

export class Trouble {
  readonly #options: TroubleOptions;
  #size: SlateSize | null = null;
  #lastPictureUs = 0;
  #sinceUs: number | null = null;
  #drawnFor = '';
  #part: Part | null = null;
  #drawing: Subscription | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  /** A picture came: whatever was wrong is over. Called for each picture. */
  picture(width: number, height: number): void {
    this.#lastPictureUs = nowUs();
    if (this.#sinceUs !== null) this.#over();
    if (this.#timer === null) this.#timer = setInterval(() => this.#tick(), SLATE_EVERY_MS);
    if (this.#size?.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    this.#options.slates.prepare(this.#size);
  }

  /** The stream's state as its origin says it. */
  state(state: StreamState): void {
    if (state.state !== 'stalled' && state.state !== 'failed' && state.state !== 'disabled') return;
    if (this.#sinceUs !== null || this.#size === null) return;
    this.#sinceUs = Math.max(state.sinceUs, this.#lastPictureUs);
    this.#tick();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#over();
  }

  #over(): void {
    this.#sinceUs = null;
    this.#drawnFor = '';
    this.#part = null;
    this.#drawing?.close();
    this.#drawing = null;
  }

  #tick(): void {
    const silentUs = nowUs() - this.#lastPictureUs;
    if (this.#sinceUs === null && silentUs > this.#options.silenceMs() * 1000) this.#sinceUs = this.#lastPictureUs;
    if (this.#sinceUs === null || this.#size === null) return;
    this.#redraw(this.#size, this.#sinceUs);
    if (this.#part === null) {
      const spare = this.#options.slates.spare(this.#size);
      if (spare !== null) this.#part = slatePart(spare, nowUs());
    }
    if (this.#part !== null) this.#options.publish(this.#part);
  }

  /** Asks for a slate that says what is wrong now, when the present one says something else. */
  #redraw(size: SlateSize, sinceUs: number): void {
    if (this.#drawing !== null) return;
    const problem = this.#options.explain();
    const lines = [`${this.#options.name()}: no picture since ${clockTime(sinceUs)}`, problem.text, problem.hint];
    const text = lines.join('\n');
    if (text === this.#drawnFor) return;
    let done = false as boolean;
    const drawing = this.#options.slates.draw(size, lines, (bytes) => {
      done = true;
      const isLater = this.#drawing !== null;
      this.#drawing = null;
      if (bytes === null) return;
      this.#drawnFor = text;
      this.#part = slatePart(bytes, nowUs());
      if (isLater) this.#options.publish(this.#part);
    });
    if (!done) this.#drawing = drawing;
  }
}

/** Time of day on the server's wall clock, HH:MM:SS. */
export function clockTime(monotonicUs: number): string {
  const wall = new Date(wallUs(monotonicUs) / 1000);
  return [wall.getHours(), wall.getMinutes(), wall.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}
