// Which sightings are of the same device: by MAC, else by ONVIF's endpoint or serial number, else by address. Names never
// count: half of all cameras are called IPC. The order of the sightings does not matter.

import { compare, factsOf, joinFacts, makerOf, servicesOf, streamsOf } from './facts.ts';
import type { Facts } from './facts.ts';
import { parseIpv4 } from './ipv4.ts';
import { makesOnlyCameras } from './makers/makers.ts';
import type { FoundCamera, Service, Sighting } from './types.ts';

interface Member {
  readonly address: string;
  /** The address, for sorting. */
  readonly number: number;
  readonly facts: Facts;
}

type Group = readonly Member[];

/** What was last made of a group: of hundreds of devices few change at a time. */
interface Known {
  readonly group: Group;
  readonly device: FoundCamera;
}

/** Collects sightings, and tells at any time which devices they are of. */
export class Identity {
  readonly #members = new Map<string, Member>();
  /** By the first of the group. */
  readonly #known = new WeakMap<Member, Known>();
  #devices: readonly FoundCamera[] | null = null;

  add(sighting: Sighting): void {
    const { address } = sighting;
    const known = this.#members.get(address);
    const fresh = factsOf(sighting);
    const facts = known === undefined ? fresh : joinFacts(known.facts, fresh);
    this.#members.set(address, { address, number: parseIpv4(address) ?? 0, facts });
    this.#devices = null;
  }

  /** Everything that was seen, cameras or not, by address. One of which nothing new was seen is the same object again. */
  devices(): readonly FoundCamera[] {
    this.#devices ??= this.#describeAll(groupsOf([...this.#members.values()]));
    return this.#devices;
  }

  #describeAll(groups: readonly Group[]): FoundCamera[] {
    const described = groups.map((group) => this.#describe(group));
    const ids = described.map(idsOf);
    const counts = new Map<string, number>();
    for (const id of ids.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
    const named = groups.map((group, index) => {
      const device = described[index]!;
      const id = ids[index]?.find((each) => counts.get(each) === 1) ?? device.id;
      const known = device.id === id ? device : { ...device, id };
      this.#known.set(group[0]!, { group, device: known });
      return known;
    });
    const numberOf = ({ address }: FoundCamera): number => this.#members.get(address)?.number ?? 0;
    return named.sort((a, b) => numberOf(a) - numberOf(b));
  }

  #describe(group: Group): FoundCamera {
    const known = this.#known.get(group[0]!);
    const isSame = known?.group.length === group.length && known.group.every((member, at) => member === group[at]);
    return isSame ? known.device : describe(group);
  }
}

/** True when pictures come from there: it has RTSP, ONVIF, or pages of a camera. */
export function isCamera({ services, streams }: FoundCamera): boolean {
  return streams.length > 0 || services.some(({ kind }) => kind !== 'web');
}

function groupsOf(members: readonly Member[]): Group[] {
  const sorted = [...members].sort((a, b) => a.number - b.number);
  const withMac = sorted.filter(({ facts }) => facts.texts.mac !== null);
  const groups = [...by(withMac, ({ facts }) => facts.texts.mac?.value ?? '').values()].flatMap(splitStrangers);
  const without = sorted.filter(({ facts }) => facts.texts.mac === null);
  return joinStrays(groups, without);
}

/** Behind a repeater several devices answer with its MAC: those who name themselves differently are not the same. */
function splitStrangers(group: Group): Group[] {
  for (const name of ['endpoint', 'serial'] as const) {
    const split = by(group, ({ facts }) => facts.texts[name]?.value ?? '');
    const named = [...split.keys()].filter((key) => key !== '');
    if (named.length < 2) continue;
    const nameless = (split.get('') ?? []).map((member) => [member]);
    return [...named.flatMap((key) => splitStrangers(split.get(key) ?? [])), ...nameless];
  }
  return [group];
}

/** Who has no MAC (behind a router) belongs to the one device with its endpoint or serial, or to others of the kind. */
function joinStrays(groups: readonly Group[], strays: readonly Member[]): Group[] {
  const joined = groups.map((group) => [...group]);
  const left = by(strays, nameOf);
  for (const [name, members] of left) {
    const hosts = name === '' ? [] : joined.filter((group) => group.some((member) => nameOf(member) === name));
    const [host] = hosts;
    if (host !== undefined && hosts.length === 1) host.push(...members);
    else if (name === '') joined.push(...members.map((member) => [member]));
    else joined.push(members);
  }
  return joined;
}

/** What tells a device from all others beside its MAC; empty when nothing does. */
function nameOf({ facts }: Member): string {
  const { endpoint, serial } = facts.texts;
  if (endpoint !== null) return `endpoint:${endpoint.value}`;
  return serial === null ? '' : `serial:${makerOf(facts) ?? ''}/${serial.value}`;
}

function describe(group: Group): FoundCamera {
  const facts = group.map((member) => member.facts).reduce(joinFacts);
  const { serial, endpoint, name, model, mac } = facts.texts;
  const streams = streamsOf(facts);
  const maker = makerOf(facts);
  const addresses = [...group].sort((a, b) => rankOf(a) - rankOf(b)).map(({ address }) => address);
  const [address = ''] = addresses;
  return {
    id: `address:${address}`,
    ...{ address, otherAddresses: addresses.slice(1), mac: mac?.value ?? null },
    ...{ serial: serial?.value ?? null, endpoint: endpoint?.value ?? null, name: name?.value ?? null },
    ...{ maker, model: model?.value ?? null, ways: [...facts.ways].sort(compare) },
    ...{ services: servicesOf(facts).map((service) => asPages(service, maker)), streams },
    needsPassword: facts.asksPassword && !streams.some(({ confirmed }) => confirmed),
  };
}

/** The pages of what a maker of nothing but cameras made are a camera's, whatever their server calls itself. */
function asPages(service: Service, maker: string | null): Service {
  return service.kind === 'web' && maker !== null && makesOnlyCameras(maker) ? { ...service, kind: 'http' } : service;
}

/** The address with the most to offer comes first, then the lowest. */
function rankOf({ number, facts }: Member): number {
  return number + (facts.services.size > 0 || facts.streams.size > 0 ? 0 : 2 ** 32);
}

/** By what it may be called, best first. */
function idsOf({ mac, endpoint, serial, maker, address }: FoundCamera): string[] {
  return [
    ...(mac === null ? [] : [`mac:${mac}`]),
    ...(endpoint === null ? [] : [`endpoint:${endpoint}`]),
    ...(serial === null ? [] : [`serial:${maker ?? ''}/${serial}`]),
    `address:${address}`,
  ];
}

function by<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
