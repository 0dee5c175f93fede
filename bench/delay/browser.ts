// Capture to paint in Chromium, read from the pixels on the screen: the page that a person writes, `<img src="/camera">`,
// the product's own page with the camera as the only tile of its wall, and that <img> fed by what stands in the field.
// All sides read the same camera, in turn. "Capture" is the moment when the camera pushes a frame to its RTSP server.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../../test/fixtures/chromium.ts';
import { USUAL } from '../camera/footage.ts';
import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';
import { stepsOf, watchPaints } from './paints.ts';
import { startPeers } from './peers.ts';

const SETTLE_MS = 3000;
const FIRST_MS = 20_000;
const INTERVAL_MS = 1000 / USUAL.fps;

interface Window {
  /** Of each painted picture. */
  readonly delaysMs: readonly number[];
  readonly lostPercent: number;
  readonly repeated: number;
  readonly uncertaintyMs: number;
}

interface Side {
  readonly name: string;
  readonly selector: string;
  /** null: not on this machine. */
  readonly open: ((context: BrowserContext) => Promise<Page>) | null;
  readonly windows: Window[];
}

export async function browserDelay(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const { peers, stop } = await startPeers(context, camera);
  const browser = await launchChromium();
  const image: Side = imageSide('ours', { port: server.port, path: '/camera' });
  const others = peers.map(({ name, address }) => imageSide(`${name} in an <img>`, address));
  const tile = tileSide(server);
  try {
    for (let round = 0; round < context.rounds; round += 1) {
      context.note(`capture to paint in Chromium, round ${round + 1} of ${context.rounds}`);
      for (const side of [image, tile, ...others]) await measure({ context, camera, browser }, side);
    }
  } finally {
    await browser.close();
  }
  await stop();
  await server.stop();
  await camera.stop();
  return [...figures('MJPEG', image, others), ...figures("the wall's tile", tile, others)];
}

function imageSide(name: string, address: { port: number; path: string } | null): Side {
  const open = address === null ? null : (context: BrowserContext) => openImage(context, address);
  return { name, selector: 'img', open, windows: [] };
}

/** A page of the picture's own origin, so that its pixels may be read. */
async function openImage(context: BrowserContext, { port, path }: { port: number; path: string }): Promise<Page> {
  const page = await context.newPage();
  const address = `http://127.0.0.1:${port}/page-of-the-benchmark`;
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: HTML }));
  await page.goto(address);
  await page.unrouteAll();
  await page.evaluate<unknown>(`document.querySelector('img').src = ${JSON.stringify(path)}`);
  await page.waitForFunction(`document.querySelector('img').naturalWidth > 0`, undefined, { timeout: FIRST_MS });
  return page;
}

const HTML = '<!doctype html><title>a page</title><link rel="icon" href="data:,"><body style="margin:0"><img>';

function tileSide(server: Server): Side {
  const open = async (context: BrowserContext): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${server.origin}/`, { waitUntil: 'commit' });
    const painted = `(document.querySelector('.tile canvas')?.width ?? 0) > 0`;
    await page.waitForFunction(painted, undefined, { timeout: FIRST_MS });
    return page;
  };
  return { name: 'ours', selector: '.tile canvas', open, windows: [] };
}

interface Ground {
  readonly context: Context;
  readonly camera: Camera;
  readonly browser: Browser;
}

async function measure({ context, camera, browser }: Ground, side: Side): Promise<void> {
  if (side.open === null) return;
  const viewport = { width: 1440, height: 900 };
  const opened = await browser.newContext({ viewport, deviceScaleFactor: 1, bypassCSP: true });
  const page = await side.open(opened);
  await delay(SETTLE_MS);
  const { paints, unread, uncertaintyMs } = await watchPaints(page, side.selector, context.windowMs);
  await opened.close();
  if (unread > paints.length * 0.05) throw new Error(`${side.name}: no strip in ${unread} of the frames on the screen`);
  const delaysMs = paints.flatMap(({ frame, atUs }) => {
    const pushedUs = camera.pushedUs(frame, atUs);
    return pushedUs === null ? [] : [(atUs - pushedUs) / 1000];
  });
  const frames = paints.map(({ frame }) => frame);
  const { lostShare, repeated } = stepsOf(frames, context.footage.units.length);
  side.windows.push({ delaysMs, lostPercent: lostShare * 100, repeated, uncertaintyMs });
}

function figures(what: string, ours: Side, others: readonly Side[]): Figure[] {
  const named = (name: string, unit: string, of: (window: Window) => number): Figure => ({
    name: `${what} in Chromium: ${name}`,
    unit,
    ours: spread(ours.windows.map(of)),
    peers: others.map((side) => ({ name: side.name, value: side.open && spread(side.windows.map(of)) })),
    target: null,
  });
  const share = (part: number) => (window: Window) => percentile(window.delaysMs, part);
  const clock = Math.max(...ours.windows.map(({ uncertaintyMs }) => uncertaintyMs));
  return [
    named('capture to paint, p50', 'ms', share(0.5)),
    {
      ...named('capture to paint, p95', 'ms', share(0.95)),
      remark: `Chromium's clock is known to ${clock.toFixed(1)} ms`,
    },
    named('capture to paint, p95, in frames of the camera', 'frames', (window) => share(0.95)(window) / INTERVAL_MS),
    named('capture to paint, longest', 'ms', share(1)),
    named('frames of the camera never painted', '% of frames', ({ lostPercent }) => lostPercent),
    named('painted after a newer one', 'pictures', ({ repeated }) => repeated),
  ];
}
