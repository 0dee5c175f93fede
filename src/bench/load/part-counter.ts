// Counts the parts of a multipart body (RFC 2046, 5.1.1) as its bytes come by, in any cut, and keeps none of them. A
// picture is skipped by its Content-Length; without one its end is looked for. Nothing is allocated for a part.
//
//   [preamble] --boundary CRLF | fields CRLF CRLF | picture | CRLF --boundary CRLF | fields … CRLF --boundary--
//   '-- FIRST --------------' '---- FIELDS -----' 'PICTURE' '- SEEK -----' TAIL

/** Follows the pictures of one body. All calls are synchronous, while the bytes are still in the buffer. */
export interface PartSink {
  /** A part's own header has come. */
  head(): void;
  /** Bytes of the picture, and perhaps some of what stands behind it. */
  body(chunk: Uint8Array, from: number, to: number): void;
  /** The picture is whole: the first `length` bytes since `head`. */
  whole(length: number): void;
}

const FIRST = 0;
const FIELDS = 1;
const PICTURE = 2;
const SEEK = 3;
const TAIL = 4;
const OVER = 5;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;
const ZERO = 0x30;
const LENGTH_FIELD = Buffer.from('content-length:');
/** Longer lines are no delimiters. */
const MAX_DELIMITER = 256;
/** In less than this a loop finds a delimiter sooner than a search that has to be called. */
const WORTH_A_SEARCH = 64;

export class PartCounter {
  /** Pictures that have come whole, and their bytes. */
  parts = 0;
  bytes = 0;
  sink: PartSink | null = null;
  readonly #boundary: string | null;
  #state = FIRST;
  #line = '';
  #delimiter: Buffer = Buffer.alloc(0);
  /** In FIELDS: characters of this line, how many of them are the field's name (-1: another field), its value so far. */
  #column = 0;
  #named = 0;
  #declared = -1;
  /** Of the picture: bytes that are missing, or that have come when nobody said how many there are. */
  #missing = 0;
  #length = 0;
  /** In SEEK and TAIL: a picture without declared length has begun. */
  #open = false;
  /** Bytes of the delimiter found so far, the byte before them, and bytes and dashes behind them. */
  #matched = 0;
  #before = 0;
  #behind = 0;
  #dashes = 0;

  /** `boundary` as the Content-Type has it; null: the first line that looks like a delimiter is one. */
  constructor(boundary: string | null) {
    this.#boundary = boundary;
  }

  /** The closing delimiter has come; what follows is ignored. */
  get isOver(): boolean {
    return this.#state === OVER;
  }

