// Asks every network by multicast DNS for the services that cameras tell of (RFC 6762, RFC 6763), puts the answers
// together, and tells of each device. Answers count for the host that sent them only.

import { setTimeout as sleep } from 'node:timers/promises';
import { SightlineError } from '../base/errors.ts';
import { HostRecords, macOf, MAX_DNS_BYTES, readRecords, writeQuery } from './mdns-records.ts';
import type { DnsQuestion, ServiceInstance } from './mdns-records.ts';
import { openMulticast, type MulticastOptions, type MulticastSocket } from './multicast.ts';
import type { Interval } from './packet-budget.ts';
import { atServer } from './server-url.ts';
import type { Ground, LocalNetwork, Looker, Service, Sighting } from './types.ts';

const GROUP = '224.0.0.251';
const PORT = 5353;

/**
 * Who tells of what. `_rtsp`, `_http` and `_psia` stand in IANA's registry of service names; the rest are the makers'.
 * What only says `_http` may be anything with a page. The first that a device tells of gives its name.
 */
const SERVICES: readonly { readonly type: string; readonly kind: Service['kind']; readonly by: string }[] = [
  { type: '_onvif._tcp.local', kind: 'onvif', by: 'some ONVIF devices' },
  { type: '_axis-video._tcp.local', kind: 'http', by: 'Axis' },
  { type: '_psia._tcp.local', kind: 'http', by: 'Hikvision and others of the PSIA' },
  { type: '_rtsp._tcp.local', kind: 'rtsp', by: 'anything that streams by RTSP' },
  { type: '_http._tcp.local', kind: 'web', by: 'anything with a page' },
];
const TYPES = SERVICES.map(({ type }) => type);

/** RFC 6762, 5.2: the first two queries a second apart, then twice as long. */
const ROUNDS_MS: readonly number[] = [0, 1000, 3000];
const LAST_WAIT_MS = 700;
/** Answers that come together are followed up together. */
const FOLLOW_UP_MS = 150;
const MAX_FOLLOW_UPS = 20;
const MAX_QUESTIONS = 16;
const TOLD = 2;
const TELLING: Interval = [0, 2500];

export const mdns: Looker = {
  way: 'mdns',
  async look(ground: Ground): Promise<void> {
    const attached = ground.networks.filter((network) => network.attached);
    await Promise.all(attached.map((network) => lookThrough(network, ground)));
  },
};

async function lookThrough(network: LocalNetwork, ground: Ground): Promise<void> {
  const hosts = new Hosts(ground);
  const onDatagram = (bytes: Buffer, from: string): void => hosts.hear(bytes, from);
  const common = { network, group: GROUP, port: PORT, maxBytes: MAX_DNS_BYTES, onDatagram };
  // From a port of our own, answers come to us alone (RFC 6762, 6.7); beside the machine's responder, those to all.
  await using alone = await openMulticast(common);
  await using shared = await joinGroup(common, ground);
  const sockets = [alone, shared].filter((socket) => socket !== null);
  const over = new AbortController();
  const asked = ask(sockets, ground).finally(() => over.abort());
  await Promise.all([asked, alone === null ? null : followUp(alone, hosts, { ground, over: over.signal })]);
}

/** Joining and leaving a group is told to the network, twice each (RFC 3376, 5.1), by the kernel. */
async function joinGroup(options: MulticastOptions, { budget, signal }: Ground): Promise<MulticastSocket | null> {
  const packets = await budget.take(signal, 2 * TOLD);
  const leaving = packets.split(TOLD);
  const socket = await openMulticast({ ...options, join: true });
  if (socket === null) {
    packets.end();
    leaving.end();
    return null;
  }
  packets.later(TOLD, TELLING);
  return {
    send: (bytes) => socket.send(bytes),
    [Symbol.asyncDispose]: async () => {
      await socket[Symbol.asyncDispose]();
      leaving.later(TOLD, TELLING);
    },
  };
}

