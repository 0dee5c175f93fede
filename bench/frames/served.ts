// Frames that the server gives to programs: how old a picture is when a Python program has it as an OpenCV image, and
// what that costs the program and the server, over the three ways that there are: the WebSocket's JPEGs and pixels, and
// MJPEG. One program does nothing with its pictures, one works 300 ms on each.

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { percentile, spread } from '../../src/bench/statistics.ts';
import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';

const WIDTH = 640;
const WORKS_MS = [0, 300] as const;
const WAYS = ['frames', 'pixels', 'mjpeg'] as const;
const SETTLE_MS = 4000;
/** Beside it all sides have the same: OpenCV's decoding and Python itself. */
const MOST_AGE_MS = 60;

interface Window {
  readonly agesMs: readonly number[];
  /** Of a core, in percent. */
  readonly programCpu: number;
  readonly serverCpu: number;
}

/** Windows by way. */
type Windows = Readonly<Record<(typeof WAYS)[number], Window[]>>;

export async function servedFrames(context: Context): Promise<Figure[]> {
  const python = join(context.out, 'venv/bin/python');
  if (!existsSync(python)) throw new Error('there is no Python environment: bench/setup.sh makes it');
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const figures: Figure[] = [];
  for (const workMs of WORKS_MS) {
    const windows: Windows = { frames: [], pixels: [], mjpeg: [] };
    for (let round = 0; round < context.rounds; round += 1) {
      context.note(`frames of the server for a program of ${workMs} ms, round ${round + 1} of ${context.rounds}`);
      for (const way of WAYS) windows[way].push(await measure(context, server, { python, way, workMs }));
    }
    figures.push(...figuresOf(windows, workMs));
  }
  await server.stop();
  await camera.stop();
  return figures;
}

interface Program {
  readonly python: string;
  readonly way: (typeof WAYS)[number];
  readonly workMs: number;
}

async function measure(context: Context, server: Server, { python, way, workMs }: Program): Promise<Window> {
  const script = join(context.root, 'bench/frames/consumer.py');
  const host = new URL(server.origin).host;
  const child = context.processes.start(python, [script, way, host, `${WIDTH}`, `${workMs}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const agesMs: number[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => agesMs.push(Number(line)));
  await delay(SETTLE_MS);
  const tree = await server.tree();
  const cpu = (): [number, number] => [cpuSeconds([child.pid!]), cpuSeconds(tree)];
  const [before, fromMs] = [cpu(), performance.now()];
  agesMs.length = 0;
  await delay(context.windowMs);
  const [now, seconds] = [cpu(), (performance.now() - fromMs) / 1000];
  const taken = [...agesMs];
  await context.processes.stop(child);
  if (taken.length === 0) throw new Error(`${way}: no picture came`);
  const share = (side: 0 | 1): number => ((now[side] - before[side]) / seconds) * 100;
  return { agesMs: taken, programCpu: share(0), serverCpu: share(1) };
}

function figuresOf(windows: Windows, workMs: number): Figure[] {
  const named = (name: string, unit: string, of: (window: Window) => number): Figure => ({
    name: `frames over WebSocket, a Python program busy ${workMs} ms a picture: ${name}`,
    unit,
    ours: spread(windows.frames.map(of)),
    peers: [
      { name: 'as pixels', value: spread(windows.pixels.map(of)), own: true },
      { name: 'over MJPEG', value: spread(windows.mjpeg.map(of)), own: true },
    ],
    target: null,
  });
  const age = (share: number) => (window: Window) => percentile(window.agesMs, share);
  return [
    named('age when it has it, p50', 'ms', age(0.5)),
    {
      ...named('age when it has it, p95', 'ms', age(0.95)),
      target: { of: 'ours', bound: 'at most', value: MOST_AGE_MS },
    },
    named('CPU of the program', '% of a core', ({ programCpu }) => programCpu),
    named('CPU of the server', '% of a core', ({ serverCpu }) => serverCpu),
  ];
}
