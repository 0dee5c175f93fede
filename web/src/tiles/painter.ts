// Paints decoded pictures when the browser paints: one request for an animation frame, however many tiles have
// something new. What was painted in one frame is on the screen when the next begins, which is when it is told.

export interface Paintable {
  /** Draws its newest picture. */
  paint(): void;
  /** What it drew last is on the screen since `atMs`, a time of performance.now(). */
  presented(atMs: number): void;
}

export class Painter {
  readonly #waiting = new Set<Paintable>();
  readonly #painted = new Set<Paintable>();
  #asked = false;

  request(item: Paintable): void {
    this.#waiting.add(item);
    this.#ask();
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((atMs) => this.#frame(atMs));
  }

  #frame(atMs: number): void {
    this.#asked = false;
    for (const item of this.#painted) item.presented(atMs);
    this.#painted.clear();
    for (const item of this.#waiting) {
      item.paint();
      this.#painted.add(item);
    }
    this.#waiting.clear();
    if (this.#painted.size > 0) this.#ask();
  }
}
