// Asks an RTSP camera for its stream as somebody without a password, to see what it asks for; then, in doctor's own
// session, with what was given. One wrong try at most: cameras lock accounts.

import { SightlineError } from '../base/errors.ts';
import { parseRtspUrl } from '../rtsp/address.ts';
import { parseChallenges } from '../rtsp/auth.ts';
import { RtspConnection } from '../rtsp/connection.ts';
import type { SessionDescription } from '../rtsp/sdp.ts';
import type { LoginFacts } from './login.ts';
import type { WatchedSession } from './session.ts';
import type { Ground } from './types.ts';

export interface Asked {
  /** Null: there was no answer at all, see `error`. */
  readonly login: LoginFacts | null;
  readonly description: SessionDescription | null;
  /** What came instead of a description; null where none was asked for. */
  readonly error: SightlineError | null;
}

/** Rejects only with the reason of the signal. */
export async function askForStream(ground: Ground, session: WatchedSession): Promise<Asked> {
  const hasCredentials = ground.source.credentials !== null;
  try {
    // Open until the session has asked as well: some cameras stop a stream whose only listener leaves, and are then
    // busy with that.
    using nobody = await Nobody.connect(ground);
    const { status, challenges } = await nobody.ask();
    const login = { status, challenges, hasCredentials, digestOnly: ground.digestOnly, accepted: null };
    const isAsked = status === 401 || status === 407;
    if (status === 403 || (isAsked && !hasCredentials)) return { login, description: null, error: null };
    return await askAsGiven(session, login, isAsked);
  } catch (error) {
    ground.signal.throwIfAborted();
    return { login: null, description: null, error: SightlineError.from(error) };
  }
}

async function askAsGiven(session: WatchedSession, login: LoginFacts, isAsked: boolean): Promise<Asked> {
  try {
    const description = await session.describe();
    return { login: { ...login, accepted: isAsked ? true : null }, description, error: null };
  } catch (thrown) {
    const error = SightlineError.from(thrown);
    if (error.code === 'stopping') throw error;
    const isRefused = error.code === 'camera-unauthorized';
    return { login: { ...login, accepted: isAsked ? !isRefused : null }, description: null, error };
  }
}

/** A connection without credentials. */
class Nobody implements Disposable {
  readonly #connection: RtspConnection;
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #stop = (): void => this.#connection.destroy(new SightlineError('stopping', 'stopped'));

  private constructor(connection: RtspConnection, url: string, signal: AbortSignal) {
    this.#connection = connection;
    this.#url = url;
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  static async connect({ place, tlsVerify, signal, guard }: Ground): Promise<Nobody> {
    const address = parseRtspUrl(place.url);
    const nothing = (): undefined => undefined;
    const connection = await RtspConnection.open({ address, tlsVerify, signal, guard, frame: nothing, quirk: nothing });
    return new Nobody(connection, address.url, signal);
  }

  async ask(): Promise<Pick<LoginFacts, 'status' | 'challenges'>> {
    const accept = ['Accept', 'application/sdp'] as const;
    const { status, headers } = await this.#connection.request('DESCRIBE', this.#url, [accept]);
    return { status, challenges: parseChallenges(headers.get('www-authenticate') ?? []) };
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#stop);
    this.#stop();
  }
}
