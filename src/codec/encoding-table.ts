// The encodings of one stream of one kind, by name: made when somebody asks for a new one, at most so many read at the
// same time, and none begun while the process is overloaded.

import { SightlineError } from '../base/errors.ts';
import type { Hub } from '../base/hub.ts';
import type { Demand } from '../media/due.ts';
import type { Jpeg } from '../media/types.ts';
import type { StreamStatus } from './stream-status.ts';

/** A hub of JPEGs, how often they are wanted, and the newest one it gave, which outlives its closing. */
export interface JpegSource {
  readonly hub: Hub<Jpeg>;
  /** Each reader says before it attaches how often it wants one: no other picture is made. */
  readonly demand: Demand;
  recent: Jpeg | null;
}

export interface EncodingTableOptions {
  readonly most: number;
  /** Completes "8 … of this camera are being watched already." */
  readonly what: string;
  readonly status: StreamStatus;
  /** True while anything of the stream is being encoded. */
  readonly isBusy: () => boolean;
}

export class EncodingTable {
  readonly #options: EncodingTableOptions;
  readonly #sources = new Map<string, JpegSource>();

  constructor(options: EncodingTableOptions) {
    this.#options = options;
  }

  get sources(): JpegSource[] {
    return [...this.#sources.values()];
  }

  /** Encodings that run now. */
  get active(): number {
    let count = 0;
    for (const { hub } of this.#sources.values()) if (hub.readerCount > 0) count++;
    return count;
  }

  get readerCount(): number {
    let count = 0;
    for (const { hub } of this.#sources.values()) count += hub.readerCount;
    return count;
  }

  /** The encoding of this name, made if need be. An idle one gives way to a new one. Throws `too-many-encodings`. */
  take(name: string, make: () => JpegSource, limit = this.#options.most): JpegSource {
    const { most, what, status, isBusy } = this.#options;
    const known = this.#sources.get(name);
    if (known && (known.hub.readerCount > 0 || this.active < limit)) return known;
    if (status.load > 0 && isBusy() && limit === most) {
      throw new SightlineError('too-many-encodings', 'The server is overloaded and begins no new sizes at the moment.');
    }
    if (this.active >= limit) {
      throw new SightlineError('too-many-encodings', `${most} ${what} of this camera are being watched already.`);
    }
    for (const [other, { hub }] of this.#sources) {
      if (this.#sources.size < most) break;
      if (hub.state === 'closed') this.#sources.delete(other);
    }
    const made = make();
    this.#sources.set(name, made);
    return made;
  }
}
