// Asks an RTSP server what it has at some paths: DESCRIBE over one connection, nothing is set up or played. A password is
// only ever given hashed, and never again once it was refused.

import { nowUs } from '../base/clock.ts';
import { UNGUARDED } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { parseSps } from '../media/h264.ts';
import { parseRtspUrl } from '../rtsp/address.ts';
import { Authorizer, parseChallenges } from '../rtsp/auth.ts';
import { RtspConnection } from '../rtsp/connection.ts';
import type { RtspResponse } from '../rtsp/message.ts';
import { parameterSets, parseSdp } from '../rtsp/sdp.ts';
import type { SdpMedia } from '../rtsp/sdp.ts';
import {
  CLOSING,
  HANDSHAKE,
  OPENED_AGAIN,
  OPENING,
  QUESTION,
  acknowledgements,
  countClosing,
  countOpening,
} from './connection-packets.ts';
import type { FoundStream, Ground } from './types.ts';

/** Some begin to film only when they are asked what they have. */
const ANSWER_MS = 4000;
/** A camera that closes after each answer is dialled again so often. */
const MAX_CONNECTIONS = 6;

/** What a stream is, by its description. */
export type Shape = Pick<FoundStream, 'codec' | 'width' | 'height' | 'fps'>;

/**
 * `missing`: not at this path. `password`: asked for, and not given. `refused`: the one that was given is wrong, or would
 * have had to be sent in clear. `silent`: the server answers no more.
 */
export type Look =
  { readonly kind: 'stream'; readonly shape: Shape } | { readonly kind: 'missing' | 'password' | 'refused' | 'silent' };

const NAMES: Readonly<Record<string, string>> = { H264: 'h264', H265: 'hevc', JPEG: 'mjpeg', 'MP4V-ES': 'mpeg4' };

/** One server; `close` it in any case. */
export class RtspLook {
  readonly #url: string;
  readonly #ground: Ground;
  readonly #authorizer: Authorizer;
  #connection: RtspConnection | null = null;
  #connections = 0;

  /** `url`: any of the server's. */
  constructor(url: string, ground: Ground) {
    this.#url = url;
    this.#ground = ground;
    this.#authorizer = new Authorizer(ground.login);
  }

  /** What is at an address of this server. Rejects with the reason of the signal. */
  async at(url: string): Promise<Look> {
    const { signal } = this.#ground;
    try {
      return await this.#describe(parseRtspUrl(url).url);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SightlineError) return { kind: 'silent' };
      throw error;
    }
  }

  close(): void {
    this.#connection?.destroy(new SightlineError('stopping', 'looked at'));
    this.#connection = null;
  }

  async #describe(uri: string): Promise<Look> {
    const first = await this.#ask(uri);
    if (first.status !== 401) return judge(first);
    const challenges = first.headers.get('www-authenticate') ?? [];
    if (!this.#ground.login) return { kind: 'password' };
    const hasDigest = parseChallenges(challenges).some(({ scheme }) => scheme === 'digest');
    if (!hasDigest || !this.#authorizer.accept(challenges)) return { kind: 'refused' };
    const second = await this.#ask(uri);
    return second.status === 401 ? { kind: 'refused' } : judge(second);
  }

  /** An answer to DESCRIBE. A server that closed since its last answer is dialled again. */
  async #ask(uri: string): Promise<RtspResponse> {
    for (;;) {
      const isFresh = this.#connection === null;
      const connection = this.#connection ?? (await this.#open());
      const authorization = this.#authorizer.header('DESCRIBE', uri);
      const headers: [string, string][] = [['Accept', 'application/sdp']];
      if (authorization !== null) headers.push(['Authorization', authorization]);
      try {
        const answer = await this.#describeBy(connection, uri, headers);
        if (answer.status !== 401) this.#authorizer.confirm();
        return answer;
      } catch (error) {
        this.close();
        const isClosed = error instanceof SightlineError && error.code === 'camera-closed';
        if (!isClosed || isFresh) throw error;
        this.#authorizer.confirm();
      }
    }
  }

  async #describeBy(
    connection: RtspConnection,
    uri: string,
    headers: readonly (readonly [string, string])[],
  ): Promise<RtspResponse> {
    const packets = await this.#ground.budget.take(this.#ground.signal, QUESTION);
    let bytes = 1;
    try {
      const answering = connection.request('DESCRIBE', uri, headers, ANSWER_MS);
      packets.sent();
      const answer = await answering;
      bytes += answer.body.length;
      return answer;
    } finally {
      packets.sent(acknowledgements(bytes));
      packets.end();
    }
  }

  async #open(): Promise<RtspConnection> {
    const { budget, signal } = this.#ground;
    if (++this.#connections > MAX_CONNECTIONS) throw new SightlineError('camera-closed', 'closed too often');
    const address = parseRtspUrl(this.#url);
    const handshake = address.tls ? HANDSHAKE : 0;
    const packets = await budget.take(signal, OPENING + OPENED_AGAIN + handshake + CLOSING);
    const beganUs = nowUs();
    const took = (): number => (nowUs() - beganUs) / 1000;
    const connection = await RtspConnection.open({
      ...{ address, tlsVerify: false, signal, guard: UNGUARDED },
      ...{ frame: () => undefined, quirk: () => undefined },
    }).catch((error: unknown) => {
      countOpening(packets, false, took());
      packets.end();
      throw error;
    });
    countOpening(packets, true, took());
    packets.sent(handshake);
    const closing = packets.split(CLOSING);
    packets.end();
    void connection.ended.then(() => countClosing(closing));
    const aborted = (): void => connection.destroy(new SightlineError('stopping', 'stopped while looking'));
    signal.addEventListener('abort', aborted, { once: true });
    void connection.ended.then(() => signal.removeEventListener('abort', aborted));
    if (signal.aborted) aborted();
    this.#connection = connection;
    return connection;
  }
}

function judge({ status, body }: RtspResponse): Look {
  if (status === 403) return { kind: 'refused' };
  if (status !== 200) return { kind: 'missing' };
  const video = parseSdp(body.toString('utf8')).media.find(({ kind }) => kind === 'video');
  return video === undefined ? { kind: 'missing' } : { kind: 'stream', shape: shapeOf(video) };
}

/** Size and rate as the description says them, else as the parameter set in it does (RFC 6184, 8.1). */
function shapeOf({ payloads: [payload], width, height, fps }: SdpMedia): Shape {
  const encoding = payload?.encoding.toUpperCase() ?? '';
  const codec = NAMES[encoding] ?? encoding.toLowerCase();
  const sps = payload && codec === 'h264' ? parameterSets(payload).map(parseSps).find(Boolean) : null;
  return {
    codec,
    width: sps?.width ?? width,
    height: sps?.height ?? height,
    fps: fps ?? sps?.fps ?? 0,
  };
}
