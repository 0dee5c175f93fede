// Port 0 for several workers: one free port is chosen before they listen, so that each of them, also one that comes
// later when no other lives, listens on the same.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** The port itself, or a free one in place of 0. Where that cannot be listened on it stays 0: the workers will say why. */
export async function reservePort({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  if (port !== 0) return port;
  const listener = createServer();
  try {
    listener.listen({ host, port, exclusive: true });
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  } catch {
    return 0;
  } finally {
    listener.close();
  }
}
