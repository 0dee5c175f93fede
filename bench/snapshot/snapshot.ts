// How long a person waits for a picture: snapshot and first MJPEG picture, while the same size is being watched and
// from a camera that is closed. Each request is a connection of its own.

import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startCamera } from '../ground/camera.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure, Target } from '../ground/figures.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';

const STREAM = '/cameras/cam/stream.mjpeg';
const SNAPSHOT = '/cameras/cam/snapshot.jpg';
const REQUESTS_A_ROUND = 60;
/** Not a divisor of the frame interval, so that requests fall anywhere between two pictures. */
const PAUSE_MS = 37;
const LIMIT_CLOSED_MS = 400;

type Ask = (server: Server) => Promise<number>;

export async function snapshot(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const watched = await whileWatched(context, server);
  const closed = await fromClosed(context, server);
  await server.stop();
  await camera.stop();
  return [...watched, ...closed];
}

async function whileWatched(context: Context, server: Server): Promise<Figure[]> {
  const viewer = openMjpeg(server.port, STREAM, () => undefined);
  await delay(3000);
  const snapshots: number[][] = [];
  const streams: number[][] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`snapshot while watched, round ${round + 1} of ${context.rounds}`);
    const [pictures, firsts] = await oneRound(server);
    snapshots.push(pictures);
    streams.push(firsts);
  }
  viewer.close();
  await viewer.ended;
  return [...tails('snapshot, watched', snapshots), ...tails('first MJPEG picture, watched', streams)];
}

async function oneRound(server: Server): Promise<[snapshots: number[], streams: number[]]> {
  const snapshots: number[] = [];
  const streams: number[] = [];
  for (let count = 0; count < REQUESTS_A_ROUND; count += 1) {
    snapshots.push(await snapshotMs(server));
    await delay(PAUSE_MS);
    streams.push(await firstPictureMs(server));
    await delay(PAUSE_MS);
  }
  return [snapshots, streams];
}

function tails(name: string, rounds: readonly number[][]): Figure[] {
  const of = (share: number) => spread(rounds.map((samples) => percentile(samples, share)));
  return [
    figure(`${name}, p50`, of(0.5), 5),
    figure(`${name}, p95`, of(0.95), null),
    figure(`${name}, p99`, of(0.99), 15),
    figure(`${name}, longest of ${REQUESTS_A_ROUND}`, of(1), null),
  ];
}

async function fromClosed(context: Context, server: Server): Promise<Figure[]> {
  const times: number[][] = [[], []];
  const asks: Ask[] = [snapshotMs, firstPictureMs];
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`from a closed camera, round ${round + 1} of ${context.rounds}`);
    for (const [index, ask] of asks.entries()) {
      await until('the camera is closed', 40_000, async () => ((await server.state('cam')) === 'idle' ? true : null));
      times[index]!.push(await ask(server));
    }
  }
  return ['snapshot', 'first MJPEG picture'].map((name, index) =>
    figure(`${name}, closed camera`, spread(times[index]!), LIMIT_CLOSED_MS),
  );
}

function figure(name: string, ours: Figure['ours'], most: number | null): Figure {
  const target: Target | null = most === null ? null : { of: 'ours', bound: 'at most', value: most };
  return { name, unit: 'ms', ours, peers: [], target };
}

async function snapshotMs(server: Server): Promise<number> {
  const begun = performance.now();
  const body = await new Promise<Buffer>((resolve, reject) => {
    const request = get(server.origin + SNAPSHOT, { agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the snapshot answered ${response.statusCode ?? 'nothing'}`));
      buffer(response).then(resolve, reject);
    });
    request.on('error', reject);
  });
  if (body[0] !== 0xff || body[1] !== 0xd8) throw new Error('the snapshot is not a JPEG');
  return performance.now() - begun;
}

async function firstPictureMs(server: Server): Promise<number> {
  const begun = performance.now();
  return await new Promise<number>((resolve, reject) => {
    const viewer = openMjpeg(server.port, STREAM, () => {
      resolve(performance.now() - begun);
      viewer.close();
    });
    viewer.ended.catch(reject);
  });
}
