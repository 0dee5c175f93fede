// The head of one RTSP message, byte by byte out of a connection: start line and headers with their limits. Notices
// early when what began like a message is none. Used by interleaved.ts only.

import { SightlineError } from '../base/errors.ts';
import { HINTS } from '../base/hints.ts';
import { addHeaderLine, parseStartLine } from './message.ts';
import type { Headers, StartLine } from './message.ts';

const MAX_LINE_BYTES = 8192;
const MAX_HEADERS = 100;
const MAX_BODY_BYTES = 128 * 1024;

/** How every answer begins. */
export const STATUS_LINE = Buffer.from('RTSP/1.');

/** What the reader found so far. */
type HeadState = 'reading' | 'done' | 'not-a-message';

export function protocolError(what: string): SightlineError {
  return new SightlineError('camera-protocol', `the camera sent ${what}`);
}

function httpError(): SightlineError {
  const said = 'a web server answered: it speaks HTTP, not RTSP';
  return new SightlineError('camera-protocol', said, { hint: HINTS.webAddress });
}

/** Reads one head after the other; `begin` each. Throws `camera-protocol` when a limit is passed. */
export class HeadReader {
  state: HeadState = 'reading';
  start: StartLine | null = null;
  readonly #quirk: (name: string) => void;
  #line = Buffer.alloc(256);
  #length = 0;
  #headers = new Map<string, string[]>();
  #headerCount = 0;
  #lastHeader: string[] | null = null;

  constructor(quirk: (name: string) => void) {
    this.#quirk = quirk;
  }

  /** Begins a head with these bytes of its start line. */
  begin(first: Buffer, length: number): void {
    this.state = 'reading';
    this.start = null;
    this.#headers = new Map();
    this.#headerCount = 0;
    this.#lastHeader = null;
    first.copy(this.#line, 0, 0, length);
    this.#length = length;
  }

  get headers(): Headers {
    return this.#headers;
  }

  /** A copy of the bytes of what turned out to be no message. */
  get rest(): Buffer {
    return Buffer.from(this.#line.subarray(0, this.#length));
  }

  /** Takes bytes[from, length) until the state changes; returns how far it came. */
  push(bytes: Buffer, from: number, length: number): number {
    for (let at = from; at < length; at++) {
      const byte = bytes[at]!;
      if (byte === 0x0a) {
        this.#endLine();
        if (this.state !== 'reading') return at + 1;
        continue;
      }
      if (!this.start && isBinary(byte) && !this.#isStatusLine()) {
        this.state = 'not-a-message';
        return at;
      }
      if (this.#length === MAX_LINE_BYTES) throw protocolError('a line of more than 8 KB');
      if (this.#length === this.#line.length) this.#grow();
      this.#line[this.#length++] = byte;
    }
    return length;
  }

  /** Content-Length, 0 without one. Throws when it is none or too large. */
  bodyLength(): number {
    const value = this.#headers.get('content-length')?.[0] ?? '0';
    if (!/^\d{1,15}$/.test(value)) throw protocolError('a Content-Length that is not a number');
    if (Number(value) > MAX_BODY_BYTES) throw protocolError('a body of more than 128 KB');
    return Number(value);
  }

  #grow(): void {
    const larger = Buffer.alloc(this.#line.length * 2);
    this.#line.copy(larger);
    this.#line = larger;
  }

  #isStatusLine(): boolean {
    const { length } = STATUS_LINE;
    return this.#length >= length && this.#line.compare(STATUS_LINE, 0, length, 0, length) === 0;
  }

  #endLine(): void {
    let end = this.#length;
    if (end > 0 && this.#line[end - 1] === 0x0d) end--;
    const text = this.#line.toString('latin1', 0, end);
    if (!this.start) {
      this.#startLine(text);
      return;
    }
    this.#length = 0;
    if (end === 0) this.state = 'done';
    else this.#header(text);
  }

  #startLine(text: string): void {
    this.start = parseStartLine(text);
    if (this.start) this.#length = 0;
    else if (this.#isStatusLine()) throw protocolError('a malformed status line');
    else if (/^HTTP\/\d/.test(text)) throw httpError();
    else this.state = 'not-a-message';
  }

  #header(text: string): void {
    if (++this.#headerCount > MAX_HEADERS) throw protocolError('more than 100 headers');
    if (/^[ \t]/.test(text) && this.#lastHeader) {
      const last = this.#lastHeader.length - 1;
      const joined = `${this.#lastHeader[last] ?? ''} ${text.trim()}`;
      if (joined.length > MAX_LINE_BYTES) throw protocolError('a line of more than 8 KB');
      this.#lastHeader[last] = joined;
      return;
    }
    this.#lastHeader = addHeaderLine(text, this.#headers);
    if (!this.#lastHeader) this.#quirk('header-malformed');
  }
}

function isBinary(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x0d && byte !== 0x09) || byte > 0x7e;
}
