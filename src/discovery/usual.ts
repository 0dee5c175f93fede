// All ways of looking and all inspectors, as the command and the server run them: the one visible table.

import { mdns } from './mdns.ts';
import { neighbours } from './neighbours.ts';
import { onvif } from './onvif.ts';
import { createPaths } from './paths.ts';
import { phones } from './phones.ts';
import { ports } from './ports.ts';
import type { Inspector, Looker } from './types.ts';
import { wsDiscovery } from './ws-discovery.ts';

/** For one run. All look at the same time. */
export function usualWays(): Looker[] {
  return [neighbours, wsDiscovery, mdns];
}

/** For one run. The first that has something to look at is asked first: what a device says itself spares the guessing. */
export function usualInspectors(): Inspector[] {
  return [onvif, ports, phones, createPaths()];
}
