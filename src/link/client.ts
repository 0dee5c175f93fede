// The consumer's end of the media lane: one connection to one producer, any number of subscriptions on it.

import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { PushedPicture } from '../media/types.ts';
import { Channel } from './channel.ts';
import {
  jpegFromWire,
  packetFromWire,
  pictureToWire,
  problemFromWire,
  stateFromWire,
  toJson,
  tracksFromWire,
} from './messages.ts';
import type { Hello } from './messages.ts';
import { SocketTransport } from './socket.ts';
import type { Endpoint, MediaPort, SubscribeRequest, Subscription, SubscriptionHandlers } from './types.ts';
import { emptyHead, KIND, LINK_VERSION, MAX_BODY_BYTES, resetHead } from './wire.ts';
import type { Head } from './wire.ts';

const NO_BODY = Buffer.alloc(0);
const WELCOME_TIMEOUT_MS = 5_000;

interface Inlet {
  readonly handlers: SubscriptionHandlers;
  /** Packets of an older epoch are discarded. */
  epoch: number;
}

export interface LinkOpenOptions {
  readonly token: string;
  /** Who this consumer is, for the producer's eyes. */
  readonly role: string;
  readonly signal?: AbortSignal;
}

export interface LinkDialOptions {
  readonly endpoint: Endpoint;
  readonly role: string;
  readonly signal?: AbortSignal;
}

export class LinkClient implements MediaPort {
  /** Called once, when the connection has ended: null after this side's own `close`. */
  onClose: ((problem: Problem | null) => void) | null = null;
  readonly #channel: Channel;
  readonly #inlets = new Map<number, Inlet>();
  readonly #head = emptyHead();
  #lastId = 0;
  #byUs = false;
  #farewell: Problem | null = null;
  #welcome: ((error: SightlineError | null) => void) | null = null;

  private constructor(channel: Channel) {
    this.#channel = channel;
    channel.onMessage = (head, body) => this.#receive(head, body);
    channel.onClose = (error) => this.#closed(error);
  }

  /** Connects and says hello. Rejects with `link-closed` when nobody listens, the token is wrong, or the signal aborts. */
  static async dial(options: LinkDialOptions): Promise<LinkClient> {
    let transport: SocketTransport;
    try {
      transport = await SocketTransport.dial(options.endpoint.path, options.signal);
    } catch (error) {
      throw new SightlineError('link-closed', 'A part of the server could not be reached.', { cause: error });
    }
    const channel = new Channel(transport, MAX_BODY_BYTES);
    return LinkClient.over(channel, { token: options.endpoint.token, role: options.role, signal: options.signal });
  }

  /** Says hello on a channel that exists already, and waits for the welcome. */
  static async over(channel: Channel, options: LinkOpenOptions): Promise<LinkClient> {
    const client = new LinkClient(channel);
    const stop = (): void => channel.close(new SightlineError('link-closed', 'Dialling was given up.'));
    const timer = setTimeout(stop, WELCOME_TIMEOUT_MS);
    options.signal?.addEventListener('abort', stop, { once: true });
    if (options.signal?.aborted) stop();
    try {
      await client.#greet({ v: LINK_VERSION, role: options.role, token: options.token });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
    }
    return client;
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  subscribe(request: SubscribeRequest, handlers: SubscriptionHandlers): Subscription {
    const id = ++this.#lastId;
    const inlet: Inlet = { handlers, epoch: 0 };
    this.#inlets.set(id, inlet);
    if (this.closed) queueMicrotask(() => this.#end(id, this.#closeProblem(null)));
    else this.#channel.send(resetHead(this.#head, KIND.subscribe, id), toJson(request));
    const close = (): void => this.#unsubscribe(id);
    return request.kind === 'push' ? { put: (picture) => this.#put(id, picture), close } : { close };
  }

  /** Ends the connection; live subscriptions get their end (`link-closed`) in this call. */
  close(): void {
    if (this.closed) return;
    this.#byUs = true;
    this.#channel.close();
  }

  #greet(hello: Hello): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new SightlineError('link-closed', 'The link was closed before it was used.'));
        return;
      }
      this.#welcome = (error) => (error === null ? resolve() : reject(error));
      this.#channel.send(resetHead(this.#head, KIND.hello, 0), toJson(hello));
    });
  }

  #put(id: number, picture: PushedPicture): boolean {
    if (this.closed || !this.#inlets.has(id)) return false;
    this.#channel.send(this.#head, pictureToWire(this.#head, id, picture));
    return true;
  }

  #unsubscribe(id: number): void {
    if (!this.#inlets.delete(id) || this.closed) return;
    this.#channel.send(resetHead(this.#head, KIND.unsubscribe, id), NO_BODY);
  }

  #receive(head: Head, body: Buffer): void {
    if (head.subscription === 0) {
      this.#receiveOwn(head, body);
      return;
    }
    const inlet = this.#inlets.get(head.subscription);
    if (inlet === undefined) return;
    const { handlers } = inlet;
    switch (head.kind) {
      case KIND.packet:
        if (head.epoch >= inlet.epoch) handlers.packet?.(packetFromWire(head, body));
        return;
      case KIND.jpeg:
        handlers.jpeg?.(jpegFromWire(head, body));
        return;
      case KIND.gap:
        handlers.gap?.(head.sequence);
        return;
      case KIND.tracks:
        inlet.epoch = head.epoch;
        handlers.tracks?.(head.epoch, tracksFromWire(body), head.sequence);
        return;
      case KIND.state:
        handlers.state?.(stateFromWire(body));
        return;
      case KIND.taken:
        handlers.taken?.(head.sequence);
        return;
      case KIND.end:
        this.#end(head.subscription, problemFromWire(body));
        return;
      default:
        throw new SightlineError('link-closed', `A producer must not send a message of kind ${head.kind}.`);
    }
  }

  /** Messages about the connection itself. */
  #receiveOwn(head: Head, body: Buffer): void {
    if (head.kind === KIND.welcome) {
      this.#welcome?.(null);
      this.#welcome = null;
    } else if (head.kind === KIND.end) {
      this.#farewell = problemFromWire(body);
    } else {
      throw new SightlineError('link-closed', `A message of kind ${head.kind} belongs to no subscription.`);
    }
  }

  #end(id: number, problem: Problem | null): void {
    const inlet = this.#inlets.get(id);
    if (inlet === undefined) return;
    this.#inlets.delete(id);
    inlet.handlers.end(problem);
  }

  #closeProblem(error: Error | null): Problem {
    if (this.#farewell !== null) return this.#farewell;
    const said = error instanceof SightlineError ? error : null;
    return (said ?? new SightlineError('link-closed', 'The part of the server that served this is gone.')).toProblem();
  }

  #closed(error: Error | null): void {
    const problem = this.#closeProblem(error);
    this.#welcome?.(SightlineError.fromProblem(problem));
    this.#welcome = null;
    for (const id of [...this.#inlets.keys()]) this.#end(id, problem);
    this.onClose?.(this.#byUs ? null : problem);
  }
}
