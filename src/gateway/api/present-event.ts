// An event that is kept, turned into the answer of the HTTP contract.

import type { KeptEvent } from '../../link/processors.ts';
import { addressOf } from './contract-addresses.ts';
import type { CameraEvent } from './contract-events.ts';

/** `base`: the path below which the server is shown, with a slash at both ends. */
export function presentEvent(event: KeptEvent, hasPicture: boolean, base: string): CameraEvent {
  const { id, camera, uid, processor, type, capturedUnixUs, clock, sequence, boxes, data } = event;
  const path = addressOf('getEventSnapshot').path.replace('{event}', String(id));
  return {
    ...{ id, camera, uid, processor, type, capturedAt: new Date(capturedUnixUs / 1000).toISOString() },
    ...{ clock, sequence, boxes: [...boxes], data },
    snapshot: hasPicture ? `${base}${path.slice(1)}` : null,
  };
}
