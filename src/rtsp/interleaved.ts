// The bytes of an RTSP connection, in whatever pieces they come: messages with their bodies, and $-framed binary data
// between them (RFC 2326, 10.12). Finds its way back when a camera sends stray bytes. Runs once for each read.
//
//     24 | channel (8) | length (16) | data …

import { SightlineError } from '../base/errors.ts';
import { addHeaderLine, parseStartLine } from './message.ts';
import type { RtspMessage, StartLine } from './message.ts';

export const MAX_LINE_BYTES = 8192;
export const MAX_HEADERS = 100;
export const MAX_BODY_BYTES = 128 * 1024;
/** Stray bytes in one run, and in the life of a connection. */
export const MAX_STRAY_RUN = 64 * 1024;
const MAX_STRAY_TOTAL = 1024 * 1024;

export interface InterleavedHandler {
  /** One frame's data in bytes[start, end), valid during the call only. */
  frame(channel: number, bytes: Buffer, start: number, end: number): void;
  message(message: RtspMessage): void;
  quirk(name: string): void;
}

const BOUNDARY = 0;
const LINE = 1;
const BODY = 2;
const FRAME_HEAD = 3;
const FRAME_DATA = 4;
const STRAY = 5;

const DOLLAR = 0x24;
const STATUS_LINE = Buffer.from('RTSP/1.');

/** Streaming parser of one connection. Throws SightlineError `camera-protocol` when a limit is passed; then it is done. */
export class InterleavedParser {
  /** When the first byte of the frame or message that is being handed on was read. */
  readAtUs = 0;
  readonly #handler: InterleavedHandler;
  #state = BOUNDARY;

  #line = Buffer.alloc(256);
  #lineLength = 0;
  #start: StartLine | null = null;
  #headers = new Map<string, string[]>();
  #headerCount = 0;
  #lastHeader: string[] | null = null;
  #body = Buffer.alloc(0);
  #bodyLength = 0;

  #channel = 0;
  #size = 0;
  readonly #head = Buffer.alloc(4);
  #headLength = 0;
  #data = Buffer.alloc(0);
  #dataLength = 0;

  readonly #probe = Buffer.alloc(8);
  #probeLength = 0;
  #strayRun = 0;
  #strayTotal = 0;

  constructor(handler: InterleavedHandler) {
    this.#handler = handler;
  }

  /** Takes the bytes of one read. They may be reused afterwards. */
  push(bytes: Buffer, length: number, readAtUs: number): void {
    if (this.#state === BOUNDARY) this.readAtUs = readAtUs;
    this.#consume(bytes, length, readAtUs);
  }

  #consume(bytes: Buffer, length: number, readAtUs: number): void {
    let at = 0;
    while (at < length) {
      switch (this.#state) {
        case BOUNDARY:
          this.readAtUs = readAtUs;
          at = this.#boundary(bytes, at, length);
          break;
        case LINE:
          at = this.#lineBytes(bytes, at, length);
          break;
        case BODY:
          at = this.#bodyBytes(bytes, at, length);
          break;
        case FRAME_HEAD:
          at = this.#frameHead(bytes, at, length);
          break;
        case FRAME_DATA:
          at = this.#frameData(bytes, at, length);
          break;
        default:
          this.readAtUs = readAtUs;
          at = this.#strayByte(bytes[at]!, at);
      }
    }
  }

