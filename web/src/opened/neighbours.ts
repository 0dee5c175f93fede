// Which camera comes next, in the order of the wall, around its end.

import { openCamera, routedId } from '../route.ts';
import { cameras } from '../state.ts';

export function openNeighbour(step: 1 | -1): void {
  const ids = (cameras.value ?? []).map((camera) => camera.id);
  const at = ids.findIndex((id) => id === routedId.value);
  if (at < 0) return;
  openCamera(ids[(at + step + ids.length) % ids.length]!);
}

/** The camera at this place of the wall, from 1. */
export function openNth(place: number): void {
  const camera = cameras.value?.[place - 1];
  if (camera !== undefined) openCamera(camera.id);
}
