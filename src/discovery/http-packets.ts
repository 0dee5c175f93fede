// The packets of one question by HTTP (device-http.ts): asked for before it, counted when it is answered. The end of the
// connection has its own, which wait until it comes.

import type { Socket } from 'node:net';
import { nowUs } from '../base/clock.ts';
import {
  CLOSING,
  HANDSHAKE,
  OPENED_AGAIN,
  OPENING,
  QUESTION,
  acknowledgements,
  countClosing,
  countOpening,
  segments,
} from './connection-packets.ts';
import type { Allowance, PacketBudget } from './packet-budget.ts';

export interface HttpPacketsOptions {
  /** null: nobody counts. */
  readonly budget: PacketBudget | null;
  readonly signal: AbortSignal;
  /** The connection that will be used again, if it is still open. */
  readonly kept: Socket | null;
}

export class HttpPackets {
  readonly #packets: Allowance | null;
  readonly #beganUs = nowUs();
  readonly #isSecure: boolean;
  #socket: Socket | null = null;
  /** Of a connection that is being made. */
  #opening: Allowance | null = null;
  #readBefore = 0;
  #writtenBefore = 0;

  private constructor(packets: Allowance | null, isSecure: boolean) {
    this.#packets = packets;
    this.#isSecure = isSecure;
  }

  /** Resolves when the question may be asked; rejects with the reason of the signal. Always `count` then. */
  static async take({ url }: { readonly url: string }, options: HttpPacketsOptions): Promise<HttpPackets> {
    const { budget, signal, kept } = options;
    const isSecure = url.startsWith('https:');
    const opening = OPENING + OPENED_AGAIN + CLOSING + (isSecure ? HANDSHAKE : 0);
    const count = QUESTION + (kept === null || kept.destroyed ? opening : 0);
    return new HttpPackets((await budget?.take(signal, count)) ?? null, isSecure);
  }

  /** The question goes by this connection. */
  use(socket: Socket): void {
    this.#socket = socket;
    this.#readBefore = socket.bytesRead;
    this.#writtenBefore = socket.bytesWritten;
    const closing = socket.connecting ? this.#packets?.split(CLOSING) : undefined;
    if (closing === undefined) return;
    this.#opening = this.#packets?.split(OPENING + OPENED_AGAIN) ?? null;
    socket.once('connect', () => {
      this.#opened(true);
      socket.once('close', () => countClosing(closing));
    });
    socket.once('close', () => closing.end());
  }

  /** It was answered, or will not be. */
  count(): void {
    const packets = this.#packets;
    const socket = this.#socket;
    const isMade = this.#opening === null;
    this.#opened(false);
    if (packets !== null && socket !== null && isMade) {
      packets.sent(segments(socket.bytesWritten - this.#writtenBefore));
      packets.sent(acknowledgements(socket.bytesRead - this.#readBefore));
    }
    packets?.end();
  }

  #opened(isOpen: boolean): void {
    const packets = this.#opening;
    this.#opening = null;
    if (packets === null) return;
    countOpening(packets, isOpen, (nowUs() - this.#beganUs) / 1000);
    packets.end();
    if (isOpen && this.#isSecure) this.#packets?.sent(HANDSHAKE);
  }
}
