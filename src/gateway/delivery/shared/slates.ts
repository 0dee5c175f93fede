// Slates: drawn pictures that say why there is no picture. Codec draws them; the gateway keeps a general one of each
// size from the moment that somebody watches, so that there is one also while codec is being replaced.

import type { MediaPort, Subscription } from '../../../link/types.ts';

const DEADLINE_MS = 3000;
const SPARES_KEPT = 16;
const SPARE_LINES = ['No picture at the moment', 'It goes on by itself as soon as there is one.'];

export interface SlateSize {
  readonly width: number;
  readonly height: number;
}

export class Slates {
  readonly #media: MediaPort;
  readonly #spares = new Map<string, Buffer>();
  readonly #drawing = new Map<string, Subscription>();

  constructor(media: MediaPort) {
    this.#media = media;
  }

  /** The general slate of a size, if it has come. */
  spare(size: SlateSize): Buffer | null {
    return this.#spares.get(sizeName(size)) ?? null;
  }

  /** Has the general slate of a size drawn, unless it is there already. */
  prepare(size: SlateSize): void {
    const name = sizeName(size);
    if (this.#spares.has(name) || this.#drawing.has(name)) return;
    this.#drawing.set(name, { close: () => undefined });
    const subscription = this.draw(size, SPARE_LINES, (bytes) => {
      this.#drawing.delete(name);
      if (bytes !== null) this.#keep(name, bytes);
    });
    if (this.#drawing.has(name)) this.#drawing.set(name, subscription);
  }

  /** Has one slate drawn; `done` is called once, with null when it cannot be had, and not after `close`. */
  draw(size: SlateSize, lines: readonly string[], done: (bytes: Buffer | null) => void): Subscription {
    let open = true;
    const finish = (bytes: Buffer | null): void => {
      if (!open) return;
      open = false;
      clearTimeout(timer);
      subscription?.close();
      done(bytes);
    };
    const timer = setTimeout(() => finish(null), DEADLINE_MS);
    let subscription: Subscription | null = null;
    const request = { kind: 'slate', width: size.width, height: size.height, lines } as const;
    const dialled = this.#media.subscribe(request, { jpeg: (jpeg) => finish(jpeg.bytes), end: () => finish(null) });
    subscription = dialled;
    return {
      close: () => {
        open = false;
        clearTimeout(timer);
        dialled.close();
      },
    };
  }

  close(): void {
    for (const subscription of this.#drawing.values()) subscription.close();
    this.#drawing.clear();
  }

  #keep(name: string, bytes: Buffer): void {
    this.#spares.set(name, bytes);
    if (this.#spares.size <= SPARES_KEPT) return;
    const oldest = this.#spares.keys().next();
    if (oldest.done !== true) this.#spares.delete(oldest.value);
  }
}

function sizeName(size: SlateSize): string {
  return `${size.width}x${size.height}`;
}
