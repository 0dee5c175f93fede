// Remembers which streams were being decoded when a codec process died, so that one that kills its process again and
// again is first decoded alone and then no more. Packets of such a camera go on; only its pictures do not.

const WINDOW_US = 10 * 60 * 1_000_000;
const ALONE_AT = 2;
const QUARANTINED_AT = 5;

export type Sentence = 'shared' | 'alone' | 'quarantined';

/** Deaths of the last ten minutes, by camera. */
export class CrashLedger {
  readonly #deaths = new Map<string, number[]>();
  readonly #sentences = new Map<string, Sentence>();

  /** Notes that the process which decoded these cameras died at `atUs`. */
  note(uids: readonly string[], atUs: number): void {
    for (const uid of uids) {
      const deaths = (this.#deaths.get(uid) ?? []).filter((deathUs) => deathUs > atUs - WINDOW_US);
      deaths.push(atUs);
      this.#deaths.set(uid, deaths);
      if (deaths.length >= QUARANTINED_AT) this.#sentences.set(uid, 'quarantined');
      else if (deaths.length >= ALONE_AT && this.sentence(uid) === 'shared') this.#sentences.set(uid, 'alone');
    }
  }

  sentence(uid: string): Sentence {
    return this.#sentences.get(uid) ?? 'shared';
  }

  /** Cameras that share a process with no other any more. */
  alone(): ReadonlySet<string> {
    return new Set(this.#sentences.keys());
  }

  /** Forgets a camera: it was removed, or its source was changed. */
  forget(uid: string): void {
    this.#deaths.delete(uid);
    this.#sentences.delete(uid);
  }
}
