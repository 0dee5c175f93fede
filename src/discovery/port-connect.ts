// One TCP connection of discovery's: made within a second or not at all, asked one thing, read within bounds, closed.

import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  CLOSING,
  HANDSHAKE,
  OPENING,
  QUESTION,
  acknowledgements,
  countClosing,
  countOpening,
  segments,
} from './connection-packets.ts';
import type { Ground } from './types.ts';

/** Before the kernel would send its first packet a second time. */
const CONNECT_MS = 900;
/** With the handshake, which slow cameras take a while to calculate. */
const SECURE_MS = 2500;
const ANSWER_MS = 1500;
const MAX_ANSWER_BYTES = 8192;

export interface Question {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** Sent as it stands; empty: only whether somebody listens is asked. */
  readonly text: string;
  /** The answer is whole, as far as it is wanted. */
  readonly isWhole: (answer: string) => boolean;
}

/** True when somebody at that address answers at that port, be it by refusing. Rejects with the reason of the signal. */
export async function answersAt(address: string, port: number, { budget, signal }: Ground): Promise<boolean> {
  const packets = await budget.take(signal, OPENING + CLOSING);
  const socket = connectPlain({ host: address, port });
  const outcome = await connected(socket, false, signal);
  socket.destroy();
  countOpening(packets, outcome === 'open', 0);
  if (outcome === 'open') countClosing(packets);
  packets.end();
  signal.throwIfAborted();
  return outcome !== 'silent';
}

/**
 * What a port answers, as bytes in a string (latin1), cut at 8 KB: empty when it says nothing; null when nobody listens.
 * A certificate is not checked, since nothing secret is said. Rejects with the reason of the signal.
 */
export async function ask(question: Question, ground: Ground): Promise<string | null> {
  const { budget, signal } = ground;
  const { address: host, port, tls } = question;
  const packets = await budget.take(signal, OPENING + (tls ? HANDSHAKE : 0));
  const socket = tls ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain({ host, port });
  try {
    const outcome = await connected(socket, tls, signal);
    countOpening(packets, outcome === 'open', 0);
    if (tls && outcome === 'open') packets.sent(HANDSHAKE);
    packets.end();
    return outcome === 'open' ? await converse(socket, question, ground) : null;
  } finally {
    socket.destroy();
    signal.throwIfAborted();
  }
}

/** Asks on a connection that was made, and ends it. */
async function converse(socket: Socket, question: Question, { budget, signal }: Ground): Promise<string> {
  const { text } = question;
  const packets = await budget.take(signal, (text === '' ? 0 : QUESTION) + CLOSING);
  const readBefore = socket.bytesRead;
  try {
    if (text === '') return '';
    socket.write(text, 'latin1');
    packets.sent(segments(text.length));
    return await answerOf(socket, question, signal);
  } finally {
    socket.destroy();
    packets.sent(acknowledgements(socket.bytesRead - readBefore));
    countClosing(packets);
  }
}

type Outcome = 'open' | 'refused' | 'silent';

function connected(socket: Socket, tls: boolean, signal: AbortSignal): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => resolve('silent'), tls ? SECURE_MS : CONNECT_MS);
  const silent = (): void => resolve('silent');
  signal.addEventListener('abort', silent, { once: true });
  if (signal.aborted) silent();
  socket.once(tls ? 'secureConnect' : 'connect', () => resolve('open'));
  socket.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'silent'));
  socket.once('close', () => resolve('refused'));
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', silent);
  });
}

function answerOf(socket: Socket, { isWhole }: Question, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = '';
  const end = (): void => resolve(answer);
  const timer = setTimeout(end, ANSWER_MS);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  socket.on('data', (bytes: Buffer) => {
    answer += bytes.toString('latin1', 0, MAX_ANSWER_BYTES - answer.length);
    if (answer.length < MAX_ANSWER_BYTES && !isWhole(answer)) return;
    socket.pause();
    end();
  });
  socket.once('close', end);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
}
