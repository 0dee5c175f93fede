// Short questions to one device over HTTP, with bounds on everything: size and time of the answer, redirects to itself
// only, one connection. Whatever it answers is an answer; only what is no HTTP, too long or too late is an error.

import { Agent as PlainAgent, request as requestPlain } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';
import type { DialGuard } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { connectError } from '../rtsp/connect-error.ts';
import { portOf } from './device-url.ts';
import { HttpPackets } from './http-packets.ts';
import type { PacketBudget } from './packet-budget.ts';

/** Bounds of one question. */
export interface HttpBounds {
  /** From asking to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body?: string;
  /** Less than is allowed for all. */
  readonly maxBytes?: number;
  /** The answer ends with its headers: the body may be an endless stream. */
  readonly headersOnly?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of all WWW-Authenticate headers. */
  readonly challenges: readonly string[];
  /** Empty when only the headers were asked for. */
  readonly body: Buffer;
  /** Where it came from in the end. */
  readonly url: string;
}

const MAX_REDIRECTS = 2;

export interface HttpAllowance {
  /** Taken from before each question; null where nobody counts. */
  readonly budget: PacketBudget | null;
  readonly signal: AbortSignal;
  /** Asked before each question, also where a redirect leads. Default: whoever is asked may be dialled. */
  readonly guard?: DialGuard;
  /**
   * Checks certificates. Default false: cameras sign theirs themselves, and nobody could say which is right before the
   * camera is known.
   */
  readonly tlsVerify?: boolean;
}

/** Asks one host. `close` when done. */
export class DeviceHttp {
  readonly #bounds: HttpBounds;
  readonly #budget: PacketBudget | null;
  readonly #signal: AbortSignal;
  readonly #guard: DialGuard | null;
  /** The connection that the last answer left open. */
  #kept: Socket | null = null;
  readonly #plain = new PlainAgent({ keepAlive: true, maxSockets: 1 });
  readonly #secure: SecureAgent;

  constructor(bounds: HttpBounds, { budget, signal, guard, tlsVerify = false }: HttpAllowance) {
    this.#bounds = bounds;
    this.#budget = budget;
    this.#signal = signal;
    this.#guard = guard ?? null;
    this.#secure = new SecureAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: tlsVerify });
  }

  /** Rejects with a SightlineError, or with the reason of the signal. */
  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    let asked = question;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#once(asked);
      const next = redirects < MAX_REDIRECTS ? redirectOf(answer) : null;
      if (next === null) return answer;
      asked = { ...question, url: next };
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  /** One question; a kept connection that the device has closed meanwhile costs a second try. */
  async #once(question: HttpQuestion): Promise<HttpAnswer> {
    const first = await this.#send(question);
    if (first !== 'stale') return first;
    const second = await this.#send(question);
    if (second !== 'stale') return second;
    throw new SightlineError('camera-closed', `${nameOf(question.url)} closed the connection before it answered`);
  }

  async #send(question: HttpQuestion): Promise<HttpAnswer | 'stale'> {
    this.#signal.throwIfAborted();
    const packets = await HttpPackets.take(question, { budget: this.#budget, signal: this.#signal, kept: this.#kept });
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer | 'stale'>();
    const late = AbortSignal.timeout(this.#bounds.timeoutMs);
    const request = this.#open(question, AbortSignal.any([this.#signal, late]));
    let answered = false;
    request.on('socket', (socket) => packets.use(socket));
    request.on('error', (error) => {
      if (request.reusedSocket && !answered && !late.aborted && !this.#signal.aborted) resolve('stale');
      else reject(this.#nameError(error, question.url, late));
    });
    // Without a listener Node would drop the connection and say nothing, and nobody would ever know.
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new SightlineError('camera-protocol', `${nameOf(question.url)} switched to another protocol, unasked`));
    });
    request.on('response', (response) => {
      answered = true;
      void this.#read(question, response).then(resolve, (error: unknown) => {
        reject(this.#nameError(error, question.url, late));
      });
    });
    request.end(question.body);
    return promise.finally(() => packets.count());
  }

  #open(question: HttpQuestion, signal: AbortSignal): ReturnType<typeof requestPlain> {
    const url = new URL(question.url);
    const length = question.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(question.body)) };
    const lookup = this.#guard?.lookupFor(url.hostname.replace(/^\[|\]$/g, ''), portOf(url));
    const options = { method: question.method, headers: { ...question.headers, ...length }, signal, lookup };
    return url.protocol === 'https:'
      ? requestSecure(url, { ...options, agent: this.#secure })
      : requestPlain(url, { ...options, agent: this.#plain });
  }

  async #read(question: HttpQuestion, response: IncomingMessage): Promise<HttpAnswer> {
    const chunks: Buffer[] = [];
    if (question.headersOnly !== true) {
      const maxBytes = question.maxBytes ?? this.#bounds.maxBytes;
      let bytes = 0;
      for await (const chunk of response) {
        if (!Buffer.isBuffer(chunk)) continue;
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLong(question.url, maxBytes);
        chunks.push(chunk);
      }
    }
    const isKept = response.complete && response.headers.connection?.toLowerCase() !== 'close';
    this.#kept = isKept ? response.socket : null;
    if (!response.complete) response.destroy();
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      challenges: response.headersDistinct['www-authenticate'] ?? [],
      body: Buffer.concat(chunks),
      url: question.url,
    };
  }

  #nameError(error: unknown, url: string, late: AbortSignal): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    const name = nameOf(url);
    if (late.aborted) {
      return new SightlineError('camera-timeout', `${name} did not answer within ${this.#bounds.timeoutMs / 1000} s`);
    }
    if (!(error instanceof Error)) return SightlineError.from(error);
    if ('code' in error && typeof error.code === 'string' && error.code.startsWith('HPE_')) {
      return new SightlineError('camera-protocol', `${name} answered something that is not HTTP (${error.code})`);
    }
    const { hostname, protocol, port } = new URL(url);
    return connectError(error, { url, host: hostname, port: Number(port), tls: protocol === 'https:', name });
  }
}

/** Where an answer sends us, when that is the host that answered; else null. */
function redirectOf(answer: HttpAnswer): string | null {
  if (![301, 302, 307, 308].includes(answer.status) || answer.headers.location === undefined) return null;
  const next = URL.parse(answer.headers.location, answer.url);
  if (next === null || next.hostname !== new URL(answer.url).hostname) return null;
  if (next.protocol !== 'http:' && next.protocol !== 'https:') return null;
  next.username = '';
  next.password = '';
  return next.href;
}

function tooLong(url: string, maxBytes: number): SightlineError {
  return new SightlineError('camera-protocol', `${nameOf(url)} answered more than ${maxBytes} bytes`);
}

function nameOf(url: string): string {
  const parsed = new URL(url);
  return `${parsed.hostname}:${portOf(parsed)}`;
}
