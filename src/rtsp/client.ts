// One RTSP session as a player: OPTIONS, DESCRIBE, SETUP of one medium over the same connection, PLAY, keep-alives,
// TEARDOWN (RFC 2326, 10), with redirects and authentication. What arrives goes to `frame`; receiver.ts makes sense of it.

import type { DialGuard } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { controlUrl, parseRtspUrl, sameServer } from './address.ts';
import type { RtspAddress } from './address.ts';
import { Authorizer } from './auth.ts';
import { RtspConnection } from './connection.ts';
import type { LoginMemory } from './login-memory.ts';
import { headerOf, parseInterleaved, parseSession } from './message.ts';
import type { RtspResponse } from './message.ts';
import { parseSdp } from './sdp.ts';
import type { SdpMedia, SessionDescription } from './sdp.ts';
import { basicRefusedError, statusError, udpOnlyError, unauthorizedError } from './status-error.ts';

const MAX_REDIRECTS = 3;
const MAX_TRIES = 3;
/** A camera whose address changes is opened at the new one only after this: it is most of what such a change may take. */
const TEARDOWN_MS = 250;
const DEFAULT_TIMEOUT_S = 60;
const MAX_KEEP_ALIVE_S = 30;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 305, 307, 308]);

export interface RtspClientOptions {
  /** rtsp:// or rtsps://, without credentials. */
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** Of earlier sessions with this camera. Default: none was. */
  readonly login?: LoginMemory;
  /** Check the certificate of rtsps. */
  readonly tlsVerify: boolean;
  /** Asked at each connection, those of redirects too. */
  readonly guard: DialGuard;
  /** Ends whatever waits; `close` still says TEARDOWN. */
  readonly signal: AbortSignal;
  /** Data of one binary frame in bytes[start, end), valid during the call only. Must not throw. */
  frame(channel: number, bytes: Buffer, start: number, end: number): void;
  quirk(name: string): void;
}

/** The channels of a medium on the connection. */
export interface Channels {
  readonly rtp: number;
  readonly rtcp: number;
}

/** Call `describe`, `setup`, `play` in this order, and `close` in any case. Each rejects naming its step. */
export class RtspClient {
  readonly #options: RtspClientOptions;
  #connection: RtspConnection | null = null;
  #authorizer: Authorizer;
  #hasCredentials: boolean;
  #address: RtspAddress;
  #base = '';
  #aggregate = '';
  #session: string | null = null;
  #timeoutS = DEFAULT_TIMEOUT_S;
  #getParameter = false;
  #keepAlive: NodeJS.Timeout | null = null;
  #closed = false;

  /** Throws `source-invalid` for an address that is none. */
  constructor(options: RtspClientOptions) {
    this.#options = options;
    this.#address = parseRtspUrl(options.url);
    this.#authorizer = new Authorizer(options.credentials, options.login);
    this.#hasCredentials = options.credentials !== null;
  }

  /** When the first byte of the frame that is being handed on was read, `nowUs`. */
  get readAtUs(): number {
    return this.#connection?.readAtUs ?? 0;
  }