  #boundary(bytes: Buffer, at: number, length: number): number {
    const byte = bytes[at]!;
    if (byte === DOLLAR) {
      if (at + 4 <= length) {
        const end = at + 4 + bytes.readUInt16BE(at + 2);
        if (end <= length) {
          this.#strayRun = 0;
          this.#handler.frame(bytes[at + 1]!, bytes, at + 4, end);
          return end;
        }
      }
      this.#state = FRAME_HEAD;
      this.#headLength = 0;
      return at;
    }
    if (byte === 0x0d || byte === 0x0a) {
      this.#stray(1);
      return at + 1;
    }
    if (byte >= 0x41 && byte <= 0x5a) {
      this.#beginLine();
      return at;
    }
    this.#handler.quirk('stray-bytes');
    this.#state = STRAY;
    this.#probeLength = 0;
    return at;
  }

  #frameHead(bytes: Buffer, from: number, length: number): number {
    let at = from;
    while (this.#headLength < 4 && at < length) this.#head[this.#headLength++] = bytes[at++]!;
    if (this.#headLength === 4) this.#beginFrame(this.#head[1]!, this.#head.readUInt16BE(2));
    return at;
  }

  #beginFrame(channel: number, size: number): void {
    this.#channel = channel;
    this.#size = size;
    this.#dataLength = 0;
    if (this.#data.length < size) this.#data = Buffer.allocUnsafeSlow(size <= 2048 ? 2048 : 65535);
    this.#state = FRAME_DATA;
    if (size === 0) this.#endFrame();
  }

  #frameData(bytes: Buffer, at: number, length: number): number {
    const take = Math.min(this.#size - this.#dataLength, length - at);
    bytes.copy(this.#data, this.#dataLength, at, at + take);
    this.#dataLength += take;
    if (this.#dataLength === this.#size) this.#endFrame();
    return at + take;
  }

  #endFrame(): void {
    this.#state = BOUNDARY;
    this.#strayRun = 0;
    this.#handler.frame(this.#channel, this.#data, 0, this.#size);
  }

  #beginLine(): void {
    this.#state = LINE;
    this.#lineLength = 0;
    this.#start = null;
    this.#headers = new Map();
    this.#headerCount = 0;
    this.#lastHeader = null;
  }

  #lineBytes(bytes: Buffer, from: number, length: number): number {
    for (let at = from; at < length; at++) {
      const byte = bytes[at]!;
      if (byte === 0x0a) {
        this.#endLine();
        return at + 1;
      }
      const binary = byte < 0x20 && byte !== 0x0d && byte !== 0x09;
      if (!this.#start && (binary || byte > 0x7e) && !this.#isStatusLine()) {
        this.#notALine();
        return at;
      }
      if (this.#lineLength === MAX_LINE_BYTES) throw this.#error('a line of more than 8 KB');
      if (this.#lineLength === this.#line.length) {
        const larger = Buffer.alloc(this.#line.length * 2);
        this.#line.copy(larger);
        this.#line = larger;
      }
      this.#line[this.#lineLength++] = byte;
    }
    return length;
  }

  #isStatusLine(): boolean {
    return this.#lineLength >= 7 && this.#line.compare(STATUS_LINE, 0, 7, 0, 7) === 0;
  }

  #endLine(): void {
    let end = this.#lineLength;
    if (end > 0 && this.#line[end - 1] === 0x0d) end--;
    const text = this.#line.toString('latin1', 0, end);
    if (this.#start) {
      this.#lineLength = 0;
      if (end === 0) this.#endHead(this.#start);
      else this.#header(text);
      return;
    }
    const start = parseStartLine(text);
    if (start) {
      this.#lineLength = 0;
      this.#start = start;
    } else if (this.#isStatusLine()) {
      throw this.#error('a malformed status line');
    } else {
      this.#notALine();
    }
  }

  /** What looked like a message is none: its bytes are searched again for a frame or an answer. */
  #notALine(): void {
    const bytes = Buffer.from(this.#line.subarray(0, this.#lineLength));
    this.#handler.quirk('stray-bytes');
    this.#state = STRAY;
    this.#probeLength = 0;
    this.#stray(1);
    this.#consume(bytes.subarray(1), bytes.length - 1, this.readAtUs);
  }

  #header(text: string): void {
    if (++this.#headerCount > MAX_HEADERS) throw this.#error('more than 100 headers');
    if (/^[ \t]/.test(text) && this.#lastHeader) {
      const last = this.#lastHeader.length - 1;
      const joined = `${this.#lastHeader[last] ?? ''} ${text.trim()}`;
      if (joined.length > MAX_LINE_BYTES) throw this.#error('a line of more than 8 KB');
      this.#lastHeader[last] = joined;
      return;
    }
    if (!addHeaderLine(text, this.#headers)) {
      this.#handler.quirk('header-malformed');
      return;
    }
    this.#lastHeader = this.#headers.get(text.slice(0, text.indexOf(':')).trim().toLowerCase()) ?? null;
  }

  #endHead(start: StartLine): void {
    const value = this.#headers.get('content-length')?.[0] ?? '0';
    const length = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (Number.isNaN(length)) throw this.#error('a Content-Length that is not a number');
    if (length > MAX_BODY_BYTES) throw this.#error('a body of more than 128 KB');
    this.#body = length > 0 ? Buffer.allocUnsafeSlow(length) : Buffer.alloc(0);
    this.#bodyLength = 0;
    this.#state = BODY;
    if (length === 0) this.#endMessage(start);
  }

  #bodyBytes(bytes: Buffer, at: number, length: number): number {
    const take = Math.min(this.#body.length - this.#bodyLength, length - at);
    bytes.copy(this.#body, this.#bodyLength, at, at + take);
    this.#bodyLength += take;
    if (this.#bodyLength === this.#body.length && this.#start) this.#endMessage(this.#start);
    return at + take;
  }

  #endMessage(start: StartLine): void {
    this.#state = BOUNDARY;
    this.#strayRun = 0;
    const message = { ...start, headers: this.#headers, body: this.#body };
    this.#body = Buffer.alloc(0);
    this.#handler.message(message);
  }

  /** Out of step: waits for a frame that looks like RTP or RTCP, or for an answer. */
  #strayByte(byte: number, at: number): number {
    this.#probe[this.#probeLength++] = byte;
    while (this.#probeLength > 0 && !this.#plausible()) {
      this.#probe.copyWithin(0, 1, this.#probeLength--);
      this.#stray(1);
    }
    if (this.#probeLength === STATUS_LINE.length) {
      this.#beginLine();
      this.#probe.copy(this.#line, 0, 0, this.#probeLength);
      this.#lineLength = this.#probeLength;
    } else if (this.#probeLength === 5 && this.#probe[0] === DOLLAR) {
      this.#beginFrame(this.#probe[1]!, this.#probe.readUInt16BE(2));
      this.#frameData(this.#probe, 4, 5);
    }
    return at + 1;
  }

  #plausible(): boolean {
    const probe = this.#probe;
    const length = this.#probeLength;
    if (probe[0] !== DOLLAR) return length <= 7 && probe.compare(STATUS_LINE, 0, length, 0, length) === 0;
    if (length >= 2 && probe[1]! > 15) return false;
    if (length >= 4 && probe.readUInt16BE(2) < 8) return false;
    return length < 5 || probe[4]! >> 6 === 2;
  }

  #stray(count: number): void {
    this.#strayRun += count;
    this.#strayTotal += count;
    if (this.#strayRun > MAX_STRAY_RUN || this.#strayTotal > MAX_STRAY_TOTAL) {
      throw this.#error('many bytes that are neither RTSP nor RTP');
    }
  }

  #error(what: string): SightlineError {
    return new SightlineError('camera-protocol', `the camera sent ${what}`);
  }
}
