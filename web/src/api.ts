// What the page knows of the API: the shapes of its answers, by the gateway's contract, and the addresses it asks.

import type { Camera } from '../../src/gateway/api/contract.ts';

export type { Camera };
export type Status = Camera['status'];

/** The picture that never ends, as a path of this server. */
export function streamPath(id: string): string {
  return `/cameras/${id}/stream.mjpeg`;
}

/** One fresh picture, as a path of this server. */
export function snapshotPath(id: string): string {
  return `/cameras/${id}/snapshot.jpg`;
}

/** The page's own address of a camera. */
export function cameraPath(id: string): string {
  return `/cameras/${id}`;
}
