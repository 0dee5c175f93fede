// The JPEGs of one stream: one encoding for each width and quality that is being watched, however many watch it, and
// the camera's own JPEGs untouched where it sends JPEG. Each is a hub; nothing runs before its first reader.

import { SightlineError } from '../base/errors.ts';
import { Hub } from '../base/hub.ts';
import type { HubTraits } from '../base/hub.ts';
import type { MediaPort } from '../link/types.ts';
import { Demand } from '../media/due.ts';
import { snapQuality, snapWidth } from '../media/picture-size.ts';
import type { Jpeg, StreamKey } from '../media/types.ts';
import type { Frame } from './ffmpeg/frame.ts';
import { JpegEncoder } from './ffmpeg/jpeg-encoder.ts';
import { JpegEncoding } from './jpeg-encoding.ts';
import { OwnPictures } from './own-pictures.ts';
import type { StreamStatus } from './stream-status.ts';

/** Encodings of one stream at the same time. */
export const MAX_ENCODINGS = 8;

const TRAITS: HubTraits<Jpeg> = { bytes: (jpeg) => jpeg.bytes.length, startsGroup: () => true };
const KEEP = { maxBytes: Infinity, maxAgeMs: Infinity };

/** A hub of JPEGs, how often they are wanted, and the newest one it gave, which outlives its closing. */
export interface JpegSource {
  readonly hub: Hub<Jpeg>;
  /** Each reader says before it attaches how often it wants one: no other picture is made. */
  readonly demand: Demand;
  recent: Jpeg | null;
}

/** Everything that makes JPEGs of one stream. */
export class JpegSources {
  readonly #port: MediaPort | null;
  readonly #key: StreamKey;
  readonly #status: StreamStatus;
  readonly #frames: Hub<Frame>;
  readonly #encodings = new Map<string, JpegSource>();
  readonly #own: JpegSource;

  /** `port`: where the stream's packets are; null for a stream that has none, because a processor makes it. */
  constructor(port: MediaPort | null, key: StreamKey, status: StreamStatus, frames: Hub<Frame>) {
    this.#port = port;
    this.#key = key;
    this.#status = status;
    this.#frames = frames;
    this.#own = this.#createOwn();
    status.listen(() => this.#forgetUnlessLive());
  }

  /** Encodings that run now. */
  get active(): number {
    let count = 0;
    for (const { hub } of this.#encodings.values()) if (hub.readerCount > 0) count++;
    return count;
  }

  get readerCount(): number {
    let count = this.#own.hub.readerCount;
    for (const { hub } of this.#encodings.values()) count += hub.readerCount;
    return count;
  }

  /** The source for a wanted size and quality. Throws `too-many-encodings`. */
  sourceFor(width: number | null, quality: number | null): JpegSource {
    const own = this.#status.width;
    const snapped = width === null ? null : snapWidth(width, own);
    const isOwnWidth = snapped === null || snapped === own;
    if (!isOwnWidth || quality !== null) return this.#encoding(isOwnWidth ? null : snapped, snapQuality(quality));
    if (this.#port === null) return this.#encoding(null, snapQuality(null));
    const isEncoded = this.#status.codec !== null && this.#status.codec !== 'mjpeg';
    if (isEncoded) this.#encoding(null, snapQuality(null));
    return this.#own;
  }

  async close(error: unknown): Promise<void> {
    const sources = [this.#own, ...this.#encodings.values()];
    await Promise.all(sources.map(({ hub }) => hub.close(error)));
  }

  /** The encoding of this key, made if need be. An idle one gives way to a new one. */
  #encoding(width: number | null, quality: number, limit = MAX_ENCODINGS): JpegSource {
    const name = `${width ?? 'own'}x${quality}`;
    const known = this.#encodings.get(name);
    if (known && (known.hub.readerCount > 0 || this.active < limit)) return known;
    if (this.#status.load > 0 && this.active > 0 && limit === MAX_ENCODINGS) {
      throw new SightlineError('too-many-encodings', 'The server is overloaded and begins no new sizes at the moment.');
    }
    if (this.active >= limit) {
      throw new SightlineError(
        'too-many-encodings',
        `${MAX_ENCODINGS} sizes of this camera are being watched already.`,
      );
    }
    for (const [other, { hub }] of this.#encodings) {
      if (this.#encodings.size < MAX_ENCODINGS) break;
      if (hub.state === 'closed') this.#encodings.delete(other);
    }
    const made = this.#createEncoding(`${this.#key} ${name}`, width, quality);
    this.#encodings.set(name, made);
    return made;
  }

  #createEncoding(name: string, width: number | null, quality: number): JpegSource {
    const hub: Hub<Jpeg> = new Hub<Jpeg>({
      name,
      traits: TRAITS,
      graceMs: 0,
      keep: KEEP,
      open: () => {
        const inlets = { frames: this.#frames, status: this.#status, demand: source.demand };
        const encoding = new JpegEncoding(inlets, new JpegEncoder(width, quality), publish);
        return Promise.resolve(() => encoding.close());
      },
    });
    const source: JpegSource = { hub, demand: new Demand(), recent: null };
    const publish = (jpeg: Jpeg): void => {
      source.recent = jpeg;
      hub.publish(jpeg);
    };
    return source;
  }

  #createOwn(): JpegSource {
    const port = this.#port;
    const hub: Hub<Jpeg> = new Hub<Jpeg>({
      name: `${this.#key} own`,
      traits: TRAITS,
      graceMs: 0,
      keep: KEEP,
      open: () => {
        if (port === null) throw new Error('a stream without packets has no pictures of its own');
        const failed = (error: unknown): void => void hub.close(error);
        // What a codec change turns into an encoding may exceed the limit by this one.
        const encoded = (): JpegSource => this.#encoding(null, snapQuality(null), Infinity);
        const { demand } = source;
        const pictures = new OwnPictures(port, this.#key, this.#status, { encoded, demand, publish, failed });
        return Promise.resolve(() => pictures.close());
      },
    });
    const source: JpegSource = { hub, demand: new Demand(), recent: null };
    const publish = (jpeg: Jpeg): void => {
      source.recent = jpeg;
      hub.publish(jpeg);
    };
    return source;
  }

  /** A picture from before a stall is not handed to those who come later. */
  #forgetUnlessLive(): void {
    const { state } = this.#status;
    if (state === null || state.state === 'live') return;
    for (const source of [this.#own, ...this.#encodings.values()]) {
      source.hub.forget();
      source.recent = null;
    }
  }
}
