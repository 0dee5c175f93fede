// What a person sees in Chromium: an <img> in a page of somebody else, in a file on the disk, and the product's own
// page. Pictures are read from the screen, by the strip that the test card draws into them.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { purePatches } from '../../src/media/test-card.ts';
import { extremes, launchChromium, look, openPage, type Sight, type WatchedPage } from '../fixtures/chromium.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { TestServer } from '../fixtures/server.ts';

const WIDTH = 1280;
const HEIGHT = 720;
const LOOKS = 5;
const LOOKED_MS = 10_000;
const OWN_PAGE_LOOKED_MS = 4000;

/** Looks at a picture again and again, some times and for a while. */
async function watch(element: Locator, forMs = 0): Promise<Sight[]> {
  const sights: Sight[] = [];
  const end = performance.now() + forMs;
  while (sights.length < LOOKS || performance.now() < end) sights.push(await look(element));
  return sights;
}

/** How old the picture was at most when it was seen, milliseconds: how long Chromium takes to look is within. */
function ages(sights: readonly Sight[]): number[] {
  return sights.map(({ mark, toUs }) => (toUs - mark!.timeUs) / 1000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

describe('a picture in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let viewer: MjpegViewer;
  const elsewhere = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html());
  });

  before(async () => {
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    server = await TestServer.start(['card=test:']);
    browser = await launchChromium();
    viewer = new MjpegViewer(`${server.url}/camera`);
    await viewer.next(isPicture);
  });

  after(async () => {
    viewer.close();
    await browser.close();
    elsewhere.close();
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  const html = (): string =>
    `<!doctype html><title>a page</title><body style="margin:0"><img src="${server.url}/camera">`;

  /** Opens an address and resolves when its <img> shows its first picture. */
  async function open(address: string): Promise<{ watched: WatchedPage; image: Locator }> {
    const watched = await openPage(browser);
    await watched.page.goto(address, { waitUntil: 'commit' });
    await watched.page.waitForFunction(() => (document.querySelector('img')?.naturalWidth ?? 0) > 0);
    return { watched, image: watched.page.locator('img') };
  }

  function isMoving(sights: readonly Sight[]): void {
    assert.ok(
      sights.every(({ mark }) => mark !== null),
      'a strip cannot be read from the screen',
    );
    const frames = sights.map(({ mark }) => mark!.frame);
    assert.ok(
      frames.every((frame, index) => index === 0 || frame >= frames[index - 1]!),
      frames.join(' '),
    );
    assert.ok(new Set(frames).size >= 3, frames.join(' '));
  }

  it('moves in an <img> of a page from another port, at most a second old and not later and later', async () => {
    const { watched, image } = await open(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
    const sights = await watch(image, LOOKED_MS);
    isMoving(sights);
    const seen = ages(sights);
    const third = Math.floor(seen.length / 3);
    const [early, late] = [median(seen.slice(0, third)), median(seen.slice(-third))];
    assert.ok(median(seen) < 1000 && Math.min(...seen) > 0, `${median(seen)} ms old`);
    assert.ok(late - early < 200, `${early} ms old at first, ${late} ms at last`);
    assert.deepEqual(
      watched.faults.filter((fault) => !fault.includes('favicon')),
      [],
    );
  });

  it('moves in an <img> of a file opened from disk', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-page-'));
    const file = path.join(folder, 'page.html');
    await writeFile(file, html());
    const { watched, image } = await open(pathToFileURL(file).href);
    isMoving(await watch(image));
    assert.deepEqual(watched.faults, []);
    await rm(folder, { recursive: true });
  });

  it('shows a capture time that is the X-Timestamp of the same picture, to the millisecond', async () => {
    const { image } = await open(`${server.url}/camera`);
    const { mark } = await look(image);
    await viewer.next(isPicture);
    const times = viewer.parts.filter(isPicture).map(({ headers }) => Number(headers['x-timestamp']) * 1e6);
    const nearest = Math.min(...times.map((timeUs) => Math.abs(timeUs - mark!.timeUs)));
    assert.ok(nearest <= 1000, `${nearest} us away from the nearest part`);
  });

  it('has black that is black and white that is white', async () => {
    const { image } = await open(`${server.url}/camera`);
    const { pixels } = await look(image);
    assert.deepEqual([pixels.width, pixels.height], [WIDTH, HEIGHT]);
    const { black, white } = purePatches(WIDTH, HEIGHT);
    assert.ok(extremes(pixels, black).lightest < 10, `black is ${extremes(pixels, black).lightest}`);
    assert.ok(extremes(pixels, white).darkest > 245, `white is ${extremes(pixels, white).darkest}`);
  });

  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    it(`moves on the product's own page, which says Live, at ${viewport.width} x ${viewport.height}`, async () => {
      const watched = await openPage(browser, viewport);
      const { page, faults, hosts } = watched;
      await page.goto(`${server.url}/`, { waitUntil: 'domcontentloaded' });
      await page.locator('.caption [role=status]', { hasText: 'Live' }).waitFor();
      isMoving(await watch(page.locator('.tile canvas'), OWN_PAGE_LOOKED_MS));
      assert.deepEqual(faults, []);
      assert.deepEqual([...hosts], [new URL(server.url).host]);
    });
  }

  it('is no longer asked for once the pages are closed', async () => {
    viewer.close();
    await server.until('card', ({ viewers }) => viewers === 0, 5000);
  });
});
