// Frames and bits per second of one camera, over the last few seconds, for its status.

const WINDOW_US = 4_000_000;
const MAX_SAMPLES = 1024;

/** Counts units over a sliding window of four seconds. */
export class RateMeter {
  #atUs: number[] = [];
  #bytes: number[] = [];

  add(atUs: number, bytes: number): void {
    if (this.#atUs.length >= MAX_SAMPLES) this.#drop(MAX_SAMPLES / 2);
    this.#atUs.push(atUs);
    this.#bytes.push(bytes);
  }

  /** fps with one decimal, bitrate in bits per second; 0 until two units came. */
  read(nowUs: number): { fps: number; bitrate: number } {
    let old = 0;
    while (old < this.#atUs.length && this.#atUs[old]! < nowUs - WINDOW_US) old++;
    this.#drop(old);
    const count = this.#atUs.length;
    if (count < 2) return { fps: 0, bitrate: 0 };
    const spanUs = this.#atUs[count - 1]! - this.#atUs[0]!;
    if (spanUs <= 0) return { fps: 0, bitrate: 0 };
    const total = this.#bytes.reduce((sum, bytes) => sum + bytes, 0) - this.#bytes[0]!;
    return { fps: Math.round(((count - 1) * 1e7) / spanUs) / 10, bitrate: Math.round((total * 8e6) / spanUs) };
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.#atUs.splice(0, count);
    this.#bytes.splice(0, count);
  }
}
