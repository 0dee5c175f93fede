// The JPEGs of one stream: one encoding for each width and quality that is being watched, however many watch it, and
// the camera's own JPEGs untouched where it sends JPEG; and packed pixels for programs that ask for those. Each is a
// hub; nothing runs before its first reader.

import { Hub } from '../base/hub.ts';
import type { HubTraits } from '../base/hub.ts';
import type { MediaPort } from '../link/types.ts';
import { Demand } from '../media/due.ts';
import { snapQuality, snapWidth } from '../media/picture-size.ts';
import type { Jpeg, StreamKey } from '../media/types.ts';
import type { PixelFormat } from '../media/pixels.ts';
import { EncodingTable } from './encoding-table.ts';
import type { JpegSource } from './encoding-table.ts';
import type { Frame } from './ffmpeg/frame.ts';
import { JpegEncoder } from './ffmpeg/jpeg-encoder.ts';
import { PixelEncoder } from './ffmpeg/pixel-encoder.ts';
import { JpegEncoding } from './jpeg-encoding.ts';
import type { PictureEncoder } from './jpeg-encoding.ts';
import { OwnPictures } from './own-pictures.ts';
import type { StreamStatus } from './stream-status.ts';

/** Encodings of one stream at the same time. */
export const MAX_ENCODINGS = 8;
/** Sizes and layouts of its pixels: each is some fifty times as much for the link. */
const MAX_PIXEL_ENCODINGS = 3;

const TRAITS: HubTraits<Jpeg> = { bytes: (jpeg) => jpeg.bytes.length, startsGroup: () => true };
const KEEP = { maxBytes: Infinity, maxAgeMs: Infinity };

/** Everything that makes JPEGs of one stream. */
export class JpegSources {
  readonly #port: MediaPort | null;
  readonly #key: StreamKey;
  readonly #status: StreamStatus;
  readonly #frames: Hub<Frame>;
  readonly #encodings: EncodingTable;
  readonly #pixels: EncodingTable;
  readonly #own: JpegSource;

  /** `port`: where the stream's packets are; null for a stream that has none, because a processor makes it. */
  constructor(port: MediaPort | null, key: StreamKey, status: StreamStatus, frames: Hub<Frame>) {
    this.#port = port;
    this.#key = key;
    this.#status = status;
    this.#frames = frames;
    const isBusy = (): boolean => this.active > 0;
    this.#encodings = new EncodingTable({ most: MAX_ENCODINGS, what: 'sizes', status, isBusy });
    this.#pixels = new EncodingTable({
      most: MAX_PIXEL_ENCODINGS,
      what: 'sizes and formats of pixels',
      status,
      isBusy,
    });
    this.#own = this.#createOwn();
    status.listen(() => this.#forgetUnlessLive());
  }

  /** Encodings that run now. */
  get active(): number {
    return this.#encodings.active + this.#pixels.active;
  }

  get readerCount(): number {
    return this.#own.hub.readerCount + this.#encodings.readerCount + this.#pixels.readerCount;
  }

  /** The source for a wanted size and quality. Throws `too-many-encodings`. */
  sourceFor(width: number | null, quality: number | null): JpegSource {
    const offered = this.#offered(width);
    if (offered !== null || quality !== null) return this.#encoding(offered, snapQuality(quality));
    if (this.#port === null) return this.#encoding(null, snapQuality(null));
    const isEncoded = this.#status.codec !== null && this.#status.codec !== 'mjpeg';
    if (isEncoded) this.#encoding(null, snapQuality(null));
    return this.#own;
  }

  /** The source for packed pixels of a wanted size. Throws `too-many-encodings`. */
  pixelsFor(width: number | null, format: PixelFormat): JpegSource {
    const offered = this.#offered(width);
    const name = `${offered ?? 'own'}x${format}`;
    return this.#pixels.take(name, () => this.#create(name, () => new PixelEncoder(offered, format)));
  }

  async close(error: unknown): Promise<void> {
    const sources = this.#all;
    await Promise.all(sources.map(({ hub }) => hub.close(error)));
  }

  get #all(): JpegSource[] {
    return [this.#own, ...this.#encodings.sources, ...this.#pixels.sources];
  }

  /** The offered width for a wanted one; null: the camera's own. */
  #offered(width: number | null): number | null {
    const own = this.#status.width;
    const offered = width === null ? null : snapWidth(width, own);
    return offered === own ? null : offered;
  }

  #encoding(width: number | null, quality: number, limit = MAX_ENCODINGS): JpegSource {
    const name = `${width ?? 'own'}x${quality}`;
    return this.#encodings.take(name, () => this.#create(name, () => new JpegEncoder(width, quality)), limit);
  }

  #create(name: string, encoder: () => PictureEncoder): JpegSource {
    const hub: Hub<Jpeg> = new Hub<Jpeg>({
      name: `${this.#key} ${name}`,
      traits: TRAITS,
      graceMs: 0,
      keep: KEEP,
      open: () => {
        const inlets = { frames: this.#frames, status: this.#status, demand: source.demand };
        const encoding = new JpegEncoding(inlets, encoder(), publish);
        return Promise.resolve(() => encoding.close());
      },
    });
    const source: JpegSource = { hub, demand: new Demand(), recent: null };
    const publish = (jpeg: Jpeg): void => {
      // Nobody asks for pixels afterwards, and they are large.
      if (jpeg.pixels === undefined) source.recent = jpeg;
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
    for (const source of this.#all) {
      source.hub.forget();
      source.recent = null;
    }
  }
}
