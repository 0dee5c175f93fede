// One way of looking, on a host of a lab: `node looker.ts WAY NETWORK`, the network as JSON. Each sighting is a line of
// JSON; a last line tells how many packets of the budget it took and how long.

import { mdns } from '../../src/discovery/mdns.ts';
import { PacketBudget } from '../../src/discovery/packet-budget.ts';
import type { LocalNetwork, Looker, Sighting } from '../../src/discovery/types.ts';
import { wsDiscovery } from '../../src/discovery/ws-discovery.ts';
import type { LabHost } from '../fixtures/lab.ts';
import { fileURLToPath } from 'node:url';

const WAYS: Readonly<Record<string, Looker>> = { 'ws-discovery': wsDiscovery, mdns };

export interface LookerRun {
  readonly seen: readonly (Sighting & { readonly afterMs: number })[];
  readonly granted: number;
  readonly tookMs: number;
}

/** Looks from a host of a lab at its network, a /24. */
export async function lookFrom(host: LabHost, way: string): Promise<LookerRun> {
  const cidr = `${host.address.split('.').slice(0, 3).join('.')}.0/24`;
  const network: LocalNetwork = { interface: 'eth0', address: host.address, cidr, partOf: null, attached: true };
  const said = await host.run(process.execPath, [fileURLToPath(import.meta.url), way, JSON.stringify(network)]);
  const lines = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { seen: lines.slice(0, -1), ...lines.at(-1) } as unknown as LookerRun;
}

async function main(way: string, network: string): Promise<void> {
  const budget = new PacketBudget();
  const from = performance.now();
  const elapsed = (): number => Math.round(performance.now() - from);
  await WAYS[way]?.look({
    networks: [JSON.parse(network) as LocalNetwork],
    login: null,
    budget,
    signal: new AbortController().signal,
    seen: (sighting) => console.log(JSON.stringify({ ...sighting, afterMs: elapsed() })),
  });
  console.log(JSON.stringify({ granted: budget.granted, tookMs: elapsed() }));
}

if (import.meta.main) await main(process.argv[2] ?? '', process.argv[3] ?? '');
