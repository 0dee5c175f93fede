// Push to the viewer's last byte: a viewer of the product beside viewers of what stands in the field, each of which
// reads the same camera. The frame's number is read from the picture's own pixels after the window.

import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import type { Part } from '../ground/mjpeg-reader.ts';
import { startServer } from '../ground/server.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';
import { agesSincePush } from '../ground/strips.ts';
import { startPeers } from './peers.ts';

const SETTLE_MS = 3000;

interface Side {
  readonly name: string;
  /** null: not on this machine. */
  readonly address: { readonly port: number; readonly path: string } | null;
  /** One list of delays a window, milliseconds. */
  readonly windows: number[][];
}

export async function viewerDelay(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const ours: Side = { name: 'ours', address: { port: server.port, path: '/cameras/cam/stream.mjpeg' }, windows: [] };
  const { peers, stop } = await startPeers(context, camera);
  const others: Side[] = peers.map((peer) => ({ ...peer, windows: [] }));
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`push to viewer, round ${round + 1} of ${context.rounds}`);
    for (const side of [ours, ...others]) await measure(context, camera, side);
  }
  await stop();
  await server.stop();
  await camera.stop();
  return [figure(ours, others, 0.5, 12), figure(ours, others, 0.95, 20)];
}

function figure(ours: Side, others: readonly Side[], share: number, limitMs: number): Figure {
  const of = (side: Side) => spread(side.windows.map((ages) => percentile(ages, share)));
  return {
    name: `push to viewer's last byte, p${share * 100}`,
    unit: 'ms',
    ours: of(ours),
    peers: others.map((side) => ({ name: side.name, value: side.address === null ? null : of(side) })),
    target: { of: 'ours', bound: 'at most', value: limitMs },
  };
}

async function measure(context: Context, camera: Camera, side: Side): Promise<void> {
  if (side.address === null) return;
  side.windows.push(await viewerAges(camera, side.address.port, side.address.path, context.windowMs));
}

/** Watches for so long; the delay of each picture in milliseconds. Rejects when one in twenty has no readable strip. */
export async function viewerAges(camera: Camera, port: number, path: string, windowMs: number): Promise<number[]> {
  let parts: Part[] = [];
  const viewer = openMjpeg(port, path, (part) => parts.push(part));
  await Promise.race([delay(SETTLE_MS), viewer.ended]);
  parts = [];
  await Promise.race([delay(windowMs), viewer.ended]);
  viewer.close();
  await viewer.ended;
  return agesSincePush(
    camera,
    parts.map(({ bytes, lastByteUs }) => ({ jpeg: bytes, atUs: lastByteUs })),
  );
}
