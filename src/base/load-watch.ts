// Decides from the event loop's delay when a process sheds load: first nothing new is begun, then rates go down, and
// back again when it is well. One beat a second.

const LATE_MS = 50;
const BEATS = 10;

/** 0: all is well. 1: no new encodings. 2: also half the rate. */
export type LoadLevel = 0 | 1 | 2;

/** Ten late beats in a row raise the level, ten that are in time lower it. */
export class LoadWatch {
  #level: LoadLevel = 0;
  #late = 0;
  #inTime = 0;

  get level(): LoadLevel {
    return this.#level;
  }

  /** Notes one second's 99th percentile of the loop's delay; gives the level from now on. */
  beat(loopDelayMs: number): LoadLevel {
    if (loopDelayMs > LATE_MS) {
      this.#late++;
      this.#inTime = 0;
    } else {
      this.#inTime++;
      this.#late = 0;
    }
    if (this.#late >= BEATS && this.#level < 2) this.#change(1);
    else if (this.#inTime >= BEATS && this.#level > 0) this.#change(-1);
    return this.#level;
  }

  #change(by: 1 | -1): void {
    this.#level = (this.#level + by) as LoadLevel;
    this.#late = 0;
    this.#inTime = 0;
  }
}
