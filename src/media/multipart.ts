// Pictures out of an HTTP body, as they arrive: multipart/x-mixed-replace (RFC 2046, 5.1) the way cameras really send
// it, or one JPEG alone. The end of a picture is found in the JPEG itself, so that it is handed on with its last byte,
// whatever Content-Length and boundary say; those only bound what is broken. Used by the http source.
//
//     --boundary CRLF  headers CRLF  CRLF  FF D8 … FF D9 CRLF  --boundary …
//     |<------------ head: text ---------->|<-- picture -->|<-- head …

import { JpegWalker } from './jpeg-walker.ts';

/** One picture; the bytes are a buffer of its own. */
export interface Part {
  readonly bytes: Buffer;
  /** When its first byte was read, `nowUs`. */
  readonly readAtUs: number;
  /** X-Timestamp of its headers: Unix time in microseconds; null without one. */
  readonly senderUs: number | null;
  /** X-Sequence of its headers; null without one. */
  readonly senderNumber: number | null;
  /** Its end was missing. */
  readonly damaged: boolean;
}

export interface MultipartOptions {
  /** From `boundaryOf`; null when the Content-Type names none. */
  readonly boundary: string | null;
  /** Called synchronously with each picture; must not throw. */
  part(part: Part): void;
  /** Counts one deviation. */
  quirk(name: string): void;
}

const MAX_HEAD_BYTES = 8192;
export const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
/** Of a picture whose length nobody declared; 8K at good quality has less. */
export const MAX_UNDECLARED_BYTES = 8 * 1024 * 1024;

const PIECE_BYTES = 2048;
const FIRST_SCRATCH_BYTES = 64 * 1024;
/** A Content-Length up to this is believed enough to set its buffer aside. */
const MAX_EXACT_BYTES = 1024 * 1024;
const SOI = Buffer.from([0xff, 0xd8, 0xff]);
const EOI = Buffer.from([0xff, 0xd9]);

/** The boundary of a Content-Type, as it is written there without quotes; null without one. */
export function boundaryOf(contentType: string): string | null {
  const match = /;\s*boundary\s*=\s*(?:"([^"]*)"?|([^\s;,]+))/i.exec(contentType);
  const boundary = (match?.[1] ?? match?.[2] ?? '').trim().slice(0, 200);
  return boundary === '' ? null : boundary;
}

/**
 * Takes a body in any chunking. Holds one picture and 8 KB of headers, whatever comes: at most 16 MB of a picture whose
 * length was declared, 8 MB of another.
 */
export class MultipartParser {
  /** Bytes in which no picture was found. */
  skippedBytes = 0;
  readonly #options: MultipartOptions;
  readonly #walker = new JpegWalker();
  readonly #head = Buffer.allocUnsafeSlow(MAX_HEAD_BYTES);
  #headLength = 0;
  #delimiter: Buffer | null;
  #parts = 0;
  #inPicture = false;
  #bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #scratch: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #used = 0;
  #searched = 0;
  #declared: number | null = null;
  #readAtUs = 0;
  #senderUs: number | null = null;
  #senderNumber: number | null = null;

  constructor(options: MultipartOptions) {
    this.#options = options;
    this.#delimiter = options.boundary === null ? null : delimiterOf(options.boundary);
  }

  /** True while a picture has begun and not ended. */
  get inPicture(): boolean {
    return this.#inPicture;
  }

  /** Before the first byte: the whole body is one picture of this length. */
  expect(length: number): void {
    this.#headLength = this.#head.write(`Content-Length: ${length}\r\n\r\n`, 'latin1');
  }

