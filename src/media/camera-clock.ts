// When was it taken? Joins the camera's clock, known from sender reports, to ours: capture time is camera time plus
// the minimum over 60 s of (arrival - camera time). Network jitter goes away, a constant delay stays.
// Cameras' clocks lie (1970, local time, stepped by SNTP), so that only differences of them are used.

import type { Stamp } from './types.ts';

const GOOD_REPORTS_NEEDED = 3;
/** A report this far from what the RTP timestamps predict means that the camera's clock was stepped. */
const STEP_US = 100_000;
/** The RTP timeline and our clock may part by this much before the timeline counts as broken. */
const BREAK_US = 5_000_000;
/** The offset moves towards its target by at most this share of the time that passes. */
const SLEW = 0.005;
const WINDOW_SECONDS = 60;

/** The capture clock of one track. Give it every unit, in order, and every sender report. */
export class CameraClock {
  /** Steps of the camera's clock that were absorbed. */
  steps = 0;
  /** Times that the timeline broke and everything was learned anew. */
  resets = 0;
  readonly #usPerTick: number;
  /** Camera time = baseUs + (timestamp - baseTicks) * usPerTick, on a line that begins anywhere. */
  #baseUs = 0;
  #baseTicks = 0;
  #lastNtpUs = NaN;
  #goodReports = 0;
  readonly #minima = new Float64Array(WINDOW_SECONDS).fill(Infinity);
  #second = NaN;
  #older = Infinity;
  #offsetUs = NaN;
  #lastTicks = NaN;
  #lastArrivalUs = 0;

  constructor(clockRate: number) {
    this.#usPerTick = 1e6 / clockRate;
  }

  /** A sender report: this RTP timestamp (extended) was at this time of the camera's clock. */
  senderReport(ntpUs: number, extendedTimestamp: number): void {
    if (ntpUs === 0) return;
    const predictedUs = this.#cameraUs(extendedTimestamp);
    const first = Number.isNaN(this.#lastNtpUs);
    const movedUs = ntpUs - this.#lastNtpUs - (predictedUs - this.#baseUs);
    this.#lastNtpUs = ntpUs;
    this.#baseTicks = extendedTimestamp;
    this.#baseUs = predictedUs;
    if (first) {
      // The first pictures of a session often come at another pace than the rest.
      this.#forgetMinima();
      this.#goodReports = 1;
      return;
    }
    if (Math.abs(movedUs) > STEP_US) {
      this.steps++;
      return;
    }
    this.#goodReports++;
    this.#baseUs += movedUs;
    this.#offsetUs -= movedUs;
  }

  /** The stamp of a unit with this extended timestamp, whose first byte was read at `arrivalUs`. */
  stamp(extendedTimestamp: number, arrivalUs: number): Stamp {
    const passedUs = arrivalUs - this.#lastArrivalUs;
    const apartUs = (extendedTimestamp - this.#lastTicks) * this.#usPerTick - passedUs;
    if (Math.abs(apartUs) > BREAK_US) this.reset();
    this.#lastTicks = extendedTimestamp;
    this.#lastArrivalUs = arrivalUs;
    const cameraUs = this.#cameraUs(extendedTimestamp);
    const targetUs = this.#minimum(arrivalUs - cameraUs, arrivalUs);
    if (this.#goodReports < GOOD_REPORTS_NEEDED) return { capturedAtUs: arrivalUs, clock: 'arrival' };
    this.#slew(targetUs, passedUs);
    return { capturedAtUs: Math.min(arrivalUs, Math.round(cameraUs + this.#offsetUs)), clock: 'rtcp' };
  }

  /** Forgets everything: another sender, or a timeline that jumped. */
  reset(): void {
    this.resets++;
    this.#goodReports = 0;
    this.#lastNtpUs = NaN;
    this.#offsetUs = NaN;
    this.#lastTicks = NaN;
    this.#forgetMinima();
  }

  #forgetMinima(): void {
    this.#second = NaN;
    this.#older = Infinity;
    this.#minima.fill(Infinity);
  }

  #cameraUs(ticks: number): number {
    return this.#baseUs + (ticks - this.#baseTicks) * this.#usPerTick;
  }

  #slew(targetUs: number, passedUs: number): void {
    const wayUs = targetUs - this.#offsetUs;
    const reachUs = Math.max(0, passedUs) * SLEW;
    if (Number.isNaN(wayUs)) this.#offsetUs = targetUs;
    else this.#offsetUs += Math.max(-reachUs, Math.min(reachUs, wayUs));
  }

  /** Minimum of the last 60 s with this value in it: one bucket a second, the older ones summed up once a second. */
  #minimum(valueUs: number, nowUs: number): number {
    const second = Math.floor(nowUs / 1e6);
    const bucket = second % WINDOW_SECONDS;
    if (second !== this.#second) {
      const skipped = Number.isNaN(this.#second) ? 1 : Math.min(WINDOW_SECONDS, second - this.#second);
      for (let back = 0; back < skipped; back++) {
        this.#minima[(bucket - back + WINDOW_SECONDS) % WINDOW_SECONDS] = Infinity;
      }
      this.#second = second;
      this.#older = Math.min(...this.#minima);
    }
    const own = Math.min(this.#minima[bucket]!, valueUs);
    this.#minima[bucket] = own;
    return Math.min(own, this.#older);
  }
}
