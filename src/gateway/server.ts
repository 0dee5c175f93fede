// The gateway: the HTTP server that everybody outside talks to. Joins the ways out, the API, the pages and the rules
// of who may ask; everything it shows is handed in.

import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { LoadLevel } from '../base/load-watch.ts';
import { isLoopbackAddress } from '../base/network-address.ts';
import { refuseUnprotected, resolveHost, toBindError } from '../link/bind.ts';
import type { ViewerInfo } from '../link/control-port.ts';
import { Access } from './access/access.ts';
import { createApp, fillApp } from './app.ts';
import { baseOf } from './base-path.ts';
import { HandedConnections } from './handed-connections.ts';
import { closeParts, endResponses, openParts, type Parts, type PartsOptions } from './parts.ts';

/** The `server` part of the config. */
export interface GatewayServerConfig {
  readonly host: string;
  readonly port: number;
  /** Path below which a reverse proxy shows the server. Default `/`. */
  readonly basePath?: string;
}

export interface GatewayOptions extends PartsOptions {
  readonly server: GatewayServerConfig;
  /** Folder of the built pages; need not exist. */
  readonly pages: string;
  /**
   * Connections are accepted by another process and come by `adopt`. `address`: what that process listens on for
   * `server`. `socket`: path of a Unix socket, in a folder of ours alone, for the HTTP server's own accounts.
   */
  readonly handed?: { readonly address: string; readonly socket: string };
}

export class Gateway {
  /** Where it can be reached. */
  readonly address: { readonly host: string; readonly port: number };
  readonly #app: FastifyInstance;
  readonly #parts: Parts;
  readonly #handed: HandedConnections;
  #stopped: Promise<void> | null = null;

  private constructor(app: FastifyInstance, parts: Parts, address: Gateway['address']) {
    this.#app = app;
    this.#parts = parts;
    this.#handed = new HandedConnections(app.server);
    this.address = address;
  }

  /**
   * Listens, unless connections are handed in. Rejects with a SightlineError: `unsafe-bind`, `port-in-use`,
   * `port-forbidden`, `address-unavailable`.
   */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const { handed } = options;
    const { host, port } = options.server;
    const address = handed?.address ?? (await resolveHost(host));
    const isLoopback = isLoopbackAddress(address);
    if (!isLoopback && !handed) refuseUnprotected(host, options.view.access());
    const access = new Access({ table: () => options.view.access(), host, isLoopback });
    const parts = await openParts(options, access, baseOf(options.server.basePath ?? '/'));
    const app = createApp(parts);
    try {
      await fillApp(app, parts, options);
      await app.listen(handed ? { path: handed.socket } : { host: address, port });
    } catch (error) {
      endResponses(parts);
      await app.close();
      closeParts(parts);
      throw toBindError(error, host, port);
    }
    const bound = handed ? port : (app.server.address() as AddressInfo).port;
    return new Gateway(app, parts, { host: address, port: bound });
  }

  /** Answers a connection that another process accepted. */
  adopt(socket: Socket): void {
    this.#handed.adopt(socket);
  }

  /**
   * Ends every response with its last part whole, then closes; connections that are still busy after `graceMs` are cut.
   * Stopping twice is harmless.
   */
  stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  /** Sheds load, as its process's LoadWatch says. */
  shed(level: LoadLevel): void {
    this.#parts.channels.shed(level);
  }

  /** Who watches a camera here. */
  viewers(uid: string): ViewerInfo[] {
    return this.#parts.viewers.list(uid);
  }

  async #stop(graceMs: number): Promise<void> {
    const cut = setTimeout(() => {
      this.#app.server.closeAllConnections();
      this.#parts.tiles.cut();
      this.#parts.frames.cut();
    }, graceMs);
    endResponses(this.#parts);
    await this.#app.close();
    await this.#handed.ended();
    clearTimeout(cut);
    closeParts(this.#parts);
  }
}
