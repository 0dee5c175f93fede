// Frames in a program of one's own: how old they are when the loop gets them, and what each costs, beside opencv-python's
// `cap.read()` in a loop and in a thread that keeps the newest. All get every pixel in BGR. Ages are from the moment at
// which the camera pushed the picture whose number stands in the frame's strip.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { percentile, spread } from '../../src/bench/statistics.ts';
import type { Spread } from '../../src/bench/statistics.ts';
import { readStrip } from '../../src/media/strip.ts';
import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import type { Context } from '../ground/context.ts';
import type { Figure, Peer } from '../ground/figures.ts';

const SETTLE_SECONDS = 3;
const COLUMNS = 40;
const ROWS = 3;
/** A loop that does 20 of the camera's 30 frames a second. */
const BUSY_MS = 50;

interface Side {
  readonly name: string;
  readonly program: readonly string[];
  readonly how: 'read' | 'thread';
}

interface Round {
  readonly p50: number;
  readonly p95: number;
  readonly cpuMs: number;
}

export async function frames(context: Context): Promise<Figure[]> {
  const sides = sidesOf(context);
  const camera = await startCamera(context);
  const figures: Figure[] = [];
  for (const busyMs of [0, BUSY_MS]) {
    const rounds = new Map<Side, Round[]>(sides.map((side) => [side, []]));
    for (let round = 0; round < context.rounds; round++) {
      context.note(`frames in a program, ${busyMs} ms busy with each, round ${round + 1} of ${context.rounds}`);
      for (const side of sides) if (isHere(side)) rounds.get(side)!.push(await measure(context, camera, side, busyMs));
    }
    figures.push(...figuresOf(rounds, busyMs === 0 ? 'a loop that only reads' : `a loop busy ${busyMs} ms a frame`));
  }
  await camera.stop();
  return figures;
}

function sidesOf({ out, root }: Context): readonly [Side, ...Side[]] {
  const python = [join(out, 'venv/bin/python'), join(root, 'bench/frames/opencv_ages.py')];
  return [
    { name: 'openCamera', program: [process.execPath, join(root, 'bench/frames/own-ages.ts')], how: 'read' },
    { name: 'opencv-python, cap.read()', program: python, how: 'read' },
    { name: 'opencv-python, newest of a thread', program: python, how: 'thread' },
  ];
}

function isHere({ program }: Side): boolean {
  return existsSync(program[0] ?? '');
}

async function measure(context: Context, camera: Camera, { name, program, how }: Side, busyMs: number): Promise<Round> {
  const [command = '', ...file] = program;
  const args = [camera.url(), how, `${busyMs}`, `${SETTLE_SECONDS}`, `${context.windowMs / 1000}`];
  const child = context.processes.start(command, [...file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const text = child.stdout === null ? '' : (await buffer(child.stdout)).toString();
  await context.processes.stop(child);
  if (text === '') throw new Error(`${name} gave no frames`);
  const said = JSON.parse(text) as { cpuSeconds: number; frames: [number, string][] };
  const ages = said.frames.flatMap(([atUs, cells]) => {
    const pushedUs = camera.pushedUs(numberOf(cells) ?? Infinity, atUs);
    return pushedUs === null ? [] : [(atUs - pushedUs) / 1000];
  });
  if (ages.length < said.frames.length / 2) throw new Error(`the strips of ${name}'s frames cannot be read`);
  const cpuMs = (said.cpuSeconds * 1000) / said.frames.length;
  return { p50: percentile(ages, 0.5), p95: percentile(ages, 0.95), cpuMs };
}

/** The number in a strip of which the middle of each cell is known. */
function numberOf(cells: string): number | null {
  const [width, height, cell] = [160, 90, 4];
  const levels = Buffer.from(cells, 'hex');
  const data = new Uint8Array(width * height);
  for (let y = 0; y < ROWS * cell; y++) {
    for (let x = 0; x < width; x++) {
      const level = levels[Math.floor(y / cell) * COLUMNS + Math.floor(x / cell)] ?? 0;
      data[(height - ROWS * cell + y) * width + x] = level;
    }
  }
  return readStrip({ data, stride: width, width, height })?.frame ?? null;
}

function figuresOf(rounds: ReadonlyMap<Side, readonly Round[]>, loop: string): Figure[] {
  const figure = (name: string, pick: (round: Round) => number): Figure => {
    const values = [...rounds].map(([side, each]): Peer & { value: Spread | null } => {
      return { name: side.name, value: each.length === 0 ? null : spread(each.map(pick)) };
    });
    const [own, ...peers] = values;
    return { name: `frames in ${loop}: ${name}`, unit: 'ms', ours: own?.value ?? spread([]), peers, target: null };
  };
  return [
    figure('age, p50', ({ p50 }) => p50),
    figure('age, p95', ({ p95 }) => p95),
    figure('CPU of a frame', ({ cpuMs }) => cpuMs),
  ];
}
