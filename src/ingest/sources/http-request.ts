// One answer of an HTTP camera: connects, asks, answers challenges (RFC 9110, 11; RFC 7616), follows redirects
// (RFC 9110, 15.4). Every failure names its step. What is in the body is http.ts's affair.

import { Agent as PlainAgent, request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { DialGuard } from '../../base/dial-guard.ts';
import { SightlineError } from '../../base/errors.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { maskSecrets } from '../../config/mask.ts';
import { Authorizer } from '../../rtsp/auth.ts';
import { connectError } from '../../rtsp/connect-error.ts';
import type { LoginMemory } from '../../rtsp/login-memory.ts';
import { basicRefusedError } from '../../rtsp/status-error.ts';
import { statusError } from './http-status.ts';
import { StepTimer, type HttpLimits } from './http-limits.ts';

const MAX_REDIRECTS = 3;
const MAX_CHALLENGES = 3;
/** A refusal's body up to this length is read to the end, so that its connection can be used again. */
const MAX_DRAIN_BYTES = 65_536;

export interface HttpClientOptions {
  readonly address: SourceAddress;
  readonly tlsVerify: boolean;
  /** Asked at each connection, those of redirects too. */
  readonly guard: DialGuard;
  readonly limits: HttpLimits;
  /** Of earlier sessions with this camera. Default: none was. */
  readonly login?: LoginMemory;
  readonly signal: AbortSignal;
  quirk(name: string): void;
}

/** Asks one camera, over one kept connection where it allows that. `close` when done. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #plain = new PlainAgent({ keepAlive: true, keepAliveMsecs: 1000 });
  readonly #secure: SecureAgent;
  #url: URL;
  #authorizer: Authorizer;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#url = new URL(options.address.target);
    this.#authorizer = new Authorizer(options.address.credentials, options.login);
    this.#secure = new SecureAgent({ keepAlive: true, keepAliveMsecs: 1000, rejectUnauthorized: options.tlsVerify });
  }

  /** `host:port` of where the last answer came from, for texts. */
  get name(): string {
    return nameOf(this.#url);
  }

  /** The camera's answer with status 200 and its body still to come. Rejects with a SightlineError otherwise. */
  async get(): Promise<IncomingMessage> {
    let redirects = 0;
    let challenges = 0;
    for (;;) {
      const response = await this.#ask();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300 && status !== 204) {
        this.#authorizer.confirm();
        return response;
      }
      drain(response);
      if (status === 401 && challenges < MAX_CHALLENGES && this.#answer(response)) challenges += 1;
      else if (isRedirect(status) && response.headers.location !== undefined) {
        redirects += 1;
        this.#follow(response.headers.location, redirects);
      } else {
        if (status === 401 && this.#authorizer.basicRefused) throw basicRefusedError(this.name);
        throw statusError(status, this.name, this.#options.address.credentials !== null);
      }
    }
  }

  /** Ends all connections at once. */
  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #answer(response: IncomingMessage): boolean {
    return this.#authorizer.accept(response.headersDistinct['www-authenticate'] ?? []);
  }

  /** The next address. Credentials stay with it on the same host and port, or when only https is new. */
  #follow(location: string, redirects: number): void {
    const next = URL.parse(location, this.#url.href);
    const shown = maskSecrets(location.replace(/\p{Cc}/gu, '?').slice(0, 120));
    if (next === null || (next.protocol !== 'http:' && next.protocol !== 'https:')) {
      throw new SightlineError('camera-protocol', `${this.name} redirects to ${shown}, which is no http address`);
    }
    if (redirects > MAX_REDIRECTS) {
      throw new SightlineError(
        'camera-protocol',
        `${this.name} redirects more than ${MAX_REDIRECTS} times, at last to ${shown}`,
      );
    }
    next.username = '';
    next.password = '';
    next.hash = '';
    if (!keepsCredentials(this.#url, next)) this.#authorizer = new Authorizer(null);
    this.#url = next;
  }

  /** One request and the head of its answer; a kept connection that the camera closed meanwhile costs a second try. */
  async #ask(): Promise<IncomingMessage> {
    const first = await this.#send();
    if (!('stale' in first)) return first;
    const second = await this.#send();
    if (!('stale' in second)) return second;
    throw second.stale;
  }

  async #send(): Promise<IncomingMessage | { stale: SightlineError }> {
    const { signal } = this.#options;
    if (signal.aborted) throw new SightlineError('stopping', 'stopped before the request');
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | { stale: SightlineError }>();
    const request = this.#open();
    const fail = (error: SightlineError): void => {
      reject(error);
      request.destroy();
    };
    const timer = new StepTimer(fail);
    const stop = (): void => fail(new SightlineError('stopping', 'stopped while asking'));
    const progress = { connected: false };
    signal.addEventListener('abort', stop, { once: true });
    request.on('error', (error) => {
      const named = this.#nameError(error, progress.connected);
      if (request.reusedSocket && named.code === 'camera-closed') resolve({ stale: named });
      else reject(named);
    });
    request.on('response', resolve);
    request.on('information', () => this.#options.quirk('informational-answer'));
    this.#watch(request, timer, progress);
    request.end();
    try {
      return await promise;
    } finally {
      timer.stop();
      signal.removeEventListener('abort', stop);
    }
  }

  #watch(request: ClientRequest, timer: StepTimer, progress: { connected: boolean }): void {
    const { connectMs, headersMs } = this.#options.limits;
    const name = this.name;
    const connected = (): void => {
      progress.connected = true;
      const text = `connected to ${name}, but the request was not answered within ${headersMs / 1000} s`;
      timer.next(headersMs, () => new SightlineError('camera-timeout', text));
    };
    const text = `connect to ${name} took more than ${connectMs / 1000} s`;
    timer.next(connectMs, () => new SightlineError('camera-unreachable', text));
    request.on('socket', (socket: Socket) => {
      if (request.reusedSocket) connected();
      else socket.once(this.#url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
  }

  #open(): ClientRequest {
    const tls = this.#url.protocol === 'https:';
    const path = this.#url.pathname + this.#url.search;
    const authorization = this.#authorizer.header('GET', path);
    const host = this.#url.hostname.replace(/^\[|\]$/g, '');
    const port = portOf(this.#url);
    const options: RequestOptions & { servername?: string } = {
      host,
      port,
      path,
      lookup: this.#options.guard.lookupFor(host, port),
      agent: tls ? this.#secure : this.#plain,
      insecureHTTPParser: true,
      headers: {
        Host: this.#url.host,
        Accept: 'multipart/x-mixed-replace, image/jpeg, */*;q=0.1',
        'Accept-Encoding': 'identity',
        'User-Agent': 'Sightline',
        ...(authorization === null ? {} : { Authorization: authorization }),
      },
    };
    if (!tls) return requestPlain(options);
    return requestSecure({ ...options, ...(isIP(host) === 0 ? { servername: host } : {}) });
  }

  #nameError(error: Error & { code?: string }, connected: boolean): SightlineError {
    const tls = this.#url.protocol === 'https:';
    const port = portOf(this.#url);
    if (!connected) {
      return connectError(error, { url: this.#url.href, host: this.#url.hostname, port, tls, name: this.name });
    }
    if (error.code?.startsWith('HPE_') === true) {
      return new SightlineError('camera-protocol', `${this.name} answered something that is not HTTP (${error.code})`, {
        cause: error,
      });
    }
    return new SightlineError('camera-closed', `${this.name} closed the connection before it answered`, {
      cause: error,
    });
  }
}

function keepsCredentials(from: URL, to: URL): boolean {
  const upgraded = from.protocol === 'http:' && to.protocol === 'https:' && portOf(from) === 80 && portOf(to) === 443;
  return from.hostname === to.hostname && (from.origin === to.origin || upgraded);
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function nameOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

function drain(response: IncomingMessage): void {
  response.on('error', () => response.destroy());
  const length = Number(response.headers['content-length'] ?? NaN);
  if (length <= MAX_DRAIN_BYTES) response.resume();
  else response.destroy();
}
