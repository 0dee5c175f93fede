// Where discovery may look: the private IPv4 subnets that this machine is attached to, or one that a person names. Large
// ones are cut down to what is around our own address, and say so.

import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';
import { SightlineError } from '../base/errors.ts';
import { formatSubnet, holds, hostsOf, isPrivate, parseIpv4, parseSubnet, subnetAround } from './ipv4.ts';
import type { Subnet } from './ipv4.ts';
import type { LocalNetwork } from './types.ts';

/** 1,024 addresses: the largest that is looked through without having been named. */
const LARGEST_PREFIX = 22;
/** What is looked through of a larger one. */
const CUT_PREFIX = 24;
/** Of containers, virtual machines and tunnels: cameras are seldom there, so these are looked through last. */
const INNER = /^(?:docker|br-|virbr|veth|cni|podman|lxc|lxd|vmnet|vboxnet|tun|tap|wg|utun|zt|tailscale)/;
/** Even when it is named: 65,536 addresses take twenty minutes. */
const LARGEST_NAMED_PREFIX = 16;

export interface NetworkWishes {
  /** Only this interface of the machine: `eth0`. */
  readonly interface?: string | null;
  /** Only this subnet, of whatever size up to /16: `192.168.1.0/24`. Must be private. */
  readonly subnet?: string | null;
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Every address of this machine: no device that is looked for has one of them. */
export function ownAddresses(interfaces: Interfaces = networkInterfaces()): ReadonlySet<string> {
  return new Set(Object.values(interfaces).flatMap((list = []) => list.map(({ address }) => address)));
}

interface Attachment {
  readonly interface: string;
  readonly address: string;
  readonly subnet: Subnet;
}

/** Where to look; may be nowhere. Throws `request-invalid` for an interface or a subnet that cannot be meant. */
export function localNetworks(
  wishes: NetworkWishes = {},
  interfaces: Interfaces = networkInterfaces(),
): LocalNetwork[] {
  const all = attachments(interfaces);
  const { interface: name, subnet } = wishes;
  if (name != null && interfaces[name] === undefined) {
    throw refused(`There is no interface ${name}`, `This machine has ${Object.keys(interfaces).join(', ')}.`);
  }
  const chosen = name == null ? all : all.filter((each) => each.interface === name);
  if (subnet != null) return [named(subnet, chosen)];
  if (name != null && chosen.length === 0) {
    throw refused(`${name} has no private IPv4 address`, 'Choose another interface, or name a subnet with --subnet.');
  }
  const isInner = ({ interface: each }: Attachment): boolean => INNER.test(each);
  return [...chosen.filter((each) => !isInner(each)), ...chosen.filter(isInner)].map(cutDown);
}

function attachments(interfaces: Interfaces): Attachment[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, internal, address, cidr }): Attachment[] => {
      const subnet = family === 'IPv4' && !internal && cidr !== null ? parseSubnet(cidr) : null;
      const isUsable = subnet !== null && subnet.prefix <= 30 && isPrivate(subnet);
      return isUsable ? [{ interface: name, address, subnet }] : [];
    }),
  );
}

function cutDown({ interface: name, address, subnet }: Attachment): LocalNetwork {
  const whole = formatSubnet(subnet);
  const base = { interface: name, address, attached: true };
  if (subnet.prefix >= LARGEST_PREFIX) return { ...base, cidr: whole, partOf: null };
  const around = subnetAround(parseIpv4(address) ?? subnet.first, CUT_PREFIX);
  return { ...base, cidr: formatSubnet(around), partOf: whole };
}

function named(text: string, among: readonly Attachment[]): LocalNetwork {
  const subnet = parseSubnet(text);
  if (!subnet) {
    const one = parseIpv4(text) === null ? '' : `${text}/32 is this address alone. `;
    throw refused(`${text} is not an IPv4 subnet`, `${one}Write one such as 192.168.1.0/24.`);
  }
  if (!isPrivate(subnet)) {
    throw refused(
      `${formatSubnet(subnet)} is not a private subnet`,
      'Cameras are looked for in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 169.254.0.0/16 only.',
    );
  }
  if (hostsOf(subnet).next().done === true) {
    throw refused(`${formatSubnet(subnet)} is never asked`, 'There clouds hand out their secrets: it is no camera.');
  }
  if (subnet.prefix < LARGEST_NAMED_PREFIX) {
    throw refused(
      `${formatSubnet(subnet)} has more than 65,536 addresses`,
      'Name a part of it, at most a /16 at a time.',
    );
  }
  const cidr = formatSubnet(subnet);
  const ours = among.find((each) => holds(each.subnet, subnet));
  if (ours) return { interface: ours.interface, address: ours.address, cidr, partOf: null, attached: true };
  return { interface: '', address: '', cidr, partOf: null, attached: false };
}

function refused(text: string, hint: string): SightlineError {
  return new SightlineError('request-invalid', text, { hint });
}