  take(chunk: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && this.#state !== OVER) {
      const isBody = this.#state === PICTURE || this.#open;
      const begin = at;
      if (this.#state === PICTURE) at = this.#skip(at, to);
      else if (this.#state === FIELDS) at = this.#readFields(chunk, at, to);
      else if (this.#state === SEEK) at = this.#seek(chunk, at, to);
      else if (this.#state === TAIL) at = this.#readTail(chunk, at);
      else at = this.#readFirst(chunk, at, to);
      if (!isBody) continue;
      this.sink?.body(chunk, begin, at);
      if (this.#isWhole()) this.#count();
    }
  }

  #isWhole(): boolean {
    if (this.#state === PICTURE) return this.#missing === 0;
    return this.#open && (this.#state === FIELDS || this.#state === OVER);
  }

  #count(): void {
    if (this.#state === PICTURE) this.#state = SEEK;
    this.#open = false;
    // Behind a declared length some servers write the next delimiter without the line break that belongs to it.
    this.#matched = 1;
    this.parts += 1;
    this.bytes += this.#length;
    this.sink?.whole(this.#length);
  }

  #skip(at: number, to: number): number {
    const here = Math.min(this.#missing, to - at);
    this.#missing -= here;
    return at + here;
  }

  /** The first delimiter says what all others look like: some servers count its dashes to the boundary. */
  #readFirst(chunk: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      const byte = chunk[at]!;
      if (byte !== LF) {
        if (this.#line.length < MAX_DELIMITER) this.#line += String.fromCharCode(byte);
        continue;
      }
      const line = this.#line.trimEnd();
      this.#line = '';
      if (!this.#isDelimiter(line)) continue;
      this.#delimiter = Buffer.from(`\n${line}`, 'latin1');
      this.#beginFields();
      return at + 1;
    }
    return to;
  }

  #isDelimiter(line: string): boolean {
    if (!line.startsWith('--') || line.length < 3) return false;
    return this.#boundary === null || line === `--${this.#boundary}` || line === this.#boundary;
  }

  #beginFields(): void {
    this.#state = FIELDS;
    this.#column = 0;
    this.#named = 0;
    this.#declared = -1;
  }

  #readFields(chunk: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      // What is no Content-Length is passed over to the end of its line.
      if (this.#named < 0) while (at < to && chunk[at] !== LF) at += 1;
      if (at === to) break;
      const byte = chunk[at]!;
      at += 1;
      if (byte === LF) {
        if (this.#column === 0) {
          this.#beginPicture();
          return at;
        }
        this.#column = 0;
        this.#named = 0;
      } else if (byte !== CR) {
        this.#column += 1;
        this.#readField(byte);
      }
    }
    return at;
  }

  #readField(byte: number): void {
    if (this.#named < LENGTH_FIELD.length) {
      // Lower case; the dash and the colon have that bit anyway.
      this.#named = (byte | 0x20) === LENGTH_FIELD[this.#named] ? this.#named + 1 : -1;
      return;
    }
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) this.#declared = Math.max(0, this.#declared) * 10 + digit;
    else if (this.#declared >= 0 || (byte !== SPACE && byte !== TAB)) this.#named = -1;
  }

  #beginPicture(): void {
    this.sink?.head();
    this.#matched = 0;
    this.#before = 0;
    this.#open = this.#declared < 0;
    this.#state = this.#open ? SEEK : PICTURE;
    this.#length = Math.max(0, this.#declared);
    this.#missing = this.#length;
    if (this.#declared === 0) this.#count();
  }

  #seek(chunk: Buffer, from: number, to: number): number {
    const delimiter = this.#delimiter;
    const searched = this.#open ? to - Math.max(WORTH_A_SEARCH, 2 * delimiter.length) : -1;
    if (this.#matched === 0 && from <= searched) return this.#search(chunk, from, to);
    let at = from;
    let matched = this.#matched;
    while (at < to && matched < delimiter.length && (matched > 0 || at === from || at > searched)) {
      const byte = chunk[at]!;
      at += 1;
      if (byte === delimiter[matched]) {
        matched += 1;
        continue;
      }
      const restarts = byte === LF;
      if (!restarts) this.#before = byte;
      else if (matched > 0) this.#before = delimiter[matched - 1]!;
      matched = restarts ? 1 : 0;
    }
    this.#matched = matched;
    this.#length += this.#open ? at - from : 0;
    if (matched === delimiter.length) this.#beginTail();
    return at;
  }

  /** As `#seek`, over many bytes at once. */
  #search(chunk: Buffer, from: number, to: number): number {
    const delimiter = this.#delimiter;
    const found = chunk.subarray(from, to).indexOf(delimiter);
    const start = found < 0 ? Math.max(from, to - delimiter.length + 1) : from + found;
    if (start > from) this.#before = chunk[start - 1]!;
    this.#length += start - from;
    if (found < 0) return start;
    this.#length += delimiter.length;
    this.#beginTail();
    return start + delimiter.length;
  }

  #beginTail(): void {
    this.#state = TAIL;
    this.#matched = 0;
    this.#behind = 0;
    this.#dashes = 0;
  }

  /** Behind the delimiter stands the end of its line, or two dashes; else it was part of the picture. */
  #readTail(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    this.#behind += 1;
    this.#length += this.#open ? 1 : 0;
    if (byte === LF && this.#dashes === 0) {
      this.#cutDelimiter();
      this.#beginFields();
    } else if (byte === DASH && this.#dashes + 1 === this.#behind) {
      this.#dashes += 1;
      if (this.#dashes < 2) return at + 1;
      this.#cutDelimiter();
      this.#state = OVER;
    } else if ((byte !== CR && byte !== SPACE && byte !== TAB) || this.#dashes > 0) {
      this.#state = SEEK;
      this.#matched = byte === LF ? 1 : 0;
      this.#before = byte === LF ? DASH : byte;
    }
    return at + 1;
  }

  /** The line break before a delimiter belongs to it, not to the picture. */
  #cutDelimiter(): void {
    if (!this.#open) return;
    this.#length -= this.#delimiter.length + this.#behind;
    if (this.#before === CR && this.#length > 0) this.#length -= 1;
  }
}
