// Pure: how many packets may be sent in each second, from now on, wherever it begins. What packet-budget.ts admits by. Time
// is cut into slots of 5 ms; a second is known by the slot that it ends in, and counts whatever may fall into it.

const SLOT_US = 5000;
const SECOND = 1e6 / SLOT_US;
/** 20 s: further ahead than anything is announced. */
const SLOTS = 4096;

/** Packets that are sent some time between two instants. */
export interface Span {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly count: number;
}

export class PacketWindows {
  /** By the slot in which a second ends, modulo SLOTS. */
  readonly #seconds = new Int32Array(SLOTS);
  #slot = 0;

  /** Lets go of the seconds that are over. Time never goes back. */
  advance(nowUs: number): void {
    const slot = Math.floor(nowUs / SLOT_US);
    if (slot - this.#slot >= SLOTS) this.#seconds.fill(0);
    else for (let passed = this.#slot; passed < slot; passed++) this.#seconds[passed % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }

  add(span: Span): void {
    this.#change(span, span.count);
  }

  remove(span: Span): void {
    this.#change(span, -span.count);
  }

  /** In the fullest second that is not over. */
  most(): number {
    let most = 0;
    for (const count of this.#seconds) if (count > most) most = count;
    return most;
  }

  #change({ fromUs, untilUs }: Span, count: number): void {
    const first = Math.max(this.#slot, Math.floor(fromUs / SLOT_US));
    const last = Math.min(this.#slot + SLOTS - 1, Math.floor(untilUs / SLOT_US) + SECOND);
    for (let slot = first; slot <= last; slot++) {
      const at = slot % SLOTS;
      this.#seconds[at] = Math.max(0, (this.#seconds[at] ?? 0) + count);
    }
  }
}
