// IPv4 addresses and subnets as numbers, and which of them are private: discovery sends to no others.

/** A subnet: its first address as a number, and the length of its prefix. */
export interface Subnet {
  readonly first: number;
  readonly prefix: number;
}

/** RFC 1918 and RFC 3927: what a router at home or in a shop hands out, and what a device gives itself. */
const PRIVATE: readonly Subnet[] = [
  { first: 0x0a000000, prefix: 8 },
  { first: 0xac100000, prefix: 12 },
  { first: 0xc0a80000, prefix: 16 },
  { first: 0xa9fe0000, prefix: 16 },
];
/** 169.254.169.254: where clouds hand out their secrets. */
const NEVER = 0xa9fea9fe;

/** The number of an address written as four decimal numbers; null when it is not. */
export function parseIpv4(text: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return null;
  const bytes = match.slice(1).map(Number);
  if (bytes.some((byte, index) => byte > 255 || String(byte) !== match[index + 1])) return null;
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** `192.168.1.0/24`, or any address of it before the slash; null when it is none. */
export function parseSubnet(text: string): Subnet | null {
  const [address = '', bits = '', more] = text.split('/');
  const number = parseIpv4(address);
  if (number === null || more !== undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return null;
  return subnetAround(number, Number(bits));
}

export function subnetAround(address: number, prefix: number): Subnet {
  return { first: address - (address % sizeOf(prefix)), prefix };
}

export function formatSubnet({ first, prefix }: Subnet): string {
  return `${formatIpv4(first)}/${prefix}`;
}

/** How many addresses a prefix of this length has. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function holds(outer: Subnet, inner: Subnet): boolean {
  return inner.prefix >= outer.prefix && subnetAround(inner.first, outer.prefix).first === outer.first;
}

/** True when every address of it is private. */
export function isPrivate(subnet: Subnet): boolean {
  return PRIVATE.some((range) => holds(range, subnet));
}

/** True for a private address as text: of a LAN, or that a device gave itself. */
export function isPrivateAddress(address: string): boolean {
  const number = parseIpv4(address);
  return number !== null && number !== NEVER && isPrivate({ first: number, prefix: 32 });
}

/** The addresses of a subnet that hosts may have: neither its own nor its broadcast address. */
export function* hostsOf({ first, prefix }: Subnet): Generator<number> {
  const edge = prefix >= 31 ? 0 : 1;
  const end = first + sizeOf(prefix) - edge;
  for (let address = first + edge; address < end; address++) if (address !== NEVER) yield address;
}

/** True when an address, as text, is one of a subnet, as text. */
export function isIn(address: string, cidr: string): boolean {
  const number = parseIpv4(address);
  const subnet = parseSubnet(cidr);
  return number !== null && number !== NEVER && subnet !== null && holds(subnet, { first: number, prefix: 32 });
}
