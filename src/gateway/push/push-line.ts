// The line from this gateway to one camera that is sent its pictures. One picture is under way at most, one waits, and
// the newest takes the place of the one that waits; the line follows the camera to whichever process takes it.

import { SightlineError } from '../../base/errors.ts';
import type { Problem } from '../../base/errors.ts';
import type { MediaPort, Subscription } from '../../link/types.ts';
import type { PushedPicture, StreamKey } from '../../media/types.ts';

export interface PushLineOptions {
  readonly media: MediaPort;
  readonly key: StreamKey;
  /** A picture that was not taken for so long is given up. */
  readonly patienceMs: number;
  /** The line ended by itself: the camera is gone, or is none that takes pictures any more. */
  readonly onEnd: () => void;
}

/** A picture and who waits to hear of it. Settled once; later calls are ignored. */
class Entry {
  readonly picture: PushedPicture;
  readonly outcome: Promise<number | null>;
  readonly resolve: (sequence: number | null) => void;
  readonly reject: (error: SightlineError) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(picture: PushedPicture, patienceMs: number, late: () => SightlineError) {
    this.picture = picture;
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.outcome = promise;
    this.resolve = (sequence) => {
      clearTimeout(this.#timer);
      resolve(sequence);
    };
    this.reject = (error) => {
      clearTimeout(this.#timer);
      reject(error);
    };
    this.#timer = setTimeout(() => this.reject(late()), patienceMs);
  }
}

export class PushLine {
  readonly #options: PushLineOptions;
  readonly #subscription: Subscription;
  /** The other end asks for a picture. */
  #asked = false;
  #sent: Entry | null = null;
  #waiting: Entry | null = null;
  #ended = false;

  constructor(options: PushLineOptions) {
    this.#options = options;
    this.#subscription = options.media.subscribe(
      { kind: 'push', key: options.key },
      {
        taken: (sequence) => this.#taken(sequence),
        state: () => this.#away(),
        end: (problem) => this.#end(problem),
      },
    );
  }

  /** True while nobody waits to hear of a picture. */
  get idle(): boolean {
    return this.#sent === null && this.#waiting === null;
  }

  /**
   * Sends a picture. Resolves with its number in the stream, null when a newer one took its place; rejects with the reason
   * why it could not be taken: `not-found`, `disabled`, `takes-no-pictures`, `link-closed` after the patience, `stopping`.
   */
  put(picture: PushedPicture): Promise<number | null> {
    const entry = new Entry(picture, this.#options.patienceMs, notTaken);
    this.#waiting?.resolve(null);
    this.#waiting = entry;
    this.#next();
    return entry.outcome;
  }

  close(error: SightlineError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#subscription.close();
    this.#refuse(error);
  }

  #taken(sequence: number): void {
    this.#sent?.resolve(sequence);
    this.#sent = null;
    this.#asked = true;
    this.#next();
  }

  #next(): void {
    const entry = this.#waiting;
    if (entry === null || !this.#asked) return;
    this.#asked = false;
    this.#waiting = null;
    if (this.#subscription.put?.(entry.picture) === true) this.#sent = entry;
    else this.#waiting = entry;
  }

  /** The other end is gone, and another one will ask: what was on the way is sent again, unless a newer one waits. */
  #away(): void {
    this.#asked = false;
    const lost = this.#sent;
    this.#sent = null;
    if (this.#waiting === null) this.#waiting = lost;
    else lost?.resolve(null);
  }

  #end(problem: Problem | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#refuse(problem === null ? notTaken() : SightlineError.fromProblem(problem));
    this.#options.onEnd();
  }

  #refuse(error: SightlineError): void {
    this.#sent?.reject(error);
    this.#waiting?.reject(error);
    this.#sent = this.#waiting = null;
  }
}

function notTaken(): SightlineError {
  return new SightlineError('link-closed', 'The part of the server that takes pictures did not answer in time.');
}