async function ask(sockets: readonly MulticastSocket[], { budget, signal }: Ground): Promise<void> {
  if (sockets.length === 0) return;
  const questions = TYPES.map((name): DnsQuestion => ({ name, type: 'PTR' }));
  let atMs = 0;
  for (const roundMs of ROUNDS_MS) {
    await pause(roundMs - atMs, signal);
    atMs = roundMs;
    for (const [index, socket] of sockets.entries()) {
      const packets = await budget.take(signal);
      await socket.send(writeQuery(questions, index === 0));
      packets.sent();
    }
  }
  await pause(LAST_WAIT_MS, signal);
}

/** Asks where instances are whose answers did not say. Ends with `over`; rejects with the reason of the ground's signal. */
async function followUp(
  socket: MulticastSocket,
  hosts: Hosts,
  { ground, over }: { ground: Ground; over: AbortSignal },
): Promise<void> {
  const until = AbortSignal.any([ground.signal, over]);
  for (let sent = 0; sent < MAX_FOLLOW_UPS;) {
    await sleep(FOLLOW_UP_MS, undefined, { signal: until }).catch(() => ground.signal.throwIfAborted());
    if (over.aborted) return;
    const questions = hosts.takeQuestions();
    if (questions.length === 0) continue;
    const packets = await ground.budget.take(ground.signal);
    await socket.send(writeQuery(questions, true));
    packets.sent();
    sent += 1;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** What the hosts of one network have told, and what was told of them. */
class Hosts {
  readonly #ground: Ground;
  readonly #hosts = new Map<string, HostRecords>();
  readonly #told = new Map<string, string>();
  readonly #asked = new Set<string>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  hear(bytes: Buffer, from: string): void {
    const records = recordsOf(bytes);
    if (records.length === 0) return;
    const host = this.#hosts.get(from) ?? new HostRecords(TYPES);
    this.#hosts.set(from, host);
    host.add(records);
    const instances = host.at(from);
    if (instances.length === 0) return;
    const sighting = sightingOf(instances, from);
    const text = JSON.stringify(sighting);
    if (this.#told.get(from) === text) return;
    this.#told.set(from, text);
    this.#ground.seen(sighting);
  }

  /** Each question once. */
  takeQuestions(): DnsQuestion[] {
    const missing = [...this.#hosts.values()].flatMap((host) => host.missing());
    const fresh = missing.filter(({ name, type }) => !this.#asked.has(`${type} ${name}`)).slice(0, MAX_QUESTIONS);
    for (const { name, type } of fresh) this.#asked.add(`${type} ${name}`);
    return fresh;
  }
}

function recordsOf(bytes: Buffer): ReturnType<typeof readRecords> {
  try {
    return readRecords(bytes);
  } catch (error) {
    if (error instanceof SightlineError) return [];
    throw error;
  }
}

/** What the instances of one host say of it. */
export function sightingOf(instances: readonly ServiceInstance[], from: string): Sighting {
  const bySpecialty = [...instances].sort((a, b) => TYPES.indexOf(a.type) - TYPES.indexOf(b.type));
  const services = bySpecialty.flatMap(({ type, port }) => serviceOf(type, from, port) ?? []);
  return {
    way: 'mdns',
    address: from,
    mac: bySpecialty.map(macOf).find((mac) => mac !== null) ?? null,
    name: bySpecialty[0]?.name ?? null,
    services: services.filter((each, index) => services.findIndex(({ port }) => port === each.port) === index),
  };
}

function serviceOf(type: string, host: string, port: number): Service | null {
  const kind = SERVICES.find((service) => service.type === type)?.kind;
  if (kind === undefined) return null;
  const server = `${kind === 'rtsp' ? 'rtsp' : 'http'}://${host}:${port}/`;
  return { kind, port, url: atServer(server, kind === 'onvif' ? '/onvif/device_service' : '/') };
}
