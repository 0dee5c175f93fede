// Finds where a JPEG ends while it still arrives (ISO/IEC 10918-1, B.1.1): marker segments are stepped over by their
// length, so that the EOI of a thumbnail inside one ends nothing; in the coded data every FF is looked at.
//
//     FF D8 | FF xx length(2) … | FF DA length(2) … | coded data, FF 00 and FF D0…D7 inside it | … | FF D9

/** Bytes that belong to no segment are stepped over like decoders do, up to this many before the first coded data. */
const MAX_JUNK = 1024;

/** How far a picture has come: its end is known, more bytes are needed, or it is none. */
export type Walk = 'end' | 'restart' | 'more' | 'invalid';

/** Walks one picture at a time; `begin` starts with the next. */
export class JpegWalker {
  /** Where the picture ends, or where to look for the next one; after `more` how far it was looked at. */
  position = 0;
  #coded = false;
  #begun = false;
  #junk = 0;

  /** True when the coded data of the picture has begun. */
  get begun(): boolean {
    return this.#begun;
  }

  /** A picture begins at offset 0 of the bytes that follow. */
  begin(): void {
    this.position = 2;
    this.#coded = false;
    this.#begun = false;
    this.#junk = 0;
  }

  /**
   * Looks at bytes[0, used), which begin with SOI. `end`: EOI was found. `restart`: a new SOI stands where this one's
   * end should have come. `invalid`: what follows SOI is no JPEG.
   */
  walk(bytes: Buffer, used: number): Walk {
    for (;;) {
      const step = this.#coded ? this.#stepCoded(bytes, used) : this.#stepSegment(bytes, used);
      if (step !== null) return step;
    }
  }

  #stepSegment(bytes: Buffer, used: number): Walk | null {
    const at = this.position;
    if (at + 1 >= used) return 'more';
    if (bytes[at] !== 0xff) return this.#skip(1);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) return this.#skip(1);
    if (marker === 0xd9) return this.#stop(at + 2, 'end');
    if (marker === 0xd8) return this.#stop(at, 'restart');
    if (marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) return this.#skip(2);
    if (at + 3 >= used) return 'more';
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length < 2) return this.#skip(2);
    this.position = at + 2 + length;
    this.#coded = this.#begun = marker === 0xda || this.#begun;
    return null;
  }

  #stepCoded(bytes: Buffer, used: number): Walk | null {
    if (this.position >= used) return 'more';
    const at = bytes.indexOf(0xff, this.position);
    if (at < 0 || at + 1 >= used) {
      this.position = at < 0 || at >= used ? used : at;
      return 'more';
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) return this.#stop(at + 2, 'end');
    if (marker === 0xd8) {
      if (at + 2 >= used) {
        this.position = at;
        return 'more';
      }
      if (bytes[at + 2] === 0xff) return this.#stop(at, 'restart');
    }
    this.position = at + (marker === 0xff ? 1 : 2);
    if (beginsSegment(marker)) {
      this.position = at;
      this.#coded = false;
    }
    return null;
  }

  #skip(count: number): Walk | null {
    this.position += count;
    this.#junk += count;
    if (this.#junk > MAX_JUNK && !this.#begun) return 'invalid';
    this.#coded = this.#begun;
    return null;
  }

  /** What has no coded data is no picture. */
  #stop(position: number, walk: Walk): Walk {
    this.position = position;
    return this.#begun ? walk : 'invalid';
  }
}

/** Markers that stand between scans (B.2.3, B.2.4): tables, another scan, DNL, a comment, application data. */
function beginsSegment(marker: number): boolean {
  return marker === 0xc4 || (marker >= 0xda && marker <= 0xdd) || (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}
