// Connections that another process accepted and handed to this one (`--workers N`): they become the HTTP server's as if
// it had accepted them itself. It does not count them as its own, so the end of them is awaited here.

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export class HandedConnections {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #ended: (() => void) | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  adopt(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#forget(socket));
    // As the HTTP server has those that it accepts.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.#server.emit('connection', socket);
  }

  /** Resolves once all are closed. */
  ended(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#ended = () => resolve(undefined);
    return promise;
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    if (this.#open.size === 0) this.#ended?.();
  }
}
