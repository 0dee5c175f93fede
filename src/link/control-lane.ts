// The control lane: typed questions and answers over Node's IPC between main and a child. Never media.
// `{id, method, params}` one way, `{id, result}` or `{id, problem}` back; id 0 wants no answer.

import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';

/** A table of methods: what each takes and gives. */
export type MethodTable<T> = { [M in keyof T]: { params: unknown; result: unknown } };

/** One handler a method. What it throws crosses as a Problem. */
export type LaneHandlers<Serve extends MethodTable<Serve>> = {
  readonly [M in keyof Serve]: (params: Serve[M]['params']) => Serve[M]['result'] | Promise<Serve[M]['result']>;
};

/** What the lane needs of `process` in a child, of a ChildProcess in main, or of a fake. */
export interface LanePort {
  readonly connected?: boolean;
  send?(message: LaneMessage, sent?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'disconnect', listener: () => void): unknown;
}

export type LaneMessage =
  | { readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly problem: Problem };

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SightlineError) => void;
  readonly timer: NodeJS.Timeout | null;
}

/** `Ask`: methods of the other side; `Serve`: methods of this side. */
export class ControlLane<Ask extends MethodTable<Ask>, Serve extends MethodTable<Serve>> {
  /** Called once, when the other side is gone or `end` was called. */
  onEnd: (() => void) | null = null;
  readonly #port: LanePort;
  readonly #handlers: LaneHandlers<Serve>;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #ended = false;
  readonly #heard = (message: unknown): void => this.#receive(message);
  readonly #disconnected = (): void => this.end();

  constructor(port: LanePort, handlers: LaneHandlers<Serve>) {
    this.#port = port;
    this.#handlers = handlers;
    port.on('message', this.#heard);
    port.on('disconnect', this.#disconnected);
  }

  /** Asks and waits for the answer. Rejects with the other side's problem, or `link-closed` at the end or after `timeoutMs`. */
  ask<M extends keyof Ask & string>(
    method: M,
    params: Ask[M]['params'],
    options: { readonly timeoutMs?: number } = {},
  ): Promise<Ask[M]['result']> {
    if (this.#ended) return Promise.reject(laneClosed(method));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const { timeoutMs } = options;
      const timer = timeoutMs === undefined ? null : setTimeout(() => this.#expire(id, method), timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#send({ id, method, params });
    });
  }

  /** Says something that wants no answer; lost when the other side is gone. */
  tell<M extends keyof Ask & string>(method: M, params: Ask[M]['params']): void {
    if (!this.#ended) this.#send({ id: 0, method, params });
  }

  /** Rejects what is pending with `link-closed` and listens no more. Ending twice is harmless. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#port.off('message', this.#heard);
    this.#port.off('disconnect', this.#disconnected);
    for (const [id, pending] of this.#pending) this.#settle(id, pending).reject(laneClosed('an answer'));
    this.onEnd?.();
  }

  #send(message: LaneMessage): void {
    if (this.#port.send === undefined || this.#port.connected === false) {
      this.end();
      return;
    }
    this.#port.send(message, (error) => {
      if (error !== null) this.end();
    });
  }

  #receive(message: unknown): void {
    if (this.#ended || !isLaneMessage(message)) return;
    if ('method' in message) {
      void this.#serve(message.id, message.method, message.params);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#settle(message.id, pending);
    if ('problem' in message) pending.reject(SightlineError.fromProblem(message.problem));
    else pending.resolve(message.result);
  }

  async #serve(id: number, method: string, params: unknown): Promise<void> {
    let answer: LaneMessage;
    try {
      if (!Object.hasOwn(this.#handlers, method)) throw new SightlineError('internal', `No method ${method} here.`);
      const result: unknown = await this.#handlers[method as keyof Serve](params);
      answer = { id, result };
    } catch (error) {
      answer = { id, problem: SightlineError.from(error).toProblem() };
    }
    if (id !== 0 && !this.#ended) this.#send(answer);
  }

  #expire(id: number, method: string): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#settle(id, pending).reject(new SightlineError('link-closed', `No answer to ${method} in time.`));
  }

  #settle(id: number, pending: Pending): Pending {
    this.#pending.delete(id);
    if (pending.timer !== null) clearTimeout(pending.timer);
    return pending;
  }
}

function laneClosed(what: string): SightlineError {
  return new SightlineError('link-closed', `The control lane closed before ${what} came through.`);
}

function isLaneMessage(message: unknown): message is LaneMessage {
  return typeof message === 'object' && message !== null && 'id' in message && typeof message.id === 'number';
}
