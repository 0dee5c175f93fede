// The server with one camera that is decoded for a viewer, with and without a processor on its pictures.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Camera } from '../ground/camera.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import type { Part } from '../ground/mjpeg-reader.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { startServer } from '../ground/server.ts';
import { stripNumbers } from '../ground/strips.ts';

const SETTLE_MS = 2500;
const LIVE_MS = 20_000;
/** Small and rarely: it is here that the camera is decoded, and costs little. */
const VIEWER = '/cameras/cam/stream.mjpeg?width=320&fps=2';

export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** That the processor did. */
  readonly frames: number;
}

interface CameraAnswer {
  readonly processors: readonly { readonly frames: { readonly done: number } }[];
}

/** A processor's entry in the config; null: none. */
export type Entry = string | null;

/** A processor file that does nothing, or gives its frame back. */
export function emptyProcessor(context: Context, input: string, result: 'nothing' | 'its frame'): string {
  const file = join(
    context.out,
    `empty-${result === 'nothing' ? 'nothing' : 'frame'}-${input.replace(/\W+/g, '-')}.ts`,
  );
  const given = result === 'nothing' ? 'undefined' : '({ picture: frame.mat })';
  writeFileSync(
    file,
    `import { defineProcessor } from 'sightline';\nexport default defineProcessor({ input: ${input}, setup: () => ({ process: (frame) => ${given} }) });\n`,
  );
  return `p: { file: ${file} }`;
}

/** CPU of ingest and codec over a window. */
export async function costOf(context: Context, camera: Camera, entry: Entry): Promise<Cost> {
  return serving(context, { camera, entry, views: [VIEWER] }, async (server) => {
    const { origin } = server;
    const processes = await server.pids('ingest', 'codec');
    const from = { cpu: cpuSeconds(processes), done: await done(origin), atMs: performance.now() };
    await delay(context.windowMs);
    const to = await done(origin);
    return {
      seconds: (performance.now() - from.atMs) / 1000,
      cpuSeconds: cpuSeconds(processes) - from.cpu,
      frames: to - from.done,
    };
  });
}

/** How much later than the camera's own picture the processor's picture of the same frame was there, milliseconds. */
export async function laterMs(context: Context, camera: Camera, entry: string): Promise<readonly number[]> {
  const main: Part[] = [];
  const derived: Part[] = [];
  const views = ['/cameras/cam/stream.mjpeg', '/cameras/cam/stream.mjpeg?stream=p'];
  await serving(context, { camera, entry, views, parts: [main, derived] }, () => delay(context.windowMs));
  const [numbers, later] = await Promise.all(
    [main, derived].map((parts) => stripNumbers(parts.map(({ bytes }) => bytes))),
  );
  const at = new Map(main.map(({ lastByteUs }, index) => [numbers![index], lastByteUs]));
  return derived.slice(SKIPPED_PARTS).flatMap(({ lastByteUs }, index) => {
    const number = later![index + SKIPPED_PARTS];
    const first = typeof number === 'number' ? at.get(number) : undefined;
    return first === undefined ? [] : [(lastByteUs - first) / 1000];
  });
}

/** The first ones of a stream wait for the encoder's beginning. */
const SKIPPED_PARTS = 10;

interface Serving {
  readonly camera: Camera;
  readonly entry: Entry;
  readonly views: readonly string[];
  /** What each view gets; none: nobody keeps it. */
  readonly parts?: readonly Part[][];
}

async function serving<T>(
  context: Context,
  { camera, entry, views, parts }: Serving,
  measure: (server: Awaited<ReturnType<typeof startServer>>) => Promise<T>,
): Promise<T> {
  const config = join(context.out, 'processors.yaml');
  const processors = entry === null ? '' : `    processors: { ${entry} }\n`;
  writeFileSync(config, `cameras:\n  cam:\n    source: ${camera.url()}\n    always: true\n${processors}`);
  const server = await startServer(context, ['--config', config]);
  try {
    await until('the processor runs', LIVE_MS, async () => {
      const frames = await done(server.origin);
      return (await server.state('cam')) === 'live' && (entry === null || frames > 0) ? true : null;
    });
    const viewers = views.map((view, index) => openMjpeg(server.port, view, (part) => void parts?.[index]?.push(part)));
    await delay(SETTLE_MS);
    for (const kept of parts ?? []) kept.length = 0;
    const result = await measure(server);
    for (const viewer of viewers) viewer.close();
    await Promise.all(viewers.map(({ ended }) => ended));
    return result;
  } finally {
    await server.stop();
  }
}

/** Frames that the processor did so far. */
async function done(origin: string): Promise<number> {
  const response = await fetch(`${origin}/api/cameras/cam`);
  const [processor] = ((await response.json()) as CameraAnswer).processors;
  return processor?.frames.done ?? 0;
}
