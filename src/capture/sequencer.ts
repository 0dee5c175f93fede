// Turns a source's units into packets: repaired timestamps, epoch, sequence and group. Stands between a source and
// the camera's hub, so that nothing behind it has to care what a camera sends.

import type { CameraSpec } from '../config/camera.ts';
import { Timeline } from '../media/timeline.ts';
import type { Packet, SourceUnit, Stamp } from '../media/types.ts';

/** Numbers the units of one camera over all of its sessions. */
export class Sequencer {
  #epoch: number;
  #sequence: number;
  #group = 0;
  #units = 0;
  #waitingForKey = true;
  #missing = false;
  #timeline = new Timeline();
  #lastStamp: Stamp | null = null;

  constructor(spec: Pick<CameraSpec, 'epochBase' | 'sequenceBase'>) {
    this.#epoch = spec.epochBase;
    this.#sequence = spec.sequenceBase;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Units seen, those before the first keyframe included. */
  get units(): number {
    return this.#units;
  }

  get lastStamp(): Stamp | null {
    return this.#lastStamp;
  }

  beginEpoch(): void {
    this.#epoch++;
    this.#waitingForKey = true;
    this.#timeline = new Timeline();
  }

  /** The unit as a packet, or null before the epoch's first keyframe. */
  number(unit: SourceUnit): Packet | null {
    this.#units++;
    const sequence = ++this.#sequence;
    this.#lastStamp = unit.stamp;
    if (this.#waitingForKey && !unit.key) {
      this.#missing = true;
      return null;
    }
    this.#waitingForKey = false;
    if (unit.key) this.#group = sequence;
    const time = this.#timeline.repair(unit);
    const discontinuity = unit.discontinuity || time.discontinuity || this.#missing;
    this.#missing = false;
    return {
      trackId: unit.trackId,
      epoch: this.#epoch,
      sequence,
      group: this.#group,
      ptsUs: time.ptsUs,
      dtsUs: time.dtsUs,
      durationUs: unit.durationUs,
      key: unit.key,
      discontinuity,
      damaged: unit.damaged,
      stamp: unit.stamp,
      data: unit.data,
      memory: unit.memory,
    };
  }
}
