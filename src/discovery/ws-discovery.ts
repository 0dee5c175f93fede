// Asks every network for ONVIF devices (WS-Discovery 2005/04, 5; ONVIF Core, 7) and tells of each that answers. What a
// device says of its addresses is taken for itself only: we dial none but the host that answered.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SightlineError } from '../base/errors.ts';
import { openMulticast } from './multicast.ts';
import type { Interval } from './packet-budget.ts';
import type { Ground, LocalNetwork, Looker } from './types.ts';
import { isCamera, readProbeMatches, sightingOf, writeProbe } from './ws-discovery-message.ts';
import type { ProbeMatch, ProbeTypes } from './ws-discovery-message.ts';

const GROUP = '239.255.255.250';
const PORT = 3702;
/** A match has 1 to 4 KB; WS-Discovery, 2.4 bounds it to what fits one datagram. */
const MAX_BYTES = 32_768;
/** Probes are lost like any datagram, and devices asleep miss the first. */
const ROUNDS_MS: readonly number[] = [0, 400, 1600];
/** Devices wait up to 0.5 s before they answer (SOAP over UDP, appendix I), slow ones longer. */
const LAST_WAIT_MS = 1400;
/** So many devices that answer are expected to ask by ARP who we are before they can, which our kernel answers. */
const ASKERS = 20;
const ASKING: Interval = [0, 520];
const TYPES: readonly ProbeTypes[] = ['NetworkVideoTransmitter', null];

export const wsDiscovery: Looker = {
  way: 'ws-discovery',
  async look(ground: Ground): Promise<void> {
    const teller = new Teller(ground);
    const attached = ground.networks.filter((network) => network.attached);
    await Promise.all(attached.map((network) => lookThrough(network, ground, teller)));
  },
};

async function lookThrough(network: LocalNetwork, ground: Ground, teller: Teller): Promise<void> {
  const { budget, signal } = ground;
  await using socket = await openMulticast({
    network,
    group: GROUP,
    port: PORT,
    maxBytes: MAX_BYTES,
    onDatagram: (bytes, from) => teller.hear(bytes, from),
  });
  if (socket === null) return;
  let atMs = 0;
  for (const roundMs of ROUNDS_MS) {
    await sleepUntil(roundMs - atMs, signal);
    for (const types of TYPES) {
      const isFirst = roundMs === 0 && types === TYPES[0];
      const packets = await budget.take(signal, 1 + (isFirst ? ASKERS : 0));
      await socket.send(Buffer.from(writeProbe(randomUUID(), types)));
      packets.sent();
      if (isFirst) packets.later(ASKERS, ASKING);
    }
    atMs = roundMs;
  }
  await sleepUntil(LAST_WAIT_MS, signal);
}

async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Tells of each device once, and again only when it says something new. */
class Teller {
  readonly #ground: Ground;
  readonly #told = new Set<string>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  hear(bytes: Buffer, from: string): void {
    for (const match of matchesOf(bytes)) {
      if (!isCamera(match)) continue;
      const sighting = sightingOf(match, from);
      const text = JSON.stringify(sighting);
      if (this.#told.has(text)) continue;
      this.#told.add(text);
      this.#ground.seen(sighting);
    }
  }
}

function matchesOf(bytes: Buffer): ProbeMatch[] {
  try {
    return readProbeMatches(bytes);
  } catch (error) {
    if (error instanceof SightlineError) return [];
    throw error;
  }
}
