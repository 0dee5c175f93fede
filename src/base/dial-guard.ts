// Whom we dial for somebody who asked through the API: never this machine's own services, so that an address sent to
// us cannot reach what only we can. A name is resolved once, every address that it has is judged, and the connection
// goes to one of those, so that a name which changes its address between two questions gains nothing.

import { lookup as resolveName } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SightlineError } from './errors.ts';
import { HINTS } from './hints.ts';

/** Rules as plain data: they cross to the process that dials. */
export interface DialRules {
  /** Networks (`127.0.0.0/8`) of this machine that may be dialled; others need no entry. */
  readonly allowed: readonly string[];
  /** Ports that we listen on ourselves: refused on every address of this machine, allowed or not. */
  readonly ownPorts: readonly number[];
}

/** Never dialled: the unspecified addresses, which mean this machine, and where clouds hand out their secrets. */
const NEVER = blockList(['0.0.0.0/8', '::/128', '169.254.169.254/32', 'fd00:ec2::254/128', '255.255.255.255/32']);
/** First six groups of 64:ff9b::/96, in decimal. */
const NAT64 = '100:65435:0:0:0:0';
const MAPPED = '0:0:0:0:0:65535';
const LOOPBACK = blockList(['127.0.0.0/8', '::1/128']);

/** Judges each address before it is dialled. */
export class DialGuard {
  readonly #rules: () => DialRules | null;

  /** `rules` is asked at each dial; null lets everything pass. */
  constructor(rules: () => DialRules | null) {
    this.#rules = rules;
  }

  /** What `connect` shall be given as `lookup`; undefined without rules. Throws `source-forbidden` for an IP address. */
  lookupFor(host: string, port: number): LookupFunction | undefined {
    const rules = this.#rules();
    if (rules === null) return undefined;
    // The system is not asked about an address, so that it is judged here.
    if (isIP(host) !== 0) judge(rules, { host, address: host, port });
    return (name, options, done) => {
      resolveName(name, { ...options, all: true }, (error, found) => {
        const refusal = error ?? refusalOf(rules, found, name, port);
        if (refusal) done(refusal, '', 0);
        else if (options.all === true) done(null, found);
        else done(null, found[0]!.address, found[0]!.family);
      });
    };
  }
}

interface Candidate {
  /** As it was asked for. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

function refusalOf(
  rules: DialRules,
  found: readonly LookupAddress[],
  host: string,
  port: number,
): SightlineError | null {
  try {
    for (const { address } of found) judge(rules, { host, address, port });
    return null;
  } catch (error) {
    return SightlineError.from(error);
  }
}

function judge(rules: DialRules, { host, address, port }: Candidate): void {
  const plain = withoutDisguise(address);
  const named = host === address ? host : `${host} (${address})`;
  if (contains(NEVER, plain)) throw forbidden(`${named} is an address that no camera has`, HINTS.ownAddress);
  if (!contains(LOOPBACK, plain) && !isOurs(plain)) return;
  if (rules.ownPorts.includes(port)) throw forbidden(`${named} port ${port} is this server itself`, HINTS.ownAddress);
  if (!contains(blockList(rules.allowed), plain)) throw forbidden(`${named} is this machine`);
}

function forbidden(text: string, hint?: string): SightlineError {
  const options = hint === undefined ? {} : { hint };
  return new SightlineError('source-forbidden', `${text}: sources added here may not point there`, options);
}

/** The IPv4 address inside an IPv6 one: mapped (::ffff:0:0/96), compatible (::/96) or of NAT64 (64:ff9b::/96). */
function withoutDisguise(address: string): string {
  if (isIPv4(address)) return address;
  const [plain = ''] = address.split('%');
  const groups = groupsOf(plain);
  if (groups === null) return plain;
  const head = groups.slice(0, 6).join(':');
  const tail = [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join('.');
  const isCompatible = head === '0:0:0:0:0:0' && (groups[6]! > 0 || groups[7]! > 1);
  const isMapped = head === MAPPED || head === NAT64;
  return isMapped || isCompatible ? tail : plain;
}

/** The eight groups of an IPv6 address; null when it is none. */
function groupsOf(address: string): readonly number[] | null {
  const host = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
  if (host === undefined) return null;
  const [left = '', right] = host.split('::');
  const read = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = read(left);
  const after = read(right ?? '');
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function isOurs(address: string): boolean {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return interfaces.some((each) => each.address === address);
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** For sources that a person wrote down: may dial whatever they like. */
export const UNGUARDED = new DialGuard(() => null);
