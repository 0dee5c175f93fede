// Counts the pictures of one endless HTTP answer (RFC 9112; multipart RFC 2046, 5.1) as cheaply as it can be done: by
// Content-Length bytes are stepped over unseen, without one the next boundary is searched for. Any chunking, HTTP/1.0
// and 1.1, with or without chunked coding. Nothing of a picture is kept unless somebody asks for it.
//
//   head CRLF CRLF | [size CRLF] | --boundary CRLF fields CRLF CRLF | picture | CRLF --boundary ...

import { nowUs } from '../../base/clock.ts';

/** What a parser calls, in order. All synchronous. */
export interface ResponseEvents {
  /** `isPictures`: 200 and multipart; only then parts follow. Any other body goes to `body`. */
  head(head: ResponseHead, atUs: number): void;
  partHead(atUs: number): void;
  /** A whole part; `atUs`: when its last byte was read. */
  part(bytes: number, atUs: number): void;
  /** Bytes of the running part, valid inside the call; only called when `wantsBytes` was set. */
  partBytes?(bytes: Buffer): void;
  body?(bytes: Buffer): void;
}

export interface ResponseHead {
  readonly status: number;
  readonly type: string;
  readonly isPictures: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 16 * 1024;

type Stage = 'head' | 'body' | 'part-head' | 'sized' | 'searched';

export class ResponseParser {
  readonly #events: ResponseEvents;
  readonly #wantsBytes: boolean;
  #stage: Stage = 'head';
  /** What has come of a head that is not whole yet. */
  #pending: Buffer = Buffer.alloc(0);
  #dechunker: Dechunker | null = null;
  #delimiter: Buffer = Buffer.alloc(0);
  /** Bytes of the running part that are missing (sized), or that have come (searched). */
  #count = 0;
  #length = 0;
  /** The end of what was read of a searched part: a boundary may begin in it. */
  #tail: Buffer = Buffer.alloc(0);
  #lastReadUs = 0;
  #broken = false;

  constructor(events: ResponseEvents, wantsBytes = false) {
    this.#events = events;
    this.#wantsBytes = wantsBytes;
  }

