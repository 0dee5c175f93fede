// The product's own page in Chromium with sixteen cameras: when all of them have painted their first picture, how old
// pictures are when they are on the screen, and what the page's scripts cost. Browser and server share this machine's
// cores, so the cameras send small JPEGs that pass through untouched: decoding has a benchmark of its own.

import { launchChromium } from '../../test/fixtures/chromium.ts';
import type { Browser, Page } from 'playwright-core';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';

const TILES = 16;
const SOURCE = 'test:?codec=mjpeg&width=320&height=180&fps=10';
const SETTLE_MS = 3000;
const LIMIT_MS = 20_000;

export async function page(context: Context): Promise<Figure[]> {
  const server = await startServer(
    context,
    Array.from({ length: TILES }, (_, n) => `cam${n}=${SOURCE}`),
  );
  const browser = await launchChromium();
  try {
    const hot: number[] = [];
    const delays: number[][] = [];
    const scripts: number[] = [];
    const keeper = await open(browser, server);
    await keeper.waitForFunction(ALL_PAINTED, undefined, { timeout: LIMIT_MS });
    for (let round = 0; round < context.rounds; round += 1) {
      context.note(`page: round ${round + 1} of ${context.rounds}`);
      const seen = await open(browser, server);
      const painted = await seen.waitForFunction(ALL_PAINTED, undefined, { timeout: LIMIT_MS, polling: 'raf' });
      hot.push(Number(await painted.jsonValue()));
      await keeper.bringToFront();
      await seen.context().close();
      const { ages, share } = await watch(context, server, keeper);
      delays.push(ages);
      scripts.push(share);
    }
    return [
      figure(`page: all ${TILES} painted after opening it`, 'ms', hot, 1500),
      figure(
        'page: capture to paint, p50',
        'ms',
        delays.map((ages) => percentile(ages, 0.5)),
        null,
      ),
      figure(
        'page: capture to paint, p95',
        'ms',
        delays.map((ages) => percentile(ages, 0.95)),
        60,
      ),
      figure(`page: its scripts, ${TILES} tiles`, '% of a core', scripts, null),
    ];
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function open(browser: Browser, server: Server): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  const opened = await context.newPage();
  await opened.goto(`${server.origin}/`, { waitUntil: 'commit' });
  return opened;
}

/** In the page: milliseconds since it was opened once every tile shows a picture. A canvas has no size before that. */
const ALL_PAINTED = `[...document.querySelectorAll('.tile canvas')].filter((canvas) => canvas.width > 0).length === ${TILES}
  && performance.now()`;

/** What the page reports of each tile, and the share of a core that its scripts take, over a window. */
async function watch(context: Context, server: Server, seen: Page): Promise<{ ages: number[]; share: number }> {
  await delay(SETTLE_MS);
  const session = await seen.context().newCDPSession(seen);
  await session.send('Performance.enable');
  const scriptSeconds = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  };
  const before = await scriptSeconds();
  const beganMs = performance.now();
  const ages: number[] = [];
  await until('the window ends', context.windowMs * 2 + LIMIT_MS, async () => {
    for (let n = 0; n < TILES; n += 1) ages.push(...(await reported(server, `cam${n}`)));
    await delay(800);
    return performance.now() - beganMs > context.windowMs ? true : null;
  });
  const share = ((await scriptSeconds()) - before) / ((performance.now() - beganMs) / 1000);
  await session.detach();
  return { ages, share: share * 100 };
}

async function reported(server: Server, id: string): Promise<number[]> {
  const response = await fetch(`${server.origin}/api/cameras/${id}/viewers`);
  const { viewers } = (await response.json()) as { viewers: { delayMs: number | null }[] };
  return viewers.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs]));
}

function figure(name: string, unit: string, values: readonly number[], most: number | null): Figure {
  return {
    name,
    unit,
    ours: spread(values),
    peers: [],
    target: most === null ? null : { of: 'ours', bound: 'at most', value: most },
  };
}
