// The producer's end of the media lane: listens where the directory says, and gives each consumer that knows the token
// what `provide` answers to its subscriptions.

import { lstatSync, rmSync } from 'node:fs';
import net from 'node:net';
import { Channel } from './channel.ts';
import { ServerConnection } from './server-connection.ts';
import { SocketTransport } from './socket.ts';
import type { Endpoint, Provide } from './types.ts';
import { MAX_BODY_BYTES } from './wire.ts';

export interface LinkServerOptions extends Endpoint {
  readonly provide: Provide;
  /** Told what went wrong with listening later on; connections report to their consumers. */
  readonly onError?: (error: Error) => void;
}

export class LinkServer {
  readonly endpoint: Endpoint;
  readonly #options: LinkServerOptions;
  readonly #server: net.Server | null;
  readonly #connections = new Set<ServerConnection>();
  #closing: Promise<void> | null = null;

  /** `server`: null for one that only gets channels by `attach`. */
  private constructor(options: LinkServerOptions, server: net.Server | null) {
    this.#options = options;
    this.endpoint = { path: options.path, token: options.token };
    this.#server = server;
    server?.on('connection', (socket) => {
      this.attach(new Channel(SocketTransport.accepted(socket), MAX_BODY_BYTES));
    });
    server?.on('error', (error) => options.onError?.(error));
  }

  /** Listens at `path`, whose folder the caller made with mode 0700. Rejects with the system's error. */
  static async listen(options: LinkServerOptions): Promise<LinkServer> {
    removeStaleSocket(options.path);
    const server = net.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.path, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new LinkServer(options, server);
  }

  /** A server without a socket: consumers come by `attach`. */
  static unbound(options: LinkServerOptions): LinkServer {
    return new LinkServer(options, null);
  }

  /** Serves a consumer over a channel that exists already. */
  attach(channel: Channel): void {
    const connection = new ServerConnection(channel, {
      token: this.#options.token,
      provide: this.#options.provide,
      onClose: () => this.#connections.delete(connection),
    });
    if (this.#closing !== null) connection.close();
    else this.#connections.add(connection);
  }

  /** Ends every connection and removes the socket's file. Closing twice is harmless. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      for (const connection of [...this.#connections]) connection.close();
      if (this.#server === null) resolve();
      else this.#server.close(() => resolve());
    });
    return this.#closing;
  }
}

/** A process that was killed leaves its socket's file. Nothing but a socket is removed. */
function removeStaleSocket(path: string): void {
  if (process.platform === 'win32') return;
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true });
}
