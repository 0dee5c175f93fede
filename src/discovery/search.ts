// A search that the server leads for somebody at the page or a program: the usual ways over the networks that were
// wished for, told as a whole each time. Control has it handed in by the composition root.

import type { SearchWish } from '../link/found.ts';
import { localNetworks } from './networks.ts';
import type { PacketBudget } from './packet-budget.ts';
import { discover } from './run.ts';
import type { FoundCamera } from './types.ts';
import { usualInspectors, usualWays } from './usual.ts';

export interface NearbyRequest {
  readonly wish: SearchWish;
  readonly signal: AbortSignal;
  /** All that was found until now, each time something is new. */
  readonly onFound: (cameras: readonly FoundCamera[]) => void;
}

/** Begins to look, out of that budget. Throws `request-invalid` for a network that is not private, or none. */
export function searchNearby(
  request: NearbyRequest,
  budget: PacketBudget,
): { networks: string[]; ended: Promise<void> } {
  const { subnet, address } = request.wish;
  const networks = localNetworks({ subnet: address === null ? subnet : `${address}/32` });
  return { networks: networks.map(({ cidr }) => cidr), ended: look(request, networks, budget) };
}

async function look(
  { wish, signal, onFound }: NearbyRequest,
  networks: ReturnType<typeof localNetworks>,
  budget: PacketBudget,
): Promise<void> {
  const found = new Map<string, FoundCamera>();
  await discover({
    ...{ networks, ways: usualWays(), inspectors: usualInspectors(), login: wish.login, signal, budget },
    onCamera(camera, replaces) {
      for (const id of replaces) found.delete(id);
      found.set(camera.id, camera);
      onFound([...found.values()]);
    },
  });
  signal.throwIfAborted();
}
