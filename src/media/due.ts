// The rule by which pictures are thinned to a rate. It is asked where pictures are made, so that none is made for nobody,
// and again where they are handed to one of several viewers.

/** A picture that comes this part of the interval too early still counts as due: captures jitter. */
const EARLY = 1 / 4;

/** Something that may want a picture. */
export interface Wanting {
  /** True when the picture captured then is wanted: it counts as taken. */
  isDue(capturedAtUs: number): boolean;
}

/** At most so many pictures a second. */
export class Due implements Wanting {
  readonly #intervalUs: number;
  #nextUs = -Infinity;

  /** `fps` null: every picture. */
  constructor(fps: number | null) {
    this.#intervalUs = fps === null ? 0 : 1e6 / fps;
  }

  /** True when pictures are left out. */
  get thins(): boolean {
    return this.#intervalUs > 0;
  }

  isDue(capturedAtUs: number): boolean {
    const interval = this.#intervalUs;
    if (interval === 0) return true;
    const early = this.#nextUs - capturedAtUs;
    // More than two intervals: the camera's clock was set back.
    if (early > interval * EARLY && early <= interval * 2) return false;
    const isLateOrSetBack = early < -interval || early > interval * 2;
    this.#nextUs = (isLateOrSetBack ? capturedAtUs : this.#nextUs) + interval;
    return true;
  }
}

/** Wants what any of its members wants: the readers of one source of pictures, at their different rates. */
export class Demand implements Wanting {
  readonly #members = new Set<Wanting>();

  /** Adds a member; returns its removal. */
  add(member: Wanting): () => void {
    this.#members.add(member);
    return () => void this.#members.delete(member);
  }

  isDue(capturedAtUs: number): boolean {
    let due = false;
    for (const member of this.#members) if (member.isDue(capturedAtUs)) due = true;
    return due;
  }
}
