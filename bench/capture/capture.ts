// Capture: CPU from RTSP to JPEG for each frame, of ingest and codec together with one viewer, beside ffmpeg alone.

import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { chooseQuality } from '../ground/quality.ts';
import type { Chosen } from '../ground/quality.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';
import { ffmpegFrameMs, matchQuality } from './ffmpeg-peer.ts';
import { meanLumaQuantiser } from './quantisation.ts';

const SETTLE_MS = 2000;

export async function capture(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const chosen = await chooseQuality(context, server.port, 'cam');
  const matched = matchQuality(context, chosen.meanBytes);
  const own: OwnCosts = { frameMs: [], bytes: [], quantisers: [] };
  const peerMs: number[] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`capture, round ${round + 1} of ${context.rounds}`);
    await measureOwn(context, server, chosen, own);
    peerMs.push(await ffmpegFrameMs(context, camera.url(), matched.quantiser));
  }
  await server.stop();
  await camera.stop();
  return [
    {
      name: 'capture: CPU from RTSP to JPEG for a frame',
      unit: 'ms',
      ours: spread(own.frameMs),
      peers: [{ name: 'ffmpeg', value: spread(peerMs) }],
      target: { of: 'ratio', bound: 'at most', value: 0.8 },
    },
    {
      name: `capture: mean JPEG (quality ${chosen.quality}, -q:v ${matched.quantiser})`,
      unit: 'bytes',
      ours: spread(own.bytes),
      peers: [{ name: 'ffmpeg', value: spread([matched.meanBytes]) }],
      target: null,
    },
    {
      name: 'capture: mean luma quantiser',
      unit: '',
      ours: spread(own.quantisers),
      peers: [{ name: 'ffmpeg', value: spread([meanLumaQuantiser(matched.sample)]) }],
      target: null,
    },
  ];
}

interface OwnCosts {
  readonly frameMs: number[];
  readonly bytes: number[];
  readonly quantisers: number[];
}

async function measureOwn(context: Context, server: Server, { path }: Chosen, costs: OwnCosts): Promise<void> {
  let parts = 0;
  let bytes = 0;
  let newest: Buffer = Buffer.alloc(0);
  const viewer = openMjpeg(server.port, path, (part) => {
    parts += 1;
    bytes += part.bytes.length;
    newest = part.bytes;
  });
  await delay(SETTLE_MS);
  const pids = await server.pids('ingest', 'codec');
  const before = { parts, bytes, cpu: cpuSeconds(pids) };
  await delay(context.windowMs);
  const cpu = cpuSeconds(pids) - before.cpu;
  const frames = parts - before.parts;
  viewer.close();
  await viewer.ended;
  costs.frameMs.push((cpu / frames) * 1000);
  costs.bytes.push((bytes - before.bytes) / frames);
  costs.quantisers.push(meanLumaQuantiser(newest));
}