  /** Connects, follows redirects and gets the description. */
  async describe(): Promise<SessionDescription> {
    let redirects = 0;
    let reconnected = false;
    for (;;) {
      try {
        const answer = await this.#tryDescribe();
        if (!REDIRECTS.has(answer.status)) return this.#described(answer);
        if (++redirects > MAX_REDIRECTS) {
          throw new SightlineError('camera-protocol', `DESCRIBE was redirected more than ${MAX_REDIRECTS} times`);
        }
        this.#redirect(answer);
      } catch (error) {
        const closed = error instanceof SightlineError && error.code === 'camera-closed';
        if (!closed || reconnected || !this.#authorizer.answering || this.#options.signal.aborted) throw error;
        this.#options.quirk('closes-after-401');
        reconnected = true;
        this.#authorizer.confirm();
      }
    }
  }

  /** Asks for one medium over this connection. */
  async setup(media: SdpMedia): Promise<Channels> {
    if (media.control === null) this.#options.quirk('control-missing');
    const uri = controlUrl(this.#base, media.control);
    const answer = await this.#ask('SETUP', uri, [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']]);
    if (answer.status >= 300) throw statusError('SETUP', answer.status);
    const session = parseSession(headerOf(answer, 'session') ?? '');
    if (!/^[\x21-\x7e]{1,256}$/.test(session.id)) this.#options.quirk('session-missing');
    else this.#session = session.id;
    this.#timeoutS = session.timeoutS ?? DEFAULT_TIMEOUT_S;
    const transport = headerOf(answer, 'transport') ?? '';
    if (/\bRTP\/S?AVPF?(\/UDP)?\s*;/i.test(transport) && !/interleaved/i.test(transport)) {
      throw udpOnlyError();
    }
    const channels = parseInterleaved(transport);
    if (channels?.rtp !== 0 || channels.rtcp !== 1) this.#options.quirk('channels-changed');
    return channels ?? { rtp: 0, rtcp: 1 };
  }

  /** Starts the stream and the keep-alives. */
  async play(): Promise<void> {
    const answer = await this.#ask('PLAY', this.#aggregate, [['Range', 'npt=0.000-']]);
    if (answer.status >= 300) throw statusError('PLAY', answer.status);
    const everyS = Math.max(1, Math.min(MAX_KEEP_ALIVE_S, this.#timeoutS / 2));
    this.#keepAlive = setInterval(() => void this.#keepAwake(), everyS * 1000);
  }

  /** Resolves with the reason once the connection has ended. Only after `describe`. */
  get ended(): Promise<SightlineError> {
    return this.#connection?.ended ?? Promise.resolve(new SightlineError('camera-closed', 'not connected'));
  }

  /** Sends one binary frame. */
  send(channel: number, data: Buffer): void {
    this.#connection?.send(channel, data);
  }

  /** Ends the session: TEARDOWN if there is one, waiting 250 ms for its answer at most. Closing twice is harmless. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#keepAlive) clearInterval(this.#keepAlive);
    const connection = this.#connection;
    if (!connection) return;
    const done = new SightlineError('stopping', 'the session was closed');
    if (this.#session !== null) {
      const headers = this.#headers('TEARDOWN', this.#aggregate, []);
      await connection.request('TEARDOWN', this.#aggregate, headers, TEARDOWN_MS).catch(() => done);
    }
    connection.destroy(done);
  }

  async #tryDescribe(): Promise<RtspResponse> {
    const { tlsVerify, signal, guard } = this.#options;
    this.#connection?.destroy(new SightlineError('camera-closed', 'another connection is tried'));
    this.#connection = await RtspConnection.open({
      ...{ address: this.#address, tlsVerify, signal, guard },
      frame: (channel, bytes, start, end) => {
        if (!this.#closed) this.#options.frame(channel, bytes, start, end);
      },
      quirk: (name) => this.#options.quirk(name),
    });
    const options = await this.#ask('OPTIONS', this.#address.url, []);
    if (REDIRECTS.has(options.status)) return options;
    if (options.status >= 300) this.#options.quirk('options-refused');
    this.#getParameter = /\bGET_PARAMETER\b/i.test(options.headers.get('public')?.join() ?? '');
    return this.#ask('DESCRIBE', this.#address.url, [['Accept', 'application/sdp']]);
  }

  #described(answer: RtspResponse): SessionDescription {
    if (answer.status >= 300) throw statusError('DESCRIBE', answer.status);
    if (answer.body.length === 0) throw new SightlineError('camera-protocol', 'DESCRIBE was answered without a body');
    const description = parseSdp(answer.body.toString('utf8'));
    if (description.media.length === 0) {
      throw new SightlineError('camera-protocol', 'DESCRIBE was answered with something that is not a description');
    }
    const base = headerOf(answer, 'content-base') ?? headerOf(answer, 'content-location');
    if (base === null) this.#options.quirk('content-base-missing');
    this.#base = base !== null && /^rtsps?:\/\/./i.test(base) ? controlUrl(base, null) : this.#address.url;
    this.#aggregate = controlUrl(this.#base, description.control);
    return description;
  }

  #redirect(answer: RtspResponse): void {
    const location = headerOf(answer, 'location');
    const target = location === null ? null : URL.parse(location, this.#address.url);
    if (!target || !/^rtsps?:$/.test(target.protocol)) {
      throw new SightlineError('camera-protocol', `DESCRIBE answered ${answer.status} without a usable address`);
    }
    const next = parseRtspUrl(target.href);
    if (!sameServer(next, this.#address)) {
      this.#authorizer = new Authorizer(null);
      this.#hasCredentials = false;
    }
    this.#address = next;
  }

  /** Sends a request, answering challenges; resolves with any final answer but 401. */
  async #ask(method: string, uri: string, extra: readonly (readonly [string, string])[]): Promise<RtspResponse> {
    const connection = this.#connection;
    if (!connection) throw new SightlineError('camera-closed', `${method}: not connected`);
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#orAborted(connection.request(method, uri, this.#headers(method, uri, extra)), method);
      if (answer.status !== 401) {
        this.#authorizer.confirm();
        return answer;
      }
      const challenges = answer.headers.get('www-authenticate') ?? [];
      if (attempt >= MAX_TRIES || !this.#authorizer.accept(challenges)) {
        if (this.#authorizer.basicRefused) throw basicRefusedError(method);
        throw unauthorizedError(method, this.#hasCredentials);
      }
    }
  }

  #headers(method: string, uri: string, extra: readonly (readonly [string, string])[]): [string, string][] {
    const headers = extra.map(([name, value]): [string, string] => [name, value]);
    const authorization = this.#authorizer.header(method, uri);
    if (authorization !== null) headers.push(['Authorization', authorization]);
    if (this.#session !== null) headers.push(['Session', this.#session]);
    return headers;
  }

  /** An answer, or the rejection of an abort, whichever is first; a connection that ends is named by its step. */
  async #orAborted(answer: Promise<RtspResponse>, step: string): Promise<RtspResponse> {
    const { signal } = this.#options;
    const { promise, reject } = Promise.withResolvers<never>();
    const aborted = (): void => reject(new SightlineError('stopping', `stopped while waiting for ${step}`));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    try {
      return await Promise.race([answer, promise]);
    } catch (error) {
      const named = SightlineError.from(error);
      if (named.code !== 'camera-closed' && named.code !== 'camera-protocol') throw named;
      throw new SightlineError(named.code, `${step}: ${named.message}`, { cause: error, hint: named.hint });
    } finally {
      signal.removeEventListener('abort', aborted);
    }
  }

  async #keepAwake(): Promise<void> {
    const method = this.#getParameter ? 'GET_PARAMETER' : 'OPTIONS';
    try {
      const answer = await this.#ask(method, this.#aggregate, []);
      if (answer.status === 454) {
        this.#connection?.destroy(new SightlineError('camera-closed', `${method} answered 454: the session is over`));
      } else if (answer.status >= 300) {
        this.#options.quirk('keep-alive-refused');
        this.#getParameter = false;
      }
    } catch (error) {
      const { code } = SightlineError.from(error);
      if (code === 'camera-timeout' || code === 'camera-unauthorized') this.#options.quirk('keep-alive-unanswered');
    }
  }
}
