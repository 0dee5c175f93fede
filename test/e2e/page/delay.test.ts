// The delay that the page shows is true: it is compared with the capture time that stands in the pixels themselves.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { LivePage, says } from './live-page.ts';

const WATCHED_MS = 6000;

/** Delays of pictures on the screen, by the strip in their pixels and the wall clock of this machine, milliseconds. */
async function trueDelays(page: Page, strip: string): Promise<number[]> {
  return page.evaluate(
    async ({ source, watchedMs }) => {
      const reader = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
        readStripRgba(pixels: Uint8ClampedArray, width: number, height: number): { timeUs: number } | null;
      };
      const canvas = document.querySelector('canvas')!;
      const context = canvas.getContext('2d')!;
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      /** The tasks of a frame are over: what was drawn in it is what the next one finds on the screen. */
      const afterFrame = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
      const delays: number[] = [];
      const end = performance.now() + watchedMs;
      let shownUs = 0;
      while (performance.now() < end) {
        await nextFrame();
        await afterFrame();
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        const mark = reader.readStripRgba(data, canvas.width, canvas.height);
        if (mark === null || mark.timeUs === shownUs) continue;
        shownUs = mark.timeUs;
        const presentedMs = await nextFrame();
        // Since the page was opened the wall clock may have been set: timeOrigin is of then, the server's stamp of now.
        const wallMs = Date.now() - performance.now() + presentedMs;
        delays.push(wallMs - shownUs / 1000);
      }
      return delays;
    },
    { source: strip, watchedMs: WATCHED_MS },
  );
}

/** What the page reports of itself meanwhile. */
async function reportedDelays(live: LivePage): Promise<number[]> {
  const seen: number[] = [];
  const end = performance.now() + WATCHED_MS;
  while (performance.now() < end) {
    const { viewers } = await live.server.json<{ viewers: { via: string; delayMs: number | null }[] }>(
      '/api/cameras/card/viewers',
    );
    const delayMs = viewers.find(({ via }) => via === 'tiles')?.delayMs ?? null;
    if (delayMs !== null) seen.push(delayMs);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return seen;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

test('the delay that the page reports is the one in the pixels, within 20 ms', async () => {
  await using live = await LivePage.start("cameras:\n  card: { source: 'test:?width=640&height=360&fps=20' }\n");
  const page = await live.open({ bypassCSP: true });
  await says(page, 'card', /^Live$/, 10_000);
  const strip = stripTypeScriptTypes(await readFile(new URL('../../../src/media/strip.ts', import.meta.url), 'utf8'));
  const [truth, reported] = await Promise.all([trueDelays(page, strip), reportedDelays(live)]);
  assert.ok(truth.length > 10 && reported.length > 5, `${truth.length} pictures, ${reported.length} reports`);
  const difference = median(reported) - median(truth);
  const said = `pixels ${median(truth).toFixed(1)} ms, page ${median(reported).toFixed(1)} ms`;
  assert.ok(Math.abs(difference) <= 20, said);
});
