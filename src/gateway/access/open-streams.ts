// Answers that go on (MJPEG, WebSockets) and on whose word they began. When the table of who may ask what changes, each
// is judged again, and those that would not be let in any more are ended within the same turn.

import type { Permission } from '../../link/access.ts';
import type { ControlPort } from '../../link/control-port.ts';
import type { Caller } from './caller.ts';

/** Close code of a WebSocket whose caller may not go on: log in again, then connect again. */
export const ACCESS_ENDED_CODE = 4401;

export interface OpenStream {
  readonly caller: Caller;
  readonly permission: Permission;
  /** Ends it properly: the last part whole, a WebSocket with ACCESS_ENDED_CODE. Called once at most. */
  end(): void;
}

/** The part of Access that judges. */
export interface Judge {
  /** By the table as it is now. */
  mayStill(caller: Caller, permission: Permission): boolean;
}

export class OpenStreams {
  readonly #judge: Judge;
  readonly #streams = new Set<OpenStream>();
  readonly #unsubscribe: () => void;

  constructor(judge: Judge, control: Pick<ControlPort, 'access' | 'onChange'>) {
    this.#judge = judge;
    let { version } = control.access();
    this.#unsubscribe = control.onChange(() => {
      const now = control.access().version;
      if (now === version) return;
      version = now;
      this.#judgeAll();
    });
  }

  get size(): number {
    return this.#streams.size;
  }

  /**
   * Enters a stream that begins; the result takes it out. The table may have changed since the caller was let in: a
   * stream that may not begin any more is ended before this returns.
   */
  add(stream: OpenStream): () => void {
    this.#streams.add(stream);
    this.#look(stream);
    return () => void this.#streams.delete(stream);
  }

  /** Judges nobody any more; the streams themselves are ended by their deliveries. */
  stop(): void {
    this.#unsubscribe();
  }

  #judgeAll(): void {
    for (const stream of [...this.#streams]) this.#look(stream);
  }

  #look(stream: OpenStream): void {
    if (this.#judge.mayStill(stream.caller, stream.permission)) return;
    if (this.#streams.delete(stream)) stream.end();
  }
}
