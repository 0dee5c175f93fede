// One RTSP connection: socket (plain or TLS), requests and their answers, and the camera's own requests. Binary frames
// go straight from the read buffer to `onFrame`. The order of requests is the client's affair (client.ts).

import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { nowUs } from '../base/clock.ts';
import type { DialGuard } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { FloodGuard } from '../base/flood-guard.ts';
import { Limit } from '../base/limit.ts';
import type { RtspAddress } from './address.ts';
import { connectError } from './connect-error.ts';
import { InterleavedParser } from './interleaved.ts';
import { formatRequest, formatResponse, headerOf } from './message.ts';
import type { RtspMessage, RtspRequest, RtspResponse } from './message.ts';

const CONNECT_MS = 5000;
const ANSWER_MS = 5000;
const READ_BYTES = 64 * 1024;
/** A camera that asks and never reads may make us hold this much. */
const MAX_UNSENT_BYTES = 64 * 1024;
/** No camera sends more in a second. A message costs more than its bytes: 512 a second are too many. */
const FLOOD_BYTES = 16 * 1024 * 1024;
const MESSAGE_BYTES = 64 * 1024;
const USER_AGENT = 'Sightline';

export interface ConnectionOptions {
  readonly address: RtspAddress;
  readonly tlsVerify: boolean;
  readonly signal: AbortSignal;
  readonly guard: DialGuard;
  /** Data of one frame in bytes[start, end), valid during the call only. Must not throw. */
  frame(channel: number, bytes: Buffer, start: number, end: number): void;
  quirk(name: string): void;
}

interface Pending {
  readonly cseq: number;
  readonly step: string;
  readonly limit: Limit;
  readonly resolve: (response: RtspResponse) => void;
  readonly reject: (error: SightlineError) => void;
}

/** Opened by `RtspConnection.open`, ended by `destroy` or by the camera. */
export class RtspConnection {
  /** Resolves once, with the reason, when the connection has ended in whatever way. */
  readonly ended: Promise<SightlineError>;
  readonly #options: ConnectionOptions;
  readonly #parser: InterleavedParser;
  readonly #flood = new FloodGuard(FLOOD_BYTES);
  readonly #end: (reason: SightlineError) => void;
  #socket: Socket | null = null;
  #pending: Pending[] = [];
  #cseq = 0;
  #reason: SightlineError | null = null;

