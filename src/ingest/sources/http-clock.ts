// When was a picture taken whose part has an X-Timestamp (mjpg-streamer, Sightline itself)? The camera's clock plus the
// minimum over 60 s of arrival minus camera time, as for RTSP, while that clock runs like ours; else the arrival.

import { CameraClock } from '../../media/camera-clock.ts';
import type { Stamp } from '../../media/types.ts';

/** Camera's clock and ours may differ by this much from one picture to the next before the former is not believed. */
const MAX_APART_US = 2_000_000;

export class SenderClock {
  readonly #clock = new CameraClock(1_000_000);
  #lastSenderUs = NaN;
  #lastArrivalUs = NaN;

  /** The stamp of a picture with this X-Timestamp (Unix microseconds, null without one), first read at `arrivalUs`. */
  stamp(senderUs: number | null, arrivalUs: number): Stamp {
    const passedUs = (senderUs ?? NaN) - this.#lastSenderUs;
    const apartUs = Math.abs(passedUs - (arrivalUs - this.#lastArrivalUs));
    this.#lastSenderUs = senderUs ?? NaN;
    this.#lastArrivalUs = arrivalUs;
    if (senderUs === null) return { capturedAtUs: arrivalUs, clock: 'arrival' };
    if (!(passedUs > 0 && apartUs < MAX_APART_US)) this.#clock.reset();
    this.#clock.senderReport(senderUs, senderUs);
    const stamp = this.#clock.stamp(senderUs, arrivalUs);
    return stamp.clock === 'arrival' ? stamp : { capturedAtUs: stamp.capturedAtUs, clock: 'sender' };
  }
}
