// How often pictures usually come to a camera that is sent them, and so how long a silence is no fault: a program that
// sends one a minute is not stalled between two of them. Stands in capture beside the camera's watch over silence.

/** A camera without a unit for this long is stalled. */
export const SILENCE_LIMIT_US = 5_000_000;

/** So many usual intervals without a picture are a silence. */
const INTERVALS = 3;
/** The usual interval is the median of so many. */
const REMEMBERED = 5;
/** What is waited for, in steps, so that it does not change with each picture; slower than the last is never usual. */
const STEPS_MS = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/** Follows the arrivals of one camera's pictures. */
export class Pace {
  /** So long a silence is none, milliseconds; absent for the 5 s of every camera. */
  patienceMs: number | undefined;
  readonly #intervalsUs: number[] = [];
  #lastUs: number | null = null;

  get patienceUs(): number {
    return this.patienceMs === undefined ? SILENCE_LIMIT_US : this.patienceMs * 1000;
  }

  /** A picture came. */
  note(atUs: number): void {
    if (this.#lastUs !== null) {
      this.#intervalsUs.push(atUs - this.#lastUs);
      if (this.#intervalsUs.length > REMEMBERED) this.#intervalsUs.shift();
      this.patienceMs = stepFor(usual(this.#intervalsUs));
    }
    this.#lastUs = atUs;
  }
}

/** The median, the shorter one of two: after a pause a quick program is quick again with its next picture but one. */
function usual(intervalsUs: readonly number[]): number {
  const sorted = intervalsUs.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

function stepFor(intervalUs: number): number | undefined {
  const wantedUs = INTERVALS * intervalUs;
  if (wantedUs <= SILENCE_LIMIT_US) return undefined;
  return STEPS_MS.find((stepMs) => wantedUs <= stepMs * 1000) ?? (intervalUs <= 600e6 ? STEPS_MS.at(-1) : undefined);
}
