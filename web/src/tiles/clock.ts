// The server's clock as the page knows it, from round trips of `clock` messages. Half a round trip is all that can be
// wrong with one of them, so the shortest wins; with time it loses to newer ones, because quartz drifts.

/** One question and its answer. Page times are of performance.now(), milliseconds. */
export interface RoundTrip {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly receivedUs: number;
  readonly sentUs: number;
  readonly wallOffsetUs: number;
}

interface Sample {
  readonly atMs: number;
  /** Server time minus page time. */
  readonly offsetUs: number;
  readonly roundTripMs: number;
  readonly wallOffsetUs: number;
}

/** What two clocks drift apart at most: 50 us a second. */
const DRIFT = 50e-6;
/** Below this browsers do not tell the time. */
const RESOLUTION_MS = 0.1;

export class ServerClock {
  #best: Sample | null = null;

  add({ askedMs, answeredMs, receivedUs, sentUs, wallOffsetUs }: RoundTrip): void {
    const roundTripMs = Math.max(0, answeredMs - askedMs - (sentUs - receivedUs) / 1000);
    const offsetUs = (receivedUs + sentUs) / 2 - ((askedMs + answeredMs) / 2) * 1000;
    const sample = { atMs: answeredMs, offsetUs, roundTripMs, wallOffsetUs };
    if (this.#best === null || this.#isBetter(sample, this.#best)) this.#best = sample;
  }

  /** Nothing is known any more: another server may answer now. */
  reset(): void {
    this.#best = null;
  }

  /** The server's time at an instant of the page, microseconds; null before the first answer. */
  serverUs(pageMs: number): number | null {
    return this.#best === null ? null : pageMs * 1000 + this.#best.offsetUs;
  }

  /** Unix milliseconds of a time of the server; null before the first answer. */
  unixMs(serverUs: number): number | null {
    return this.#best === null ? null : (serverUs + this.#best.wallOffsetUs) / 1000;
  }

  /** How wrong `serverUs` can be; null before the first answer. */
  uncertaintyMs(pageMs: number): number | null {
    return this.#best === null ? null : doubt(this.#best, pageMs);
  }

  /** Of the round trip that the clock goes by. */
  get roundTripMs(): number | null {
    return this.#best?.roundTripMs ?? null;
  }

  /** Shorter by now, or irreconcilable with the kept one: a computer that slept has a page clock that stood still. */
  #isBetter(sample: Sample, best: Sample): boolean {
    const kept = doubt(best, sample.atMs);
    const fresh = doubt(sample, sample.atMs);
    return fresh <= kept || Math.abs(sample.offsetUs - best.offsetUs) / 1000 > fresh + kept;
  }
}

function doubt(sample: Sample, pageMs: number): number {
  return Math.max(RESOLUTION_MS, sample.roundTripMs / 2) + Math.max(0, pageMs - sample.atMs) * DRIFT;
}
