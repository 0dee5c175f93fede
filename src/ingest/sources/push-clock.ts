// When was a picture captured that somebody sent in? As its sender says, to the microsecond, while that can be: not later
// than now, and not older than a minute. A clock that says otherwise is not ours: then only its differences count, as
// for an HTTP camera, until it has been right for a minute.

import type { Stamp } from '../../media/types.ts';
import { SenderClock } from './http-clock.ts';

/** Two clocks of one machine, read in two ways, are this near. */
const AHEAD_US = 2000;
const OLDEST_US = 60_000_000;
/** As long as SenderClock looks back. */
const DOUBT_US = 60_000_000;

export class PushClock {
  #learnt: SenderClock | null = null;
  #doubtedUs = 0;

  /** `saidUs`: capture time by the sender's clock, as an instant of ours; null: none was said. */
  stamp(saidUs: number | null, arrivalUs: number): Stamp {
    if (saidUs === null) return { capturedAtUs: arrivalUs, clock: 'arrival' };
    const ageUs = arrivalUs - saidUs;
    const canBe = ageUs >= -AHEAD_US && ageUs <= OLDEST_US;
    if (!canBe) this.#doubtedUs = arrivalUs;
    else if (this.#learnt !== null && arrivalUs - this.#doubtedUs > DOUBT_US) this.#learnt = null;
    if (canBe && this.#learnt === null) return { capturedAtUs: saidUs, clock: 'sender' };
    this.#learnt ??= new SenderClock();
    return this.#learnt.stamp(saidUs, arrivalUs);
  }
}
