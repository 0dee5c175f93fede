// A viewer: reads one multipart/x-mixed-replace response (RFC 2046, 5.1) by its Content-Length fields and notes when
// the last byte of each picture was there.
//
//   HTTP head CRLF CRLF | --boundary CRLF fields CRLF CRLF | picture | CRLF --boundary ...

import { connect } from 'node:net';
import { nowUs } from '../../src/base/clock.ts';

export interface Part {
  readonly bytes: Buffer;
  readonly lastByteUs: number;
  /** Its X-Sequence; NaN when a peer sends none. */
  readonly sequence: number;
}

export interface Viewer {
  /** Rejects when the response is not one of pictures, or ends before it was closed. */
  readonly ended: Promise<void>;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Opens `path` and calls `onPart` for each picture. */
export function openMjpeg(port: number, path: string, onPart: (part: Part) => void): Viewer {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const ended = new Promise<void>((resolve, reject) => {
    const cutter = new PartCutter(onPart);
    let closed = false;
    socket.on('data', (chunk: Buffer) => {
      const problem = cutter.push(chunk);
      if (problem !== null) socket.destroy(new Error(`${path}: ${problem}`));
    });
    socket.on('error', reject);
    socket.on('end', () => (closed = true));
    socket.on('close', () => (closed ? reject(new Error(`${path}: the response ended`)) : resolve()));
  });
  ended.catch(() => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  return { ended, close: () => socket.destroy() };
}

/** Cuts the bytes of a response into parts, over any chunking. */
export class PartCutter {
  readonly #onPart: (part: Part) => void;
  #begun = false;
  #head: Buffer = Buffer.alloc(0);
  #body: Buffer[] = [];
  #missing = 0;
  #sequence = NaN;

  constructor(onPart: (part: Part) => void) {
    this.#onPart = onPart;
  }

  /** A sentence when this is no response of pictures. */
  push(chunk: Buffer): string | null {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#missing > 0) {
        rest = this.#takeBody(rest);
        continue;
      }
      const head = Buffer.concat([this.#head, rest]);
      const end = head.indexOf(HEAD_END);
      this.#head = end < 0 ? head : Buffer.alloc(0);
      if (end < 0) return null;
      rest = head.subarray(end + HEAD_END.length);
      const problem = this.#takeHead(head.toString('latin1', 0, end));
      if (problem !== null) return problem;
    }
    return null;
  }

  #takeHead(text: string): string | null {
    if (!this.#begun) {
      this.#begun = true;
      return /^HTTP\/1\.[01] 200 /.test(text) ? null : `answered ${text.split('\r\n')[0] ?? ''}`;
    }
    const length = /^content-length: *(\d+)/im.exec(text)?.[1];
    if (length === undefined) return 'a part without Content-Length';
    this.#missing = Number(length);
    this.#sequence = Number(/^x-sequence: *(\d+)/im.exec(text)?.[1] ?? NaN);
    return null;
  }

  #takeBody(bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, this.#missing);
    this.#body.push(taken);
    this.#missing -= taken.length;
    if (this.#missing === 0) {
      const lastByteUs = nowUs();
      this.#onPart({ bytes: Buffer.concat(this.#body), lastByteUs, sequence: this.#sequence });
      this.#body = [];
    }
    return bytes.subarray(taken.length);
  }
}
