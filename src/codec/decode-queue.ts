// Packets that wait for the decoder: bounded by bytes and age. Past the bound it falls back to the newest keyframe, and
// after anything missing it lets nothing through before the next one, so that no grey picture is ever shown.

import { nowUs } from '../base/clock.ts';
import type { Packet } from '../media/types.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_AGE_US = 3_000_000;
/** After so long without a whole keyframe a damaged one is better than nothing. */
const DAMAGED_KEY_AFTER_US = 2_000_000;
const COMPACT_AT = 64;
/** With `leaps`: when more than this wait, a keyframe that comes takes the place of all of them. */
const LEAP_OVER = 8;

export class DecodeQueue {
  /** Packets thrown away, ever; and those of them that were leapt over. */
  dropped = 0;
  leapt = 0;
  #packets: Packet[] = [];
  #timesUs: number[] = [];
  #head = 0;
  #bytes = 0;
  /** Since when packets have been thrown away for want of a keyframe; null when one was let through. */
  #keylessSinceUs: number | null = null;
  #needsKey = true;
  readonly #leaps: boolean;

  /** `leaps`: the newest picture matters more than those on the way to it. */
  constructor(leaps = false) {
    this.#leaps = leaps;
  }

  get waiting(): number {
    return this.#packets.length - this.#head;
  }

  /** For how long packets have come without a keyframe to begin with, microseconds. */
  get keylessUs(): number {
    return this.#keylessSinceUs === null ? 0 : nowUs() - this.#keylessSinceUs;
  }

  /** Adds a packet, or counts it as dropped. */
  push(packet: Packet): void {
    if (this.#leaps && packet.key && !packet.damaged && this.waiting > LEAP_OVER) this.#leap();
    if (packet.discontinuity && !packet.key) this.#needsKey = true;
    if (this.#needsKey && !this.#mayBegin(packet)) {
      this.#keylessSinceUs ??= nowUs();
      this.dropped++;
      return;
    }
    this.#needsKey = false;
    this.#keylessSinceUs = null;
    const atUs = nowUs();
    this.#packets.push(packet);
    this.#timesUs.push(atUs);
    this.#bytes += packet.data.length;
    if (this.#bytes > MAX_BYTES || atUs - this.#timesUs[this.#head]! > MAX_AGE_US) this.#fallBack();
  }

  take(): Packet | undefined {
    return this.#head === this.#packets.length ? undefined : this.#shift();
  }

  /** Something is missing before the next packet: what waits is still whole, what comes needs a keyframe. */
  expectKey(): void {
    this.#needsKey = true;
  }

  /** Throws away what waits. */
  clear(): void {
    this.dropped += this.waiting;
    this.#packets = [];
    this.#timesUs = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#needsKey = true;
    this.#keylessSinceUs = null;
  }

  #leap(): void {
    this.leapt += this.waiting;
    this.clear();
  }

  #mayBegin(packet: Packet): boolean {
    return packet.key && (!packet.damaged || this.keylessUs > DAMAGED_KEY_AFTER_US);
  }

  #fallBack(): void {
    let start = this.#packets.length - 1;
    while (start > this.#head && !this.#packets[start]!.key) start--;
    if (start === this.#head) {
      this.clear();
      return;
    }
    while (this.#head < start) {
      this.#head++;
      this.dropped++;
      this.#bytes -= this.#packets[this.#head - 1]!.data.length;
    }
    this.#compact();
  }

  #shift(): Packet {
    const packet = this.#packets[this.#head++]!;
    this.#bytes -= packet.data.length;
    if (this.#head >= COMPACT_AT || this.#head === this.#packets.length) this.#compact();
    return packet;
  }

  #compact(): void {
    this.#packets.splice(0, this.#head);
    this.#timesUs.splice(0, this.#head);
    this.#head = 0;
  }
}
