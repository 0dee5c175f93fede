// One viewer of the load client: a bare socket that asks once, reads as fast as it is given, and counts.

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { nowUs } from '../../base/clock.ts';
import type { Problem } from '../../base/errors.ts';
import { ResponseParser } from './response-parser.ts';

/** Read into by all viewers of a process, one after the other: what is read is looked at before the next read. */
const SHARED = Buffer.allocUnsafeSlow(256 * 1024);
/** So much of an answer that is no pictures is read, and so long. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const REFUSAL_MS = 2000;

export interface Target {
  readonly host: string;
  readonly port: number;
  /** The whole request. */
  readonly request: string;
}

/** What an answer said that was no pictures. */
export interface Refusal {
  readonly status: number;
  readonly problem: Problem | null;
}

export interface ViewerOptions {
  /** Called with each whole picture and when its last byte came; keeps bytes only where it is given. */
  readonly onPicture?: (bytes: Buffer, atUs: number) => void;
}

export class LoadViewer {
  parts = 0;
  bytes = 0;
  /** From the request, microseconds; null: not yet. */
  headersUs: number | null = null;
  partUs: number | null = null;
  pictureUs: number | null = null;
  refusal: Refusal | null = null;
  /** It ended before it was closed. */
  broken = false;
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  readonly #askedUs = nowUs();
  readonly #served = Promise.withResolvers<undefined>();
  readonly #ended = Promise.withResolvers<undefined>();
  #refusalBody: Buffer[] = [];
  #refusalBytes = 0;
  #refusalTimer: NodeJS.Timeout | null = null;
  #status = 0;
  #closed = false;

  constructor({ host, port, request }: Target, options: ViewerOptions = {}) {
    this.#parser = this.#parserFor(options);
    this.#socket = connect({
      ...{ host, port, noDelay: true, allowHalfOpen: false },
      onread: { buffer: SHARED, callback: (count, buffer) => this.#read((buffer as Buffer).subarray(0, count)) },
    });
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => this.#over());
    this.#socket.write(request);
  }

  /** Resolves when it has a whole picture, was refused, or has ended. */
  get served(): Promise<undefined> {
    return this.#served.promise;
  }

  /** Resolves when its connection has ended, whoever ended it. */
  get ended(): Promise<undefined> {
    return this.#ended.promise;
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #parserFor({ onPicture }: ViewerOptions): ResponseParser {
    let pieces: Buffer[] = [];
    return new ResponseParser(
      {
        head: ({ status, isPictures }, atUs) => {
          this.#status = status;
          if (isPictures) this.headersUs = atUs - this.#askedUs;
          else this.#refusalTimer = setTimeout(() => this.#socket.destroy(), REFUSAL_MS);
        },
        partHead: (atUs) => (this.partUs ??= atUs - this.#askedUs),
        part: (bytes, atUs) => {
          this.parts += 1;
          this.bytes += bytes;
          if (this.pictureUs === null) {
            this.pictureUs = atUs - this.#askedUs;
            this.#served.resolve(undefined);
          }
          onPicture?.(Buffer.concat(pieces), atUs);
          pieces = [];
        },
        partBytes: (bytes) => pieces.push(Buffer.from(bytes)),
        body: (bytes) => this.#takeRefusal(bytes),
      },
      onPicture !== undefined,
    );
  }

  /** True: go on reading. */
  #read(bytes: Buffer): boolean {
    if (!this.#parser.push(bytes)) this.#socket.destroy();
    return true;
  }

  #takeRefusal(bytes: Buffer): void {
    this.#refusalBytes += bytes.length;
    this.#refusalBody.push(Buffer.from(bytes));
    if (this.#refusalBytes > MAX_REFUSAL_BYTES) this.#socket.destroy();
  }

  #over(): void {
    if (this.#refusalTimer !== null) clearTimeout(this.#refusalTimer);
    if (!this.#closed) this.#parser.end();
    if (this.#status !== 0 && this.headersUs === null) {
      this.refusal = { status: this.#status, problem: problemIn(Buffer.concat(this.#refusalBody)) };
    } else this.broken = !this.#closed;
    this.#refusalBody = [];
    this.#served.resolve(undefined);
    this.#ended.resolve(undefined);
  }
}

/** The problem document (RFC 9457) of an answer, if it is one of ours. */
function problemIn(body: Buffer): Problem | null {
  try {
    const { code, detail, hint } = JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
    if (typeof code !== 'string' || typeof detail !== 'string') return null;
    return { code: code as Problem['code'], text: detail, hint: typeof hint === 'string' ? hint : '' };
  } catch {
    return null;
  }
}

/** What is asked of an http address; user and password in it are sent as Basic. */
export function targetOf(address: string): Target {
  const url = new URL(address);
  const { hostname, port, username, password } = url;
  const userinfo = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Accept: */*',
    ...(username === '' ? [] : [`Authorization: Basic ${Buffer.from(userinfo).toString('base64')}`]),
    'Connection: close',
  ];
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? 80 : Number(port), request: `${lines.join('\r\n')}\r\n\r\n` };
}
