// The bytes of an RTSP connection, in whatever pieces they come: messages with their bodies, and $-framed binary data
// between them (RFC 2326, 10.12). Finds its way back when a camera sends stray bytes. Runs once for each read.
//
//     24 | channel (8) | length (16) | data …

import { HeadReader, STATUS_LINE, protocolError } from './head-reader.ts';
import type { RtspMessage, StartLine } from './message.ts';

/** Stray bytes in one run, and in the life of a connection. */
const MAX_STRAY_RUN = 64 * 1024;
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
const NOTHING = Buffer.alloc(0);

/** Streaming parser of one connection. Throws SightlineError `camera-protocol` when a limit is passed; then it is done. */
export class InterleavedParser {
  /** When the first byte of the frame or message that is being handed on was read. */
  readAtUs = 0;
  readonly #handler: InterleavedHandler;
  #state = BOUNDARY;

  readonly #reader: HeadReader;
  #body: Buffer = NOTHING;
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
  /** The frame was found among stray bytes: only what follows it shows that it is one. */
  #isGuess = false;

  constructor(handler: InterleavedHandler) {
    this.#handler = handler;
    this.#reader = new HeadReader((name) => handler.quirk(name));
  }

  /** Bytes so far that were neither RTSP nor RTP. */
  get strayBytes(): number {
    return this.#strayTotal;
  }

  /** Takes the bytes of one read. They may be reused afterwards. */
  push(bytes: Buffer, length: number, readAtUs: number): void {
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
      this.#beginLine(NOTHING, 0);
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
    if (!this.#isGuess) this.#strayRun = 0;
    this.#isGuess = false;
    this.#handler.frame(this.#channel, this.#data, 0, this.#size);
  }

  #beginLine(first: Buffer, length: number): void {
    this.#state = LINE;
    this.#reader.begin(first, length);
  }

  #lineBytes(bytes: Buffer, from: number, length: number): number {
    const at = this.#reader.push(bytes, from, length);
    if (this.#reader.state === 'done' && this.#reader.start) this.#endHead(this.#reader.start);
    else if (this.#reader.state === 'not-a-message') this.#notAMessage(this.#reader.rest);
    return at;
  }

  /** What looked like a message is none: its bytes are searched again for a frame or an answer. */
  #notAMessage(bytes: Buffer): void {
    this.#handler.quirk('stray-bytes');
    this.#state = STRAY;
    this.#probeLength = 0;
    this.#stray(1);
    this.#consume(bytes.subarray(1), bytes.length - 1, this.readAtUs);
  }

  #endHead(start: StartLine): void {
    const length = this.#reader.bodyLength();
    this.#body = length > 0 ? Buffer.allocUnsafeSlow(length) : NOTHING;
    this.#bodyLength = 0;
    this.#state = BODY;
    if (length === 0) this.#endMessage(start);
  }

  #bodyBytes(bytes: Buffer, at: number, length: number): number {
    const take = Math.min(this.#body.length - this.#bodyLength, length - at);
    bytes.copy(this.#body, this.#bodyLength, at, at + take);
    this.#bodyLength += take;
    if (this.#bodyLength === this.#body.length && this.#reader.start) this.#endMessage(this.#reader.start);
    return at + take;
  }

  #endMessage(start: StartLine): void {
    this.#state = BOUNDARY;
    this.#strayRun = 0;
    const message = { ...start, headers: this.#reader.headers, body: this.#body };
    this.#body = NOTHING;
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
      this.#beginLine(this.#probe, this.#probeLength);
    } else if (this.#probeLength === 5 && this.#probe[0] === DOLLAR) {
      this.#isGuess = true;
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
      throw protocolError('many bytes that are neither RTSP nor RTP');
    }
  }
}
