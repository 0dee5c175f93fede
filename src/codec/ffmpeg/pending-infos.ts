// Sequence and stamp of the packets that a decoder holds, joined to the pictures that come out by presentation time.
// With B pictures the order differs: stamps follow the picture, sequence numbers are handed out rising.

import type { Packet } from '../../media/types.ts';
import type { FrameInfo } from './frame.ts';

/** More packets than any decoder holds back (H.264 allows 16 pictures). */
const MAX_PENDING = 32;

interface Pending {
  readonly ptsUs: number;
  readonly packet: Packet;
  sequence: number;
}

export class PendingInfos {
  /** In the order of decoding, so sequences rise. */
  #pending: Pending[] = [];

  add(packet: Packet): void {
    if (this.#pending.length >= MAX_PENDING) this.#pending.shift();
    this.#pending.push({ ptsUs: Math.round(packet.ptsUs), packet, sequence: packet.sequence });
  }

  /** What belongs to the picture with this presentation time; null when its packet is not known. */
  match(ptsUs: number): FrameInfo | null {
    const only = this.#pending[0];
    if (this.#pending.length === 1 && only?.ptsUs === ptsUs) {
      this.#pending.pop();
      return { epoch: only.packet.epoch, sequence: only.sequence, stamp: only.packet.stamp };
    }
    const found = this.#pending.find((entry) => entry.ptsUs === ptsUs);
    if (found === undefined) return null;
    // Pictures come out in the order of presentation: what is due before this one gave no picture.
    const left = this.#pending.filter((entry) => entry.ptsUs >= ptsUs);
    const first = left.reduce((low, entry) => (entry.sequence < low.sequence ? entry : low), found);
    const { sequence } = first;
    first.sequence = found.sequence;
    this.#pending = left.filter((entry) => entry !== found);
    return { epoch: found.packet.epoch, sequence, stamp: found.packet.stamp };
  }
}
