// A socket that asks everybody on one network at once and hands on what comes back: only from addresses of that network,
// never our own, and only so much from each, so that a host which answers endlessly costs nobody anything.

import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIn } from './ipv4.ts';
import type { LocalNetwork } from './types.ts';

export interface MulticastOptions {
  readonly network: LocalNetwork;
  readonly group: string;
  readonly port: number;
  /** Longer datagrams are dropped. */
  readonly maxBytes: number;
  /** Also hear what is sent to the group, beside other programs that do. Default: only answers to us. */
  readonly join?: boolean;
  onDatagram(bytes: Buffer, from: string): void;
}

/** A device answers each question once or twice; what one host sends beyond this is not read. */
const MAX_PER_HOST = 64;
const MAX_HOSTS = 2048;

/** Opened by `openMulticast`; closing twice is harmless. */
export interface MulticastSocket extends AsyncDisposable {
  /** Sends to the group. What cannot be sent is lost like any datagram. */
  send(bytes: Uint8Array): Promise<void>;
}

/** null when the network is gone or the port is another program's. */
export async function openMulticast(options: MulticastOptions): Promise<MulticastSocket | null> {
  const socket = createSocket({ type: 'udp4', reuseAddr: options.join === true });
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  let open = true;
  const close = async (): Promise<void> => {
    if (open) socket.close();
    open = false;
    await closed;
  };
  try {
    await bind(socket, options);
  } catch {
    await close();
    return null;
  }
  // After binding, errors are of single datagrams: the interface went away, or somebody has no such port.
  socket.on('error', () => undefined);
  socket.on('message', counted(options));
  return {
    send: (bytes) =>
      new Promise((resolve) => {
        if (open) socket.send(bytes, options.port, options.group, () => resolve());
        else resolve();
      }),
    [Symbol.asyncDispose]: close,
  };
}

async function bind(socket: Socket, { network, group, port, join }: MulticastOptions): Promise<void> {
  // Bound to the group, a socket takes no datagram that is meant for the machine's own responder. Windows cannot.
  const shared = process.platform === 'win32' ? { port } : { port, address: group };
  const listening = once(socket, 'listening');
  socket.bind(join === true ? shared : { port: 0, address: network.address });
  await listening;
  socket.setMulticastInterface(network.address);
  socket.setMulticastTTL(1);
  if (join === true) socket.addMembership(group, network.address);
}

function counted(options: MulticastOptions): (bytes: Buffer, from: RemoteInfo) => void {
  const { network, maxBytes } = options;
  const heard = new Map<string, number>();
  return (bytes, { address }) => {
    if (bytes.length > maxBytes || address === network.address || !isIn(address, network.cidr)) return;
    const count = (heard.get(address) ?? 0) + 1;
    if (count > MAX_PER_HOST || (count === 1 && heard.size >= MAX_HOSTS)) return;
    heard.set(address, count);
    options.onDatagram(bytes, address);
  };
}
