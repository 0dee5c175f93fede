// What is known of one address, or of all addresses of one device: the best that the sightings said, whatever their order.
// Joining is associative, commutative and idempotent; identity.ts decides what is joined.

import { makerByMac, makerNamed } from './makers/makers.ts';
import type { FoundStream, Service, Sighting, Way } from './types.ts';

/** Who is believed first about names, models, streams: the device itself by a protocol for it, then by less. */
const RANK: Readonly<Record<Way, number>> = {
  onvif: 0,
  phone: 1,
  'ws-discovery': 2,
  mdns: 3,
  paths: 4,
  ports: 5,
  neighbours: 6,
};
const KIND_ORDER: readonly Service['kind'][] = ['rtsp', 'onvif', 'phone', 'http', 'web'];
/** Of one address; a device that claims more is not believed. */
const MAX_SERVICES = 32;
const MAX_STREAMS = 64;

/** A text and how well it is known; the smaller of two equally known ones, so that order does not matter. */
export interface Known {
  readonly value: string;
  readonly rank: number;
}

type TextName = 'mac' | 'serial' | 'endpoint' | 'name' | 'maker' | 'model';

export interface Facts {
  readonly texts: Readonly<Record<TextName, Known | null>>;
  readonly ways: ReadonlySet<Way>;
  /** By all that they consist of. */
  readonly services: ReadonlyMap<string, Service>;
  /** By source. */
  readonly streams: ReadonlyMap<string, FoundStream>;
  readonly asksPassword: boolean;
}

export function factsOf(sighting: Sighting): Facts {
  const { way, services = [], streams = [] } = sighting;
  const rank = RANK[way];
  const known = (value: string | null | undefined): Known | null => (value == null ? null : { value, rank });
  return {
    texts: {
      // The kernel knows better than the device by which MAC it is spoken to.
      mac: sighting.mac == null ? null : { value: sighting.mac, rank: way === 'neighbours' ? -1 : rank },
      serial: known(sighting.serial),
      endpoint: known(sighting.endpoint),
      name: known(sighting.name),
      maker: sighting.maker == null ? null : known(makerNamed(sighting.maker)),
      model: known(sighting.model),
    },
    ways: new Set([way]),
    services: new Map(services.map((service) => [`${service.kind} ${service.port} ${service.url}`, service])),
    streams: new Map(streams.map((stream) => [stream.source, stream])),
    asksPassword: sighting.needsPassword === true,
  };
}

export function joinFacts(one: Facts, other: Facts): Facts {
  const text = (name: TextName): Known | null => better(one.texts[name], other.texts[name]);
  return {
    texts: {
      ...{ mac: text('mac'), serial: text('serial'), endpoint: text('endpoint') },
      ...{ name: text('name'), maker: text('maker'), model: text('model') },
    },
    ways: new Set([...one.ways, ...other.ways]),
    services: bounded(new Map([...one.services, ...other.services]), MAX_SERVICES),
    streams: bounded(joinStreams(one.streams, other.streams), MAX_STREAMS),
    asksPassword: one.asksPassword || other.asksPassword,
  };
}

function better(one: Known | null, other: Known | null): Known | null {
  if (one === null || other === null) return one ?? other;
  if (one.rank !== other.rank) return one.rank < other.rank ? one : other;
  return one.value <= other.value ? one : other;
}

/** Those that sort first, however they came. */
function bounded<T>(map: Map<string, T>, limit: number): Map<string, T> {
  return map.size <= limit ? map : new Map([...map].sort(([a], [b]) => compare(a, b)).slice(0, limit));
}

function joinStreams(one: Facts['streams'], other: Facts['streams']): Map<string, FoundStream> {
  const joined = new Map(one);
  for (const [source, stream] of other) {
    const known = joined.get(source);
    joined.set(source, known === undefined || compareStreams(stream, known) < 0 ? stream : known);
  }
  return joined;
}

/** Best first: what was opened, then by who says so, then the larger, then by the text. */
export function compareStreams(one: FoundStream, other: FoundStream): number {
  return (
    Number(other.confirmed) - Number(one.confirmed) ||
    kindRank(one) - kindRank(other) ||
    RANK[one.way] - RANK[other.way] ||
    other.width * other.height - one.width * one.height ||
    compare(one.label, other.label) ||
    compare(JSON.stringify(one), JSON.stringify(other))
  );
}

/** Streams of video before single pictures. */
function kindRank({ source }: FoundStream): number {
  return source.startsWith('rtsp') ? 0 : 1;
}

/** The services as they are shown: those of which nothing is known but that they speak HTTP only where nothing more is. */
export function servicesOf(facts: Facts): Service[] {
  const all = [...facts.services.values()];
  const known = new Set(all.filter(({ kind }) => kind !== 'web').map(placeOf));
  return all
    .filter((service) => service.kind !== 'web' || !known.has(placeOf(service)))
    .sort(
      (a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || a.port - b.port || compare(a.url, b.url),
    );
}

/** The streams as they are shown: what was guessed only where the device named nothing like it. */
export function streamsOf(facts: Facts): FoundStream[] {
  const all = [...facts.streams.values()].sort(compareStreams);
  const named = all.filter(({ way }) => way !== 'paths');
  const isNamed = (guess: FoundStream): boolean =>
    named.some(({ codec, width, height }) => codec === guess.codec && width === guess.width && height === guess.height);
  return all.filter((stream) => stream.way !== 'paths' || !isNamed(stream));
}

export function makerOf({ texts: { maker, mac } }: Facts): string | null {
  const told = maker !== null && maker.rank <= RANK.mdns ? maker.value : null;
  return told ?? (mac === null ? null : makerByMac(mac.value)) ?? maker?.value ?? null;
}

/** Host and port: URLs of different schemes leave different ports away. */
function placeOf({ url, port }: Service): string {
  return `${URL.parse(url)?.hostname ?? url}:${port}`;
}

export function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
