// One viewer of the load client: a bare socket that asks once, reads as fast as it is given, and counts. It never
// connects twice. What it pays for a picture is one read of the kernel and a few bytes looked at.

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { nowUs } from '../../base/clock.ts';
import type { Problem } from '../../base/errors.ts';
import type { PartSink } from './part-counter.ts';
import { PictureArrival } from './picture-arrival.ts';
import { problemIn } from './refusal.ts';
import { ResponseReader } from './response-reader.ts';
import type { Target } from './target.ts';

/**
 * Read into by all viewers of a process, one after the other: what is read is looked at before the next read. A usual
 * picture comes in one read; a larger buffer is no cheaper.
 */
const SHARED = Buffer.allocUnsafeSlow(128 * 1024);
/** So long is an answer read that is no pictures. */
const REFUSAL_MS = 2000;

/** What an answer said that was no pictures. */
export interface Refusal {
  readonly status: number;
  readonly problem: Problem | null;
}

export class LoadViewer {
  /** From the request, microseconds; null: not yet. */
  headersUs: number | null = null;
  partUs: number | null = null;
  pictureUs: number | null = null;
  refusal: Refusal | null = null;
  /** It ended before it was closed. */
  broken = false;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  readonly #keeper: PartSink | null;
  readonly #askedUs = nowUs();
  readonly #served = Promise.withResolvers<undefined>();
  readonly #ended = Promise.withResolvers<undefined>();
  #refusalTimer: NodeJS.Timeout | null = null;
  #closed = false;

  /** `keeper` is told of every picture. */
  constructor({ host, port, request }: Target, keeper: PartSink | null = null) {
    this.#keeper = keeper;
    this.#socket = connect({
      ...{ host, port, noDelay: true, allowHalfOpen: false },
      onread: { buffer: SHARED, callback: (length) => this.#read(length) },
    });
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => this.#over());
    this.#socket.write(request);
  }

  /** Whole pictures, and their bytes. */
  get parts(): number {
    return this.#reader.counter?.parts ?? 0;
  }

  get bytes(): number {
    return this.#reader.counter?.bytes ?? 0;
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

  /** True: go on reading. */
  #read(length: number): boolean {
    const reader = this.#reader;
    if (reader.status === 0) this.#begin(length);
    else reader.take(SHARED, 0, length);
    if (reader.isOver || reader.isGarbage) this.#socket.destroy();
    return true;
  }

  #begin(length: number): void {
    const reader = this.#reader;
    const body = reader.takeHead(SHARED, length);
    if (reader.status === 0 || reader.isGarbage) return;
    if (reader.counter === null) {
      this.#refusalTimer = setTimeout(() => this.#socket.destroy(), REFUSAL_MS);
    } else {
      this.headersUs = nowUs() - this.#askedUs;
      reader.counter.sink = this.#firstPicture();
    }
    reader.take(SHARED, body, length);
  }

  /** Times are taken of the first picture only. */
  #firstPicture(): PartSink {
    const arrival = new PictureArrival();
    const keeper = this.#keeper;
    return {
      head: () => {
        this.partUs ??= nowUs() - this.#askedUs;
        arrival.begin();
        keeper?.head();
      },
      body: (chunk, from, to) => {
        arrival.add(to - from);
        keeper?.body(chunk, from, to);
      },
      whole: (length) => {
        this.pictureUs = arrival.ofFirst(length) - this.#askedUs;
        this.#reader.counter!.sink = keeper;
        keeper?.whole(length);
        this.#served.resolve(undefined);
      },
    };
  }

  #over(): void {
    if (this.#refusalTimer !== null) clearTimeout(this.#refusalTimer);
    const { status, counter, isGarbage } = this.#reader;
    const isRefusal = status !== 0 && counter === null && !isGarbage;
    if (isRefusal) this.refusal = { status, problem: problemIn(this.#reader.refusal()) };
    else this.broken = !this.#closed;
    this.#served.resolve(undefined);
    this.#ended.resolve(undefined);
  }
}