  /** Takes what was read at `atUs`; false when this is no HTTP. The bytes may be used again afterwards. */
  push(bytes: Buffer, atUs = nowUs()): boolean {
    if (this.#broken) return false;
    const rest = this.#stage === 'head' ? this.#takeHead(bytes, atUs) : bytes;
    if (rest !== null && rest.length > 0) {
      if (this.#dechunker === null) this.#takeBody(rest, atUs);
      else this.#broken = !this.#dechunker.push(rest, (piece) => this.#takeBody(piece, atUs));
    }
    this.#lastReadUs = atUs;
    return !this.#broken;
  }

  /** The connection has ended: a part without a length that had begun is whole with it. */
  end(): void {
    if (this.#stage !== 'searched' || this.#count + this.#tail.length === 0) return;
    if (this.#wantsBytes) this.#events.partBytes?.(this.#tail);
    this.#finish(this.#count + this.#tail.length, this.#lastReadUs);
  }

  #takeHead(bytes: Buffer, atUs: number): Buffer | null {
    const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      this.#broken = all.length > MAX_HEAD_BYTES;
      this.#pending = Buffer.from(all);
      return null;
    }
    const text = all.toString('latin1', 0, end);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
    this.#broken = status === undefined;
    if (status === undefined) return null;
    if (/^transfer-encoding: *chunked/im.test(text)) this.#dechunker = new Dechunker();
    const type = /^content-type: *([^\r\n]*)/im.exec(text)?.[1] ?? '';
    const isPictures = status === '200' && /^multipart\//i.test(type);
    this.#delimiter = Buffer.from(`--${boundaryOf(type)}`, 'latin1');
    this.#pending = Buffer.alloc(0);
    this.#stage = isPictures ? 'part-head' : 'body';
    this.#events.head({ status: Number(status), type, isPictures }, atUs);
    return all.subarray(end + HEAD_END.length);
  }

  #takeBody(bytes: Buffer, atUs: number): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#stage === 'sized') rest = this.#step(rest, atUs);
      else if (this.#stage === 'part-head') rest = this.#takePartHead(rest, atUs);
      else if (this.#stage === 'searched') rest = this.#search(rest, atUs);
      else {
        this.#events.body?.(rest);
        return;
      }
    }
  }

  /** Bytes of a part with a length: counted, not looked at. */
  #step(bytes: Buffer, atUs: number): Buffer {
    const taken = Math.min(this.#count, bytes.length);
    if (this.#wantsBytes) this.#events.partBytes?.(bytes.subarray(0, taken));
    this.#count -= taken;
    if (this.#count === 0) this.#finish(this.#length, atUs);
    return bytes.subarray(taken);
  }

  #takePartHead(bytes: Buffer, atUs: number): Buffer {
    const held = this.#pending.length;
    const all = held === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const end = all.indexOf(HEAD_END, Math.max(0, held - HEAD_END.length));
    if (end < 0) {
      // A preamble, or what stands between two parts, is nobody's.
      this.#pending = Buffer.from(all.length > MAX_HEAD_BYTES ? all.subarray(-MAX_HEAD_BYTES / 2) : all);
      return bytes.subarray(bytes.length);
    }
    this.#pending = Buffer.alloc(0);
    const after = all.subarray(end + HEAD_END.length);
    const begin = all.lastIndexOf(this.#delimiter, end);
    if (begin < 0) return after;
    const length = /\ncontent-length: *(\d+)/i.exec(all.toString('latin1', begin, end))?.[1];
    this.#events.partHead(atUs);
    this.#length = this.#count = Number(length ?? 0);
    this.#tail = Buffer.alloc(0);
    this.#stage = length === undefined ? 'searched' : 'sized';
    if (length !== undefined && this.#count === 0) this.#finish(0, atUs);
    return after;
  }

  /** Looks for the boundary that ends a part without a length. */
  #search(bytes: Buffer, atUs: number): Buffer {
    const held = this.#tail.length;
    const all = held === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const at = all.indexOf(this.#delimiter);
    if (at >= 0) {
      const end = at >= 2 && all[at - 2] === 0x0d && all[at - 1] === 0x0a ? at - 2 : at;
      if (this.#wantsBytes) this.#events.partBytes?.(all.subarray(0, end));
      // A boundary that came by itself says that the picture was whole when the bytes before it came.
      const cameBefore = end <= held;
      this.#finish(this.#count + end, cameBefore && this.#count + held > 0 ? this.#lastReadUs : atUs);
      return all.subarray(at);
    }
    const kept = Math.min(all.length, this.#delimiter.length + 1);
    const passed = all.length - kept;
    if (this.#wantsBytes && passed > 0) this.#events.partBytes?.(all.subarray(0, passed));
    this.#count += passed;
    this.#tail = Buffer.from(all.subarray(passed));
    return bytes.subarray(bytes.length);
  }

  #finish(bytes: number, atUs: number): void {
    this.#stage = 'part-head';
    this.#count = 0;
    this.#tail = Buffer.alloc(0);
    this.#events.part(bytes, atUs);
  }
}

/** Without leading dashes, of which servers write as many as they please. */
function boundaryOf(type: string): string {
  const match = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(type);
  return (match?.[1] ?? match?.[2] ?? '').replace(/^-+/, '');
}

/** Takes the chunked coding off (RFC 9112, 7.1). */
class Dechunker {
  #missing = 0;
  #line = '';
  #skip = 0;
  #ended = false;

  /** False when a size cannot be read. */
  push(bytes: Buffer, piece: (bytes: Buffer) => void): boolean {
    let rest = bytes;
    while (rest.length > 0 && !this.#ended) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, rest.length);
        this.#skip -= taken;
        rest = rest.subarray(taken);
      } else if (this.#missing > 0) {
        const taken = Math.min(this.#missing, rest.length);
        piece(rest.subarray(0, taken));
        this.#missing -= taken;
        if (this.#missing === 0) this.#skip = 2;
        rest = rest.subarray(taken);
      } else {
        const end = rest.indexOf(0x0a);
        this.#line += rest.toString('latin1', 0, end < 0 ? rest.length : end);
        rest = rest.subarray(end < 0 ? rest.length : end + 1);
        if (end < 0) return this.#line.length < 100;
        const size = Number.parseInt(this.#line, 16);
        this.#line = '';
        if (!Number.isSafeInteger(size)) return false;
        this.#missing = size;
        this.#ended = size === 0;
      }
    }
    return true;
  }
}
