// A search for cameras, turned into the answer of the HTTP contract. A device at whose address a configured camera is
// opened is shown as that camera's.

import { wallIso } from '../../base/clock.ts';
import type { ControlView } from '../../link/control-view.ts';
import type { FoundCamera, SearchInfo } from '../../link/found.ts';
import type { Discovery } from './contract-discovery.ts';

export function presentDiscovery(info: SearchInfo, view: ControlView): Discovery {
  const time = (us: number | null): string | null => (us === null ? null : wallIso(us));
  const configured = idsByHost(view);
  return {
    state: info.state,
    startedAt: time(info.startedUs),
    endedAt: time(info.endedUs),
    expiresAt: time(info.expiresUs),
    networks: [...info.networks],
    cameras: info.cameras.map((camera) => presentFound(camera, configured)),
    problem: info.problem === null ? null : { ...info.problem },
  };
}

function presentFound(found: FoundCamera, configured: ReadonlyMap<string, string[]>): Discovery['cameras'][number] {
  const { id, address, otherAddresses, mac, serial, name, maker, model, needsPassword } = found;
  return {
    ...{ id, address, mac, serial, name, maker, model, needsPassword },
    otherAddresses: [...otherAddresses],
    ways: [...found.ways],
    services: found.services.map((service) => ({ ...service })),
    streams: found.streams.map((stream) => ({ ...stream })),
    cameras: [address, ...otherAddresses].flatMap((each) => configured.get(each) ?? []),
  };
}

function idsByHost(view: ControlView): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, wishes, moved } of view.cameras()) {
    const { hostname = '' } = URL.parse(wishes.source) ?? {};
    const host = moved?.to ?? hostname.replaceAll(/[[\]]/g, '');
    if (host !== '') ids.set(host, [...(ids.get(host) ?? []), id]);
  }
  return ids;
}