  /** Takes the next bytes, read at `readAtUs`. They are copied: the buffer may be used again. */
  push(chunk: Buffer, readAtUs: number): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.#inPicture ? this.#takePicture(chunk, at, readAtUs) : this.#takeHead(chunk, at, readAtUs);
    }
  }

  /** The body has ended. A picture that is as long as was declared is handed on, a shorter one is not. */
  end(): void {
    if (!this.#inPicture) return;
    if (this.#declared === this.#used && this.#walker.begun) this.#finish(this.#used, 'jpeg-without-end');
    else this.#drop('picture-cut');
  }

  #takeHead(chunk: Buffer, at: number, readAtUs: number): number {
    if (this.#headLength > MAX_HEAD_BYTES - PIECE_BYTES) {
      const kept = MAX_HEAD_BYTES / 2;
      this.skippedBytes += this.#headLength - kept;
      this.#head.copyWithin(0, this.#headLength - kept, this.#headLength);
      this.#headLength = kept;
      this.#options.quirk('garbage-between-pictures');
    }
    const before = this.#headLength;
    const taken = chunk.copy(this.#head, before, at, at + Math.min(PIECE_BYTES, chunk.length - at));
    this.#headLength = before + taken;
    const found = this.#head.subarray(0, this.#headLength).indexOf(SOI, Math.max(0, before - 2));
    if (found < 0) return at + taken;
    this.#readHead(this.#head.toString('latin1', 0, found));
    this.#begin(readAtUs);
    const earlier = Math.max(0, before - found);
    this.#used = this.#head.copy(this.#bytes, 0, found, found + earlier);
    this.#headLength = 0;
    return at + Math.max(0, found - before);
  }

  #takePicture(chunk: Buffer, at: number, readAtUs: number): number {
    if (this.#used === this.#bytes.length && !this.#grow()) return at;
    const before = this.#used;
    const taken = chunk.copy(this.#bytes, before, at, Math.min(chunk.length, at + this.#bytes.length - before));
    this.#used = before + taken;
    const end = this.#lookForEnd();
    if (end < 0) return at + taken;
    if (end >= before) return at + end - before;
    this.push(Buffer.from(this.#bytes.subarray(end, before)), readAtUs);
    return at;
  }

  /** Where the picture ends, when it does: it is handed on or dropped then. -1: more bytes are needed. */
  #lookForEnd(): number {
    const walk = this.#walker.walk(this.#bytes, this.#used);
    const position = this.#walker.position;
    const delimiter = this.#findDelimiter(walk === 'more' ? this.#used : Math.min(position, this.#used));
    if (delimiter >= 0 && !this.#walker.begun) return this.#drop('not-a-jpeg', delimiter);
    if (delimiter >= 0) return this.#finish(delimiter, 'jpeg-without-end');
    if (walk === 'end') return this.#finish(position, null);
    if (walk === 'restart') return this.#finish(position, 'jpeg-without-end');
    if (walk === 'more') return -1;
    return this.#drop('not-a-jpeg', Math.min(position, this.#used));
  }

  /** Looks for the boundary before `limit`, unless the declared length says that it is not there yet. */
  #findDelimiter(limit: number): number {
    if (this.#delimiter === null || (this.#declared !== null && limit <= this.#declared)) return -1;
    const from = Math.max(2, this.#searched - this.#delimiter.length);
    this.#searched = limit;
    const found = this.#bytes.subarray(0, limit).indexOf(this.#delimiter, from);
    if (found < 0) return -1;
    return this.#bytes[found - 1] === 0x0d ? found - 1 : found;
  }

  #begin(readAtUs: number): void {
    this.#inPicture = true;
    this.#walker.begin();
    this.#searched = 0;
    this.#readAtUs = readAtUs;
    const exact = this.#declared !== null && this.#declared > 4 && this.#declared <= MAX_EXACT_BYTES;
    if (!exact && this.#scratch.length === 0) this.#scratch = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
    this.#bytes = exact ? Buffer.allocUnsafeSlow(this.#declared!) : this.#scratch;
  }

  #grow(): boolean {
    const most = this.#declared === null ? MAX_UNDECLARED_BYTES : MAX_PICTURE_BYTES;
    if (this.#used >= most) {
      this.#drop('picture-too-large');
      this.#bytes.buffer.transfer(0);
      return false;
    }
    const size = Math.min(most, Math.max(FIRST_SCRATCH_BYTES, this.#used * 2));
    const larger = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(larger, 0, 0, this.#used);
    // Old memory is given back at once: a picture without end must not leave it to the garbage collector.
    this.#bytes.buffer.transfer(0);
    this.#bytes = this.#scratch = larger;
    return true;
  }

  #finish(end: number, fault: 'jpeg-without-end' | null): number {
    if (this.#declared !== null && this.#declared !== end) this.#options.quirk('content-length-wrong');
    this.#inPicture = false;
    this.#parts += 1;
    if (fault !== null) this.#options.quirk(fault);
    const isExact = fault === null && end === this.#bytes.length && this.#bytes !== this.#scratch;
    const own = isExact ? this.#bytes : exactCopy(this.#bytes.subarray(0, end), fault);
    const said = { senderUs: this.#senderUs, senderNumber: this.#senderNumber };
    this.#options.part({ bytes: own, readAtUs: this.#readAtUs, ...said, damaged: fault !== null });
    return end;
  }

  /** Gives up the picture; what was read of it before `resume` is not looked at again. */
  #drop(quirk: string, resume = this.#used): number {
    this.#options.quirk(quirk);
    this.#inPicture = false;
    this.skippedBytes += resume;
    if (this.#scratch.length > MAX_EXACT_BYTES) this.#scratch = Buffer.alloc(0);
    return resume;
  }

  /** Reads what stood before a picture: the rest of the last part, the boundary, the headers. */
  #readHead(text: string): void {
    const lines = text.split('\n');
    const boundaryLine = lines.findLast((line) => line.startsWith('--'));
    if (this.#delimiter === null && boundaryLine !== undefined && this.#options.boundary === null) {
      this.#delimiter = delimiterOf(boundaryLine.trim());
      this.#options.quirk('boundary-missing');
    }
    if (/[^\r]\n/.test(text)) this.#options.quirk('lf-headers');
    const trailing = boundaryLine === undefined ? '' : text.slice(0, text.lastIndexOf(boundaryLine));
    if (this.#parts > 0 && trailing.trim() !== '') this.#options.quirk('trailing-bytes');
    const length = lastHeader(lines, /^content-length[ \t]*:[ \t]*(\d{1,16})/i);
    this.#declared = length === null || Number(length) > MAX_PICTURE_BYTES ? null : Number(length);
    if (boundaryLine !== undefined && length === null) this.#options.quirk('content-length-missing');
    if (length !== null && this.#declared === null) this.#options.quirk('content-length-wrong');
    const stamp = lastHeader(lines, /^x-timestamp[ \t]*:[ \t]*(\d{1,12}(?:\.\d{1,9})?)/i);
    this.#senderUs = stamp === null ? null : Math.round(Number(stamp) * 1e6);
    const number = lastHeader(lines, /^x-sequence[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$/i);
    this.#senderNumber = number === null ? null : Number(number);
  }
}

function delimiterOf(boundary: string): Buffer | null {
  const core = boundary.replace(/^-+/, '');
  return core === '' ? null : Buffer.from(`\n--${core}`, 'latin1');
}

function lastHeader(lines: readonly string[], pattern: RegExp): string | null {
  for (let i = lines.length - 1; i >= 0; i--) {
    const value = pattern.exec(lines[i]!)?.[1];
    if (value !== undefined) return value;
  }
  return null;
}

function exactCopy(picture: Buffer, fault: string | null): Buffer {
  const copy = Buffer.allocUnsafeSlow(picture.length + (fault === null ? 0 : EOI.length));
  picture.copy(copy);
  if (fault !== null) EOI.copy(copy, picture.length);
  return copy;
}
