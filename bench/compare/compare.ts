// The project's own comparison: the three modes and all peers that are here, on the bench's camera, with the same
// clients. Writes the whole report to bench/out/compare.json and compare.html, and hands back what has targets.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODES } from '../../src/bench/plan.ts';
import { reading } from '../../src/bench/report/reading.ts';
import { reportTable } from '../../src/bench/report/table.ts';
import type { BenchOptions, BenchReport, CameraUnderTest, LoadClient, ModeName, Side } from '../../src/bench/types.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { articleMissing } from '../peers/article.ts';
import { equalQuality, meanBytes } from '../peers/equal-size.ts';
import { findPeers } from '../peers/peers.ts';
import type { PeerGround } from '../peers/peer.ts';
import { climb } from './climb.ts';
import { growthFigures, growthNote, measureGrowth } from './growth.ts';
import { figuresOf } from './targets.ts';

const HEIGHTS = { few: [1, 4, 16], many: [64, 256, 1000] };
/** Short: eight sides and three numbers of viewers take twelve minutes even so. */
const USUAL = { seconds: 3, warmupSeconds: 1.5, windows: 3 };
const QUICK = { seconds: 3, warmupSeconds: 1, windows: 1 };

/** What of `sightline bench` it is made of. */
export interface Parts {
  openCamera(options: { source: string; cwd: string; signal: AbortSignal }): Promise<CameraUnderTest>;
  modes(camera: CameraUnderTest, names: readonly ModeName[]): readonly Side[];
  startLoad(): Promise<LoadClient>;
  html(report: BenchReport): string;
}

export async function compare(context: Context, parts: Parts): Promise<Figure[]> {
  const never = new AbortController().signal;
  const camera = await parts.openCamera({ source: 'test:', cwd: context.root, signal: never });
  try {
    return await compareOn(camera, parts, { context, signal: camera.lost ?? never });
  } finally {
    await camera.stop();
  }
}

async function compareOn(camera: CameraUnderTest, parts: Parts, place: Place): Promise<Figure[]> {
  const { context, signal } = place;
  const modes = parts.modes(camera, MODES);
  const shared = modes.find(({ name }) => name === 'shared')!;
  const { ground, notes } = await equalGround(camera, shared, place);
  const peers = findPeers(ground, context.go2rtc);
  const request = {
    ...{ camera, sides: [...modes, ...peers.sides], absent: peers.absent, signal },
    startLoad: () => parts.startLoad(),
    onProgress: ({ text }: { text: string }) => context.note(text),
  };
  const climbed = await climb(request, options(context), HEIGHTS);
  // A run that was ended gives a report all the same: without its camera it is none worth keeping.
  signal.throwIfAborted();
  context.note('the article’s service under ASGI, beside ours');
  const growths = await measureGrowth(ground, shared, signal);
  const report = { ...climbed, notes: [...climbed.notes, ...notes, ...growthNote(growths)] };
  write(context, report, parts.html(report));
  return [...figuresOf(report), ...growthFigures(growths)];
}

function options({ quick }: Context): BenchOptions {
  return { viewers: [...HEIGHTS.few, ...HEIGHTS.many], modes: MODES, quick, ...(quick ? QUICK : USUAL) };
}

interface Place {
  readonly context: Context;
  readonly signal: AbortSignal;
}

/** What the peers are handed: the quality at which their pictures are as large as ours. */
async function equalGround(
  camera: CameraUnderTest,
  shared: Side,
  { context, signal }: Place,
): Promise<{ ground: PeerGround; notes: string[] }> {
  const { root, out, processes } = context;
  const ground = { camera, root, out, processes, equalQuality: null };
  if (articleMissing(ground) !== null) return { ground, notes: [] };
  context.note('the JPEG quality of the peers at which their pictures are as large as ours');
  const wanted = await meanBytes(shared, signal);
  const equal = await equalQuality(ground, wanted, signal);
  const sizes = `${Math.round(equal.meanBytes)} bytes on average beside our ${Math.round(wanted)}`;
  const notes = [`Equal size: OpenCV and motion at JPEG quality ${equal.quality}, ${sizes}.`];
  return { ground: { ...ground, equalQuality: equal.quality }, notes };
}

function write(context: Context, report: BenchReport, html: string): void {
  writeFileSync(join(context.out, 'compare.json'), JSON.stringify(report, null, 2));
  writeFileSync(join(context.out, 'compare.html'), html);
  for (const sentence of reading(report)) context.note(sentence);
  console.log(reportTable(report));
}
