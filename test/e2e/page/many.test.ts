// Sixteen cameras in one tab: nothing stalls, the API answers meanwhile, and a tab that slept comes back.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { LivePage, says, tileOf } from './live-page.ts';

const IDS = Array.from({ length: 16 }, (_, index) => `cam${index + 1}`);
const WATCHED_MS = 60_000;
const CONFIG = `cameras:\n${IDS.map((id) => `  ${id}: { source: 'test:?width=320&height=180&fps=5' }\n`).join('')}`;

/** Milliseconds that each tile's picture stood still at most, and what a call of the API took at most. */
async function watch(page: Page): Promise<{ stillMs: number[]; slowestCallMs: number; calls: number }> {
  return page.evaluate(async (watchedMs) => {
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>('.tile canvas')];
    const eye = new OffscreenCanvas(32, 18).getContext('2d', { willReadFrequently: true })!;
    const seen = canvases.map(() => ({ picture: '', sinceMs: performance.now(), stillMs: 0 }));
    const calls: number[] = [];
    const beganMs = performance.now();
    while (performance.now() - beganMs < watchedMs) {
      for (const [index, canvas] of canvases.entries()) {
        eye.drawImage(canvas, 0, 0, 32, 18);
        const picture = eye.getImageData(0, 0, 32, 18).data.join();
        const tile = seen[index]!;
        const nowMs = performance.now();
        tile.stillMs = Math.max(tile.stillMs, nowMs - tile.sinceMs);
        if (picture !== tile.picture) Object.assign(tile, { picture, sinceMs: nowMs });
      }
      const askedMs = performance.now();
      await (await fetch('api/cameras')).json();
      calls.push(performance.now() - askedMs);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return {
      stillMs: seen.map(({ stillMs }) => stillMs),
      slowestCallMs: calls.toSorted((a, b) => a - b)[Math.floor(calls.length * 0.95)]!,
      calls: calls.length,
    };
  }, WATCHED_MS);
}

describe('sixteen tiles in one tab', () => {
  let live: LivePage;
  before(async () => {
    live = await LivePage.start(CONFIG);
  });
  after(() => live[Symbol.asyncDispose]());

  test('move for a minute, every one, and the API is answered within 200 ms (19 of 20 calls)', async () => {
    const page = await live.open();
    await Promise.all(IDS.map((id) => says(page, id, /^Live$/, 20_000)));
    const { stillMs, slowestCallMs, calls } = await watch(page);
    assert.ok(calls > 100, `${calls} calls`);
    assert.ok(slowestCallMs < 200, `95 of 100 calls took up to ${slowestCallMs.toFixed(0)} ms`);
    assert.ok(Math.max(...stillMs) < 3000, `pictures stood still for ${stillMs.map(Math.round).join(' ')} ms`);
    await page.context().close();
  });

  test('come back within 2 s in a tab that was frozen for 10 s, without old pictures', async () => {
    const page = await live.open();
    await says(page, 'cam1', /^Live$/, 20_000);
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    const beganMs = performance.now();
    await says(page, 'cam1', /^Live$/, 5000);
    const delay = tileOf(page, 'cam1').locator('.delay');
    await delay.filter({ hasText: /^\d{1,3} ms/ }).waitFor({ timeout: 5000 });
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < 2000, `${tookMs.toFixed(0)} ms`);
    await page.context().close();
  });
});
