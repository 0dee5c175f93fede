// The second step: by which interface and own address the camera is reached, and whether it stands in a network that
// this machine is plugged into. The system is asked by connecting a datagram socket, which sends nothing.

import { createSocket } from 'node:dgram';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';
import { isLoopbackAddress } from '../base/network-address.ts';
import { failed, passed } from './finding.ts';
import type { Finding } from './types.ts';

/** How this machine reaches an address. */
export interface Route {
  readonly kind: 'this-machine' | 'attached' | 'routed';
  /** Of the interface, or of the one that leads on: `192.168.1.0/24`; empty when not known. */
  readonly network: string;
}

export interface RouteFacts {
  readonly finding: Finding;
  /** Null: there is none. */
  readonly route: Route | null;
}

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

export async function findRoute(address: string, port: number): Promise<RouteFacts> {
  try {
    return judgeRoute(address, await ownAddressTowards(address, port), networkInterfaces());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { finding: noRoute(address, code), route: null };
  }
}

async function ownAddressTowards(address: string, port: number): Promise<string> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  socket.once('error', reject);
  socket.connect(port, address, () => resolve(socket.address().address));
  try {
    return await promise;
  } finally {
    socket.close();
  }
}

/** `own`: the address that the system would send from. */
export function judgeRoute(address: string, own: string, interfaces: Interfaces): RouteFacts {
  const all = Object.entries(interfaces).flatMap(([name, list = []]) => list.map((each) => ({ ...each, name })));
  const isOurs = isLoopbackAddress(address) || all.some((each) => each.address === address);
  if (isOurs)
    return { finding: passed(`${address} is this machine itself.`), route: { kind: 'this-machine', network: '' } };
  const used = all.find((each) => each.address === own);
  const from = used === undefined ? `from ${own}` : `over ${used.name} from ${own}`;
  const network = used?.cidr ?? '';
  if (used !== undefined && used.cidr !== null && contains(used.cidr, address)) {
    const text = `${address} is in the network ${used.cidr} that this machine is plugged into, ${from}.`;
    return { finding: passed(text), route: { kind: 'attached', network } };
  }
  const text = `${address} is reached through a router, ${from}.`;
  return { finding: passed(text), route: { kind: 'routed', network } };
}

function contains(cidr: string, address: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

function noRoute(address: string, code: string): Finding {
  const advice = isIPv6(address)
    ? "This machine has no IPv6 way there: write the camera's IPv4 address."
    : 'Connect this machine to a network; check its cable or Wi-Fi and its own address.';
  return failed(`This machine has no way to ${address} (${code}).`, advice);
}
