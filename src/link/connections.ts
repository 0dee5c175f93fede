// The dialled links of one consumer: one for each endpoint, shared by all subscriptions there, dialled when first
// needed and closed a while after the last user has left.

import type { LinkDialOptions, LinkClient } from './client.ts';
import type { Endpoint } from './types.ts';

export type Dial = (options: LinkDialOptions) => Promise<LinkClient>;

interface Connection {
  readonly endpoint: Endpoint;
  readonly abort: AbortController;
  readonly dialled: Promise<LinkClient>;
  client: LinkClient | null;
  users: number;
  idle: NodeJS.Timeout | null;
}

/** One use of a link; released once. */
export interface Lease {
  /** Settled at once when the link is up already: see `client`. Rejects when it cannot be dialled. */
  readonly dialled: Promise<LinkClient>;
  readonly client: LinkClient | null;
  release(): void;
}

export interface ConnectionsOptions {
  readonly role: string;
  readonly dial: Dial;
  readonly idleMs: number;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Connection>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  acquire(endpoint: Endpoint): Lease {
    const key = endpointKey(endpoint);
    const connection = this.#open.get(key) ?? this.#dial(key, endpoint);
    connection.users++;
    if (connection.idle !== null) clearTimeout(connection.idle);
    connection.idle = null;
    let released = false;
    return {
      dialled: connection.dialled,
      client: connection.client,
      release: () => {
        if (released) return;
        released = true;
        connection.users--;
        this.#rest(key, connection);
      },
    };
  }

  /** Closes unused links to endpoints that are not among `wanted`. */
  prune(wanted: ReadonlySet<string>): void {
    for (const [key, connection] of [...this.#open]) {
      if (connection.users === 0 && !wanted.has(key)) this.#drop(key, connection);
    }
  }

  close(): void {
    for (const [key, connection] of [...this.#open]) this.#drop(key, connection);
  }

  #dial(key: string, endpoint: Endpoint): Connection {
    const abort = new AbortController();
    const { role, dial } = this.#options;
    const dialled = dial({ endpoint, role, signal: abort.signal });
    const connection: Connection = { endpoint, abort, dialled, client: null, users: 0, idle: null };
    this.#open.set(key, connection);
    dialled.then(
      (client) => this.#up(key, connection, client),
      () => this.#forget(key, connection),
    );
    return connection;
  }

  #up(key: string, connection: Connection, client: LinkClient): void {
    if (this.#open.get(key) !== connection) {
      client.close();
      return;
    }
    connection.client = client;
    client.onClose = () => this.#forget(key, connection);
    if (client.closed) this.#forget(key, connection);
  }

  #rest(key: string, connection: Connection): void {
    if (connection.users > 0 || this.#open.get(key) !== connection) return;
    connection.idle ??= setTimeout(() => this.#drop(key, connection), this.#options.idleMs);
  }

  #drop(key: string, connection: Connection): void {
    this.#forget(key, connection);
    connection.abort.abort();
    connection.client?.close();
  }

  #forget(key: string, connection: Connection): void {
    if (connection.idle !== null) clearTimeout(connection.idle);
    connection.idle = null;
    if (this.#open.get(key) === connection) this.#open.delete(key);
  }
}

export function endpointKey(endpoint: Endpoint): string {
  return `${endpoint.path}\n${endpoint.token}`;
}
