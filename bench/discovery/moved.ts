// How soon a camera is shown again whose address changed: a server in a LAN of network namespaces, a GStreamer camera that
// gets another address, as from a router, and somebody else at its old one.

import { setTimeout as sleep } from 'node:timers/promises';
import { spread } from '../../src/bench/statistics.ts';
import type { Camera } from '../../src/gateway/api/contract.ts';
import { LabServer } from '../../test/fixtures/lab-server.ts';
import { Lab, LAB_REFUSAL } from '../../test/fixtures/lab.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';

const AT = '192.168.61.20';
const THEN = '192.168.61.31';
const LIMIT_MS = 120_000;
/** The server looks up the MAC of a live camera within so long. */
const LEARNED_MS = 5000;

export async function movedCamera(context: Context): Promise<Figure[]> {
  if (LAB_REFUSAL !== null) throw new Error(LAB_REFUSAL);
  const seconds: number[] = [];
  const rounds = context.quick ? 1 : 3;
  for (let round = 0; round < rounds; round++) {
    context.note(`a camera whose address changes, round ${round + 1} of ${rounds}`);
    seconds.push((await followed()) / 1000);
  }
  return [
    {
      name: 'a camera whose address changed: live again after it answers at the new one',
      unit: 's',
      ours: spread(seconds),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 30 },
    },
  ];
}

async function followed(): Promise<number> {
  await using lab = await Lab.open();
  const camera = await lab.host({ address: AT, mac: 'c0:56:e3:00:00:20' });
  await using gstreamer = await startRtspCamera({ place: camera, port: 554, mounts: { '/live': '320x240' } });
  const home = await lab.host({ address: '192.168.61.2', mac: '02:00:00:00:00:02' });
  const source = new URL('/live', gstreamer.url).href;
  await using server = await LabServer.start(home, { cameras: { door: { source, always: true } } });
  await server.until<Camera>('/api/cameras/door', ({ status }) => status.state === 'live', LIMIT_MS);
  await sleep(LEARNED_MS);
  await camera.moveTo(THEN);
  await lab.host({ address: AT, mac: '02:00:00:00:00:99' });
  const begunMs = performance.now();
  const isBack = ({ status }: Camera): boolean => status.moved?.to === THEN && status.state === 'live';
  await server.until<Camera>('/api/cameras/door', isBack, LIMIT_MS);
  return performance.now() - begunMs;
}
