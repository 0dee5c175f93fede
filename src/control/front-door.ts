// The address that all gateway workers answer on: main listens and accepts, and hands each connection to a worker before
// a byte of it is read. It stays open whatever happens to workers.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { AccessTable } from '../link/access.ts';
import { refuseUnprotected, resolveHost, toBindError } from '../link/bind.ts';
import { isLoopbackAddress } from '../base/network-address.ts';
import { Handover } from './handover.ts';
import type { Seat, Taker } from './handover.ts';

export interface FrontDoorOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly access: AccessTable;
}

export class FrontDoor {
  readonly address: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #handover: Handover<Socket>;

  private constructor(server: Server, handover: Handover<Socket>) {
    this.#server = server;
    this.#handover = handover;
    const { address: host, port } = server.address() as AddressInfo;
    this.address = { host, port };
  }

  /** Listens. Rejects with a SightlineError: `unsafe-bind`, `port-in-use`, `port-forbidden`, `address-unavailable`. */
  static async open({ host, port, access }: FrontDoorOptions): Promise<FrontDoor> {
    const address = await resolveHost(host);
    if (!isLoopbackAddress(address)) refuseUnprotected(host, access);
    const handover = new Handover<Socket>();
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      // It is not read here; whoever took it meets what is wrong with it.
      socket.on('error', () => socket.destroy());
      handover.offer(socket);
    });
    try {
      server.listen({ host: address, port });
      await once(server, 'listening');
    } catch (error) {
      throw toBindError(error, host, port);
    }
    return new FrontDoor(server, handover);
  }

  /** A worker serves from now on. */
  join(taker: Taker<Socket>): Seat {
    return this.#handover.join(taker);
  }

  /** Listens no more and closes who waits. What workers were given stays theirs. Closing twice is harmless. */
  close(): void {
    this.#server.close();
    this.#handover.close();
  }
}
