// Frames and bits per second of one camera, over the last few seconds, for its status.

const WINDOW_US = 4_000_000;
/** From here on the arrivals tell the rate, however they were bunched. */
const LONG_US = 2_000_000;
const MAX_SAMPLES = 1024;

interface Sample {
  readonly atUs: number;
  readonly dtsUs: number;
  readonly bytes: number;
}

/** Counts units over a sliding window of four seconds. */
export class RateMeter {
  readonly #samples: Sample[] = [];

  /** A unit that came at `atUs` and stands at `dtsUs` in its stream, whose times rise. */
  add(sample: Sample): void {
    if (this.#samples.length >= MAX_SAMPLES) this.#samples.splice(0, MAX_SAMPLES / 2);
    this.#samples.push(sample);
  }

  /** fps with one decimal, bitrate in bits per second; 0 until two units came. */
  read(nowUs: number): { fps: number; bitrate: number } {
    const old = this.#samples.findIndex(({ atUs }) => atUs >= nowUs - WINDOW_US);
    this.#samples.splice(0, old < 0 ? this.#samples.length : old);
    const [first, ...rest] = this.#samples;
    const last = rest.at(-1);
    if (first === undefined || last === undefined) return { fps: 0, bitrate: 0 };
    const spanUs = spanOf(first, last);
    const bytes = rest.reduce((sum, sample) => sum + sample.bytes, 0);
    return { fps: Math.round((rest.length * 1e7) / spanUs) / 10, bitrate: Math.round((bytes * 8e6) / spanUs) };
  }
}

/** A few units that came together (they had waited somewhere) are as far apart as the stream's own times say. */
function spanOf(first: Sample, last: Sample): number {
  const arrivalUs = last.atUs - first.atUs;
  return arrivalUs >= LONG_US ? arrivalUs : Math.max(1, arrivalUs, last.dtsUs - first.dtsUs);
}
