// One tab's worth of tiles: sixteen cameras over RTSP, 320 pixels wide, ten pictures a second each, on one connection
// that acknowledges. What the server spends on them beyond decoding, how old the pictures are, and when the last of the
// sixteen has its first. The cameras send small pictures, as second streams are, so that a small machine has time to spare.
//
// A camera whose tile is shown is decoded in full at any rate of the tile. So decoding alone is what the server spends
// while the same tiles ask for the least: one picture in ten seconds, 160 pixels wide. Both in windows that take turns.

import { TilesPage } from '../../test/fixtures/tiles-page.ts';
import type { TilePicture } from '../../test/fixtures/tiles-page.ts';
import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';
import { agesSincePush } from '../ground/strips.ts';

const TILES = 16;
const WIDTH = 320;
const FPS = 10;

interface Wish {
  readonly width: number;
  readonly fps: number;
}

const WATCHED: Wish = { width: WIDTH, fps: FPS };
/** The least that a page can ask for while cameras are decoded. */
const LEAST: Wish = { width: 160, fps: 0.1 };
const SETTLE_MS = 3000;
/** Until nobody watches and the cameras are closed: their grace period is ten seconds. */
const CLOSED_MS = 20_000;

/** Of all tiles together: with fewer pictures than were asked for, what they cost says nothing. */
const LEAST_PICTURES = TILES * FPS * 0.95;

interface Window {
  /** All tiles, in a second. */
  readonly rate: number;
  /** Of a core, in percent. */
  readonly cpu: number;
  readonly pictures: readonly TilePicture[];
}

/** Decoding alone, then with what a tab asks for. */
interface Round {
  readonly decoding: Window;
  readonly watched: Window;
}

export async function tiles(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context, TILES, context.tilesFootage);
  const server = await startServer(context, sources(camera));
  const firstMs: number[] = [];
  for (let round = 0; round < Math.min(3, context.rounds); round += 1) {
    context.note(`tiles: first pictures, round ${round + 1}`);
    firstMs.push(await firstOfAll(server));
    await until('all cameras are idle', CLOSED_MS, async () => {
      return (await server.states()).every((state) => state === 'idle') ? true : null;
    });
  }
  const page = await TilesPage.open(server.origin);
  const windows: Round[] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`tiles: ${TILES} at ${FPS} a second, round ${round + 1} of ${context.rounds}`);
    const decoding = await watch(context, { server, page }, LEAST);
    windows.push({ decoding, watched: await watch(context, { server, page }, WATCHED) });
  }
  await page.close();
  const ofFirst = windows.map(({ watched }) => watched.pictures.filter(({ tile }) => tile === 0));
  const pushed = await Promise.all(ofFirst.map((pictures) => agesSincePush(camera, pictures)));
  await server.stop();
  await camera.stop();
  return [rateFigure(windows), ...costFigures(windows), ...delayFigures(windows, pushed), firstFigure(firstMs)];
}

function sources(camera: Camera): string[] {
  return Array.from({ length: TILES }, (_, n) => `cam${n}=${camera.url(n)}`);
}

function show(page: TilesPage, wish: Wish): void {
  for (let tile = 0; tile < TILES; tile += 1) page.show({ tile, camera: `cam${tile}`, ...wish });
}

/** From connecting until every tile has shown a picture; nothing is open before. */
async function firstOfAll(server: Server): Promise<number> {
  const begun = performance.now();
  const page = await TilesPage.open(server.origin);
  show(page, WATCHED);
  const shown = new Set<number>();
  await page.until(() => {
    for (const { tile } of page.pictures) shown.add(tile);
    return shown.size === TILES;
  });
  const tookMs = performance.now() - begun;
  await page.close();
  return tookMs;
}

interface Watching {
  readonly server: Server;
  readonly page: TilesPage;
}

async function watch(context: Context, { server, page }: Watching, wish: Wish): Promise<Window> {
  show(page, wish);
  await delay(SETTLE_MS);
  const tree = await server.tree();
  const decodedBefore = await server.decoded();
  page.pictures.length = 0;
  const before = { cpu: cpuSeconds(tree), atMs: performance.now() };
  await delay(context.windowMs);
  const seconds = (performance.now() - before.atMs) / 1000;
  const cpu = ((cpuSeconds(tree) - before.cpu) / seconds) * 100;
  const pictures = page.pictures.splice(0);
  const rate = pictures.length / seconds;
  const decoded = ((await server.decoded()) - decodedBefore) / seconds;
  context.note(
    `  ${rate.toFixed(1)} pictures a second of ${decoded.toFixed(0)} decoded, ${cpu.toFixed(1)} % of a core`,
  );
  return { rate, cpu, pictures };
}

function rateFigure(windows: readonly Round[]): Figure {
  return {
    name: `tiles: ${TILES} at ${FPS} fps, pictures that came`,
    unit: 'a second',
    ours: spread(windows.map(({ watched }) => watched.rate)),
    peers: [],
    target: { of: 'ours', bound: 'at least', value: LEAST_PICTURES },
  };
}

function costFigures(windows: readonly Round[]): Figure[] {
  const of = (cost: (round: Round) => number) => windows.map(cost);
  const named = (name: string, values: readonly number[], most: number | null): Figure => ({
    name: `tiles: ${TILES} at ${WIDTH} px and ${FPS} fps, ${name}`,
    unit: '% of a core',
    ours: spread(values),
    peers: [],
    target: most === null ? null : { of: 'ours', bound: 'at most', value: most },
  });
  return [
    named('server beyond decoding', of(({ watched, decoding }) => watched.cpu - decoding.cpu), 15), // prettier-ignore
    named('server decoding', of(({ decoding }) => decoding.cpu), null), // prettier-ignore
    named('whole server', of(({ watched }) => watched.cpu), null), // prettier-ignore
  ];
}

function delayFigures(windows: readonly Round[], pushed: readonly number[][]): Figure[] {
  const stamped = windows.map(({ watched }) =>
    watched.pictures.map(({ atUs, capturedAtUs }) => (atUs - capturedAtUs) / 1000),
  );
  const named = (name: string, share: number, ages: readonly number[][], most: number | null): Figure => ({
    name: `tiles: ${name}, p${share * 100}`,
    unit: 'ms',
    ours: spread(ages.map((each) => percentile(each, share))),
    peers: [],
    target: most === null ? null : { of: 'ours', bound: 'at most', value: most },
  });
  return [
    named('hub to message, all tiles', 0.5, stamped, null),
    named('hub to message, all tiles', 0.95, stamped, 60),
    named('push to message, one tile', 0.5, pushed, null),
    named('push to message, one tile', 0.95, pushed, null),
  ];
}

function firstFigure(firstMs: readonly number[]): Figure {
  return {
    name: `tiles: first picture of all ${TILES}, cameras closed before`,
    unit: 'ms',
    ours: spread(firstMs),
    peers: [],
    target: { of: 'ours', bound: 'at most', value: 1500 },
  };
}
