// Reads one HTTP/1.x response (RFC 9112) as its bytes come by: its head, then pictures, which are counted, or a refusal,
// of which a little is kept. Bodies may be chunked (7.1) or go on until the connection ends.
//
//   status-line CRLF fields CRLF CRLF | body          chunked body: size [;ext] CRLF data CRLF … 0 CRLF CRLF

import { boundaryOf } from '../../media/multipart.ts';
import { PartCounter } from './part-counter.ts';

const MAX_HEAD_BYTES = 16_384;
const MAX_REFUSAL_BYTES = 16_384;
const HEAD_END = /\r?\n\r?\n/;

const SIZE = 0;
const EXTENSION = 1;
const DATA = 2;
const DATA_END = 3;
const LF = 0x0a;
/** A chunk has no more digits: it would be larger than any body. */
const MAX_CHUNK = 2 ** 40;

export class ResponseReader {
  /** Zero until the head has come. */
  status = 0;
  /** Counts the pictures; null: no head yet, or this is no answer of pictures. */
  counter: PartCounter | null = null;
  /** This is no HTTP. */
  isGarbage = false;
  /** The body has ended, whatever the connection does. */
  isOver = false;
  #head: Buffer = Buffer.alloc(0);
  #isChunked = false;
  #chunk = SIZE;
  #chunkMissing = 0;
  #refusal: Buffer = Buffer.alloc(0);
  #refusalMissing = MAX_REFUSAL_BYTES;

  /** What a refusal said, as far as it was read. */
  refusal(): string {
    return this.#refusal.toString('utf8');
  }

  /** Takes bytes behind the head. */
  take(chunk: Buffer, from: number, to: number): void {
    if (this.#isChunked) this.#dechunk(chunk, from, to);
    else if (this.counter !== null) this.#count(this.counter, chunk, from, to);
    else this.#keep(chunk, from, to);
  }

  /** Takes bytes while `status` is zero; gives where the body begins in `chunk`. */
  takeHead(chunk: Buffer, length: number): number {
    const before = this.#head.length;
    const head = Buffer.concat([this.#head, chunk.subarray(0, length)]);
    const text = head.toString('latin1');
    const end = HEAD_END.exec(text);
    this.#head = head;
    const isLong = (end?.index ?? head.length) > MAX_HEAD_BYTES;
    this.isGarbage = isLong || (!text.startsWith('HTTP/1.') && !'HTTP/1.'.startsWith(text));
    if (end === null || this.isGarbage) return length;
    this.#head = Buffer.alloc(0);
    this.#understand(text.slice(0, end.index));
    return end.index + end[0].length - before;
  }

  #understand(head: string): void {
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0);
    this.isGarbage = status < 200;
    this.status = status;
    this.#isChunked = /^transfer-encoding[ \t]*:.*\bchunked\b/im.test(head);
    const type = /^content-type[ \t]*:[ \t]*(.*)/im.exec(head)?.[1] ?? '';
    if (status === 200 && /^multipart\//i.test(type)) {
      this.counter = new PartCounter(boundaryOf(type));
      return;
    }
    const length = /^content-length[ \t]*:[ \t]*(\d+)/im.exec(head)?.[1];
    this.#refusalMissing = Math.min(MAX_REFUSAL_BYTES, Number(length ?? MAX_REFUSAL_BYTES));
    this.isOver = this.#refusalMissing === 0;
  }

  #count(counter: PartCounter, chunk: Buffer, from: number, to: number): void {
    counter.take(chunk, from, to);
    if (counter.isOver) this.isOver = true;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const taken = chunk.subarray(from, Math.min(to, from + this.#refusalMissing));
    this.#refusal = Buffer.concat([this.#refusal, taken]);
    this.#refusalMissing -= taken.length;
    if (this.#refusalMissing === 0) this.isOver = true;
  }

  #dechunk(chunk: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.isOver) {
      if (this.#chunk !== DATA) {
        this.#readChunkLine(chunk[at]!);
        at += 1;
        continue;
      }
      const here = Math.min(this.#chunkMissing, to - at);
      if (this.counter !== null) this.#count(this.counter, chunk, at, at + here);
      else this.#keep(chunk, at, at + here);
      at += here;
      this.#chunkMissing -= here;
      if (this.#chunkMissing === 0) this.#chunk = DATA_END;
    }
  }

  /** One byte between two chunks' data. */
  #readChunkLine(byte: number): void {
    if (this.#chunk === DATA_END) {
      if (byte === LF) this.#chunk = SIZE;
      return;
    }
    if (byte === LF) {
      this.#chunk = DATA;
      this.isOver ||= this.#chunkMissing === 0;
      return;
    }
    const digit = this.#chunk === SIZE ? hexDigit(byte) : -1;
    if (digit < 0) this.#chunk = EXTENSION;
    else if (this.#chunkMissing < MAX_CHUNK) this.#chunkMissing = this.#chunkMissing * 16 + digit;
  }
}

/** -1: it is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