  private constructor(options: ConnectionOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<SightlineError>();
    this.ended = promise;
    this.#end = resolve;
    this.#parser = new InterleavedParser({
      frame: (channel, bytes, start, end) => options.frame(channel, bytes, start, end),
      message: (message) => this.#message(message),
      quirk: (name) => options.quirk(name),
    });
  }

  /** Connects. Rejects with the SightlineError that says why it could not. */
  static async open(options: ConnectionOptions): Promise<RtspConnection> {
    const connection = new RtspConnection(options);
    await connection.#connect();
    return connection;
  }

  /** When the first byte of the frame or message that is being handed on was read, `nowUs`. */
  get readAtUs(): number {
    return this.#parser.readAtUs;
  }

  /** Sends a request and waits for its answer. Rejects when none comes in time or the connection ends. */
  request(
    method: string,
    uri: string,
    headers: readonly (readonly [string, string])[],
    limitMs = ANSWER_MS,
  ): Promise<RtspResponse> {
    if (this.#reason) return Promise.reject(this.#reason);
    const cseq = ++this.#cseq;
    const fixed = [['CSeq', String(cseq)] as const, ['User-Agent', USER_AGENT] as const];
    const { promise, resolve, reject } = Promise.withResolvers<RtspResponse>();
    const strayBefore = this.#parser.strayBytes;
    const limit = new Limit(limitMs, () => {
      this.#pending = this.#pending.filter((pending) => pending.cseq !== cseq);
      reject(unanswered(method, limitMs / 1000, this.#parser.strayBytes - strayBefore));
    });
    this.#pending.push({ cseq, step: method, limit, resolve, reject });
    this.#write(formatRequest(method, uri, [...fixed, ...headers]));
    return promise;
  }

  /** Sends one binary frame. */
  send(channel: number, data: Buffer): void {
    const head = Buffer.from([0x24, channel, data.length >> 8, data.length & 0xff]);
    this.#write(Buffer.concat([head, data]));
  }

  /** Ends the connection at once; requests that wait are rejected with `reason`. Harmless when it has ended. */
  destroy(reason: SightlineError): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#socket?.destroy();
    const pending = this.#pending;
    this.#pending = [];
    for (const { limit, reject } of pending) {
      limit.stop();
      reject(reason);
    }
    this.#end(reason);
  }

  async #connect(): Promise<void> {
    const { address, tlsVerify, signal, guard } = this.#options;
    const { promise, resolve } = Promise.withResolvers<SightlineError | null>();
    const { host, port } = address;
    const lookup = guard.lookupFor(host, port);
    const plain = { host, port, lookup, onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: this.#read } };
    const secure = { ...plain, rejectUnauthorized: tlsVerify, servername: isIP(host) ? '' : host };
    const socket: Socket = address.tls ? connectTls(secure) : connectPlain(plain);
    this.#socket = socket;
    socket.setNoDelay(true);
    const late = `connect to ${address.name} took more than ${CONNECT_MS / 1000} s`;
    const limit = new Limit(CONNECT_MS, () => resolve(new SightlineError('camera-unreachable', late)));
    const aborted = (): void => resolve(new SightlineError('stopping', 'stopped while connecting'));
    signal.addEventListener('abort', aborted, { once: true });
    socket.once(address.tls ? 'secureConnect' : 'connect', () => resolve(null));
    socket.on('error', (error) => {
      const named = connectError(error, address);
      resolve(named);
      this.destroy(new SightlineError('camera-closed', `the connection to ${address.name} broke`, { cause: error }));
    });
    socket.on('close', () => {
      const closed = new SightlineError('camera-closed', `${address.name} closed the connection`);
      resolve(closed);
      this.destroy(closed);
    });
    if (signal.aborted) aborted();
    const failed = await promise;
    limit.stop();
    signal.removeEventListener('abort', aborted);
    if (!failed) return;
    this.destroy(failed);
    throw failed;
  }

  readonly #read = (length: number, bytes: Uint8Array): boolean => {
    if (this.#reason) return false;
    const readAtUs = nowUs();
    try {
      this.#parser.push(bytes as Buffer, length, readAtUs);
      if (this.#flood.isFlood(length, readAtUs)) throw floodError();
    } catch (error) {
      this.destroy(SightlineError.from(error, 'internal'));
    }
    return true;
  };

  #write(bytes: Buffer): void {
    if (this.#reason || !this.#socket) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength <= MAX_UNSENT_BYTES) return;
    this.destroy(new SightlineError('camera-protocol', 'the camera sends but does not read'));
  }

  #message(message: RtspMessage): void {
    if (this.#flood.isFlood(MESSAGE_BYTES, this.#parser.readAtUs)) throw floodError();
    if (message.kind === 'request') this.#answer(message);
    else if (message.status >= 200) this.#answered(message);
  }

  #answered(response: RtspResponse): void {
    const cseq = Number(headerOf(response, 'cseq') ?? NaN);
    let index = this.#pending.findIndex((pending) => pending.cseq === cseq);
    if (index < 0 && this.#pending.length > 0) {
      this.#options.quirk('cseq-wrong');
      index = 0;
    }
    const pending = this.#pending[index];
    if (!pending) {
      this.#options.quirk('answer-unasked');
      return;
    }
    this.#pending.splice(index, 1);
    pending.limit.stop();
    pending.resolve(response);
  }

  /** The camera asks something of us (RFC 2326, 10): keep-alives are granted, the rest is declined. */
  #answer(request: RtspRequest): void {
    this.#options.quirk('camera-request');
    const cseq = headerOf(request, 'cseq')?.replace(/[^\x20-\x7e]/g, '') ?? '0';
    const granted = ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'ANNOUNCE', 'TEARDOWN'].includes(request.method);
    const session = headerOf(request, 'session')?.replace(/[^\x20-\x7e]/g, '');
    const headers: [string, string][] = [['CSeq', cseq]];
    if (session) headers.push(['Session', session]);
    if (request.method === 'OPTIONS')
      headers.push(['Public', 'OPTIONS, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, TEARDOWN']);
    this.#write(formatResponse(granted ? 200 : 501, granted ? 'OK' : 'Not Implemented', headers));
    if (request.method !== 'TEARDOWN') return;
    this.destroy(new SightlineError('camera-closed', 'the camera ended the session'));
  }
}

function floodError(): SightlineError {
  return new SightlineError('camera-protocol', 'the camera sends more in a second than any camera does');
}

function unanswered(method: string, seconds: number, strayBytes: number): SightlineError {
  const text = `${method} was not answered within ${seconds} s`;
  if (strayBytes === 0) return new SightlineError('camera-timeout', text);
  return new SightlineError('camera-protocol', `${text}, but ${strayBytes} bytes came that are not RTSP`);
}
