// JPEG out of RTP (RFC 2435): types 0 and 1, with and without restarts; tables in band or computed from the quality.
// A picture that misses a packet is dropped whole: half a JPEG is not a picture.

import type { RtpHeader } from '../rtp.ts';
import { MAX_UNIT_BYTES } from './contract.ts';
import type { Arrival, Depacketizer, DepacketizerEvents } from './contract.ts';
import { jpegHeader, quantizationTables } from './jpeg-header.ts';
import { SlabPool } from './slab-pool.ts';
import { UnitSlab } from './slab.ts';

export interface JpegOptions {
  readonly fps: number | null;
  /** Size from the SDP (a=x-dimensions, a=framesize), for pictures too large for the header's 8 bits; 0 when not said. */
  readonly width: number;
  readonly height: number;
  /** Where its memory comes from; a pool of its own when not given. */
  readonly pool?: SlabPool;
}

const EOI = Buffer.from([0xff, 0xd9]);

/** Makes pictures of RTP payloads of one JPEG stream. */
export class JpegDepacketizer implements Depacketizer {
  readonly #options: JpegOptions;
  readonly #events: DepacketizerEvents;
  readonly #slab: UnitSlab;
  /** Tables that came in band, by quality (128 to 254). */
  readonly #known = new Map<number, { tables: Buffer; precision: number }>();
  #header: Buffer = Buffer.alloc(0);
  #headerKey = '';
  #width = 0;
  #height = 0;
  #gap = false;
  #begun = false;

  // the picture that is being assembled
  #open = false;
  #broken = false;
  #timestamp = 0;
  #readAtUs = 0;
  /** Bytes of the picture's data so far, which is where the next fragment begins. */
  #data = 0;

  constructor(options: JpegOptions, events: DepacketizerEvents) {
    this.#options = options;
    this.#slab = new UnitSlab(MAX_UNIT_BYTES, options.pool ?? new SlabPool());
    this.#events = events;
  }

  get lacks(): string | null {
    return this.#begun ? null : 'a whole picture';
  }

  reset(): void {
    this.#open = false;
    this.#gap = true;
  }

  push(header: RtpHeader, bytes: Buffer, arrival: Arrival): void {
    if (arrival.missing > 0) this.#broken = true;
    if (this.#open && arrival.timestamp !== this.#timestamp) {
      if (!this.#broken) this.#events.quirk('marker-missing');
      this.#flush();
    }
    if (arrival.missing > 0) this.#gap = true;
    if (!this.#open) {
      this.#open = true;
      this.#broken = false;
      this.#data = 0;
      this.#timestamp = arrival.timestamp;
      this.#readAtUs = arrival.readAtUs;
      this.#slab.begin();
    }
    if (!this.#broken && !this.#fragment(bytes, header.start, header.end)) this.#broken = true;
    if (header.marker) this.#flush();
  }

  /**
   *     specific (8) | offset (24) | type (8) | Q (8) | width / 8 (8) | height / 8 (8)
   *     types 64 to 127: restart interval (16) | F L count (16)
   */
  #fragment(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < 8) return this.#refuse('jpeg-cut');
    const offset = bytes.readUIntBE(start + 1, 3);
    const type = bytes[start + 4]!;
    let at = start + 8;
    let restartInterval = 0;
    if ((type & 0x3f) > 1 || type >= 128) return this.#refuse('jpeg-type-unsupported');
    if (type >= 64) {
      if (end - at < 4) return this.#refuse('jpeg-cut');
      restartInterval = bytes.readUInt16BE(at);
      at += 4;
    }
    if (offset !== this.#data) return false;
    if (offset === 0) {
      at = this.#first(bytes, [start, at, end], restartInterval);
      if (at < 0) return false;
    }
    if (!this.#slab.append(bytes, at, end)) return this.#refuse('picture-too-large');
    this.#data += end - at;
    return true;
  }

  #refuse(quirk: string): false {
    this.#events.quirk(quirk);
    return false;
  }

  #missing(quirk: string): -1 {
    this.#events.quirk(quirk);
    return -1;
  }

  /**
   * The first fragment: finds the tables and puts the JPEG's header before the data. Where the data begins, or -1.
   *
   *     Q of 128 and more: 0 (8) | precision (8) | length (16) | tables
   */
  #first(bytes: Buffer, [head, start, end]: readonly [number, number, number], restartInterval: number): number {
    const quality = bytes[head + 5]!;
    let at = start;
    let inBand: { tables: Buffer; precision: number } | undefined;
    if (quality >= 128) {
      if (end - at < 4) return -1;
      const precision = bytes[at + 1]! & 3;
      const length = bytes.readUInt16BE(at + 2);
      at += 4 + length;
      if (at > end) return -1;
      inBand = this.#tables(quality, precision, bytes.subarray(at - length, at));
      if (!inBand) return this.#missing('jpeg-tables-missing');
    }
    const width = bytes[head + 6]! * 8 || this.#options.width;
    const height = bytes[head + 7]! * 8 || this.#options.height;
    if (width === 0 || height === 0) return this.#missing('jpeg-size-missing');
    const type = bytes[head + 4]! & 0x3f;
    const key = `${type} ${width} ${height} ${restartInterval} ${quality}`;
    if (inBand || key !== this.#headerKey) {
      const { tables, precision } = inBand ?? { tables: quantizationTables(quality), precision: 0 };
      this.#header = jpegHeader({ type, width, height, restartInterval, tables, precision });
      this.#headerKey = key;
    }
    this.#resize(width, height);
    return this.#slab.append(this.#header, 0, this.#header.length) ? at : -1;
  }

  #tables(quality: number, precision: number, found: Buffer): { tables: Buffer; precision: number } | undefined {
    if (found.length === 0) return this.#known.get(quality);
    const one = precision & 1 ? 128 : 64;
    const two = one + (precision & 2 ? 128 : 64);
    if (found.length !== one && found.length !== two) return undefined;
    const entry = { tables: found, precision };
    if (quality < 255 && !this.#known.get(quality)?.tables.equals(found)) {
      this.#known.set(quality, { tables: Buffer.from(found), precision });
    }
    return entry;
  }

  #resize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    this.#begun = false;
  }

  #flush(): void {
    this.#open = false;
    if (this.#broken || this.#data < 2) {
      this.#gap = true;
      return;
    }
    const tail = this.#slab.view(this.#slab.length - 2);
    if (!tail.equals(EOI)) this.#slab.append(EOI, 0, 2);
    if (!this.#begun) this.#announce();
    const discontinuity = this.#gap;
    this.#gap = false;
    this.#events.unit({
      timestamp: this.#timestamp,
      readAtUs: this.#readAtUs,
      key: true,
      damaged: false,
      discontinuity,
      ...this.#slab.finish(),
    });
  }

  #announce(): void {
    this.#begun = true;
    const size = { width: this.#width, height: this.#height };
    this.#events.track({ id: 0, kind: 'video', codec: 'mjpeg', ...size, fps: this.#options.fps, config: null });
  }
}
