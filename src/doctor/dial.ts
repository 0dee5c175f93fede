// Connects to the camera's port and listens to who answers there. One connection: first TCP alone, which tells whether
// anybody is at that address, then TLS where the address says so, then one question and the first bytes of its answer.

import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Ground } from './types.ts';

const CONNECT_MS = 5000;
/** The first byte of an answer. */
const ANSWER_MS = 5000;
/** After it, the rest of its beginning. */
const REST_MS = 1000;
const MOST_BYTES = 16 * 1024;

export type Dialled =
  | { readonly outcome: 'connected'; readonly socket: Socket; readonly tookUs: number; readonly address: string }
  | { readonly outcome: 'refused'; readonly tookUs: number }
  /** Nobody answered, or somebody on the way said that it is not to be had. */
  | { readonly outcome: 'unreachable'; readonly code: string; readonly tookUs: number };

/** A TCP connection, to be destroyed by the caller. Rejects with `source-forbidden`, or the reason of the signal. */
export async function dial(
  { place, guard, signal }: Ground,
  port = place.port,
  limitMs = CONNECT_MS,
): Promise<Dialled> {
  signal.throwIfAborted();
  const startedUs = nowUs();
  const socket = connect({ host: place.host, port, lookup: guard.lookupFor(place.host, port) });
  const { promise, resolve, reject } = Promise.withResolvers<Dialled>();
  const tookUs = (): number => nowUs() - startedUs;
  const timer = setTimeout(() => resolve({ outcome: 'unreachable', code: 'ETIMEDOUT', tookUs: tookUs() }), limitMs);
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('connect', () => {
    resolve({ outcome: 'connected', socket, tookUs: tookUs(), address: socket.remoteAddress ?? place.host });
  });
  socket.on('error', (error) => {
    const code = codeOf(error);
    if (error instanceof SightlineError) reject(error);
    else if (code === 'ECONNREFUSED') resolve({ outcome: 'refused', tookUs: tookUs() });
    else resolve({ outcome: 'unreachable', code, tookUs: tookUs() });
  });
  let dialled: Dialled | null = null;
  try {
    dialled = await promise;
    return dialled;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    if (dialled?.outcome !== 'connected') socket.destroy();
  }
}

/** What was heard after one question. */
export interface Heard {
  readonly bytes: Buffer;
  /** When the first of them was read, `nowUs`. */
  readonly firstByteUs: number;
  /** TLS could not be agreed on: the code of it. Then nothing was asked. */
  readonly tlsFault: string | null;
  /** How the listening ended: enough was heard, the other side closed, or it said nothing (more) in time. */
  readonly ended: 'enough' | 'closed' | 'quiet';
}

/** Asks over a dialled connection and destroys it. `enough`: true when these bytes tell all. */
export async function listenTo(
  socket: Socket,
  ground: Ground,
  { question, enough }: { readonly question: string; readonly enough: (bytes: Buffer) => boolean },
): Promise<Heard> {
  const { signal } = ground;
  const { promise, resolve, reject } = Promise.withResolvers<Heard>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  let bytes: Buffer = Buffer.alloc(0);
  let firstByteUs = nowUs();
  const end = (ended: Heard['ended'], tlsFault: string | null = null): void =>
    resolve({ bytes, firstByteUs, tlsFault, ended });
  let timer = setTimeout(() => end('quiet'), ANSWER_MS);
  const plainOrTls = ground.place.tls ? upgrade(socket, ground) : socket;
  const ask = (): void => void plainOrTls.write(question);
  plainOrTls.on('data', (chunk: Buffer) => {
    if (bytes.length === 0) {
      firstByteUs = nowUs();
      clearTimeout(timer);
      timer = setTimeout(() => end('quiet'), REST_MS);
    }
    bytes = Buffer.concat([bytes, chunk]).subarray(0, MOST_BYTES);
    if (bytes.length === MOST_BYTES || enough(bytes)) end('enough');
  });
  for (const each of new Set([socket, plainOrTls])) {
    each.on('error', (error) => end('closed', ground.place.tls && bytes.length === 0 ? codeOf(error) : null));
    each.on('close', () => end('closed'));
  }
  if (plainOrTls === socket) ask();
  else plainOrTls.once('secureConnect', ask);
  try {
    signal.throwIfAborted();
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    plainOrTls.destroy();
    socket.destroy();
  }
}

function upgrade(socket: Socket, { place: { host }, tlsVerify }: Ground): Socket {
  return connectTls({ socket, rejectUnauthorized: tlsVerify, servername: isIP(host) === 0 ? host : '' });
}

/** The code of a system error, also of several tries to several addresses in one. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? codeOf(first) : 'unknown';
}
