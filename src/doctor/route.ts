// The second step: by which interface and own address the camera is reached, and whether it stands in a network that
// this machine is plugged into. The system is asked by connecting a datagram socket, which sends nothing.

import { createSocket } from 'node:dgram';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';
import { isLoopbackAddress } from '../base/network-address.ts';
import { formatSubnet, parseSubnet } from '../discovery/ipv4.ts';
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
  if (isOurs) {
    const finding = passed({ code: 'route-here', values: { address } });
    return { finding, route: { kind: 'this-machine', network: '' } };
  }
  // Of a machine without IPv6 the system says no error, but that it would send from nowhere.
  if (own === '::' || own === '0.0.0.0') return { finding: noRoute(address, 'ENETUNREACH'), route: null };
  const used = all.find((each) => each.address === own);
  const network = networkOf(used?.cidr ?? '');
  if (used !== undefined && used.cidr !== null && contains(used.cidr, address)) {
    const values = { address, network, by: used.name, own };
    return { finding: passed({ code: 'route-attached', values }), route: { kind: 'attached', network } };
  }
  const values = { address, by: used?.name ?? null, own };
  return { finding: passed({ code: 'route-routed', values }), route: { kind: 'routed', network } };
}

/** The network of an interface, whose CIDR has its own address: `192.168.1.0/24` of `192.168.1.5/24`; IPv6 as it is. */
function networkOf(cidr: string): string {
  const subnet = parseSubnet(cidr);
  return subnet === null ? cidr : formatSubnet(subnet);
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
  const advice = isIPv6(address) ? 'write-ipv4' : 'connect-machine';
  return failed({ code: 'route-none', values: { address, error: code } }, { code: advice, values: {} });
}
