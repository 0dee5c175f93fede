// A camera's processor on the page, with a real server: its stream in the picture, its options in the form, off and on, a
// broken file with file and line, and what it finds.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { pause } from '../../fixtures/server.ts';
import { LivePage, VIEWPORTS } from './live-page.ts';

/** A picture of one grey, and a finding in its middle five times a second. */
const PAINT = `import { defineProcessor, z } from 'sightline';
export default defineProcessor({
  description: 'One grey, and a mark in its middle',
  input: { width: 320, format: 'gray', fps: 10 },
  options: z.object({ level: z.number().min(0).max(255).default(40).describe('How bright, 0 to 255') }),
  events: { mark: z.object({ level: z.number() }) },
  setup({ cv, options, width, height }) {
    const picture = new cv.Mat(height, width, cv.CV_8UC1, new cv.Scalar(options.level));
    const boxes = [{ x: 0.25, y: 0.25, width: 0.5, height: 0.5 }];
    let frames = 0;
    return {
      process() {
        const events = frames++ % 2 === 0 ? [{ type: 'mark' as const, boxes, data: { level: options.level } }] : [];
        return { picture, events };
      },
      close() { picture.delete(); },
    };
  },
});
`;
const CONFIG = `cameras:
  door:
    name: Front door
    source: test:?width=640&height=360&fps=15
    processors:
      paint: { file: processors/paint.ts, options: { level: 40 } }
`;

/** Resolves when the middle of the opened picture is about as bright as this. */
async function isGrey(page: Page, level: number): Promise<void> {
  await page.locator('.opened canvas').evaluate(async (canvas: HTMLCanvasElement, wanted: number) => {
    const copy = new OffscreenCanvas(1, 1);
    const context = copy.getContext('2d', { willReadFrequently: true })!;
    const look = (): number => {
      if (canvas.width === 0) return -1;
      context.drawImage(canvas, canvas.width / 4, canvas.height / 4, 1, 1, 0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data[0]!;
    };
    while (Math.abs(look() - wanted) > 8) await new Promise(requestAnimationFrame);
  }, level);
}

describe('the processor of a camera on its page', { timeout: 240_000 }, () => {
  let live: LivePage;
  let file: string;

  /** Resolves when the running processor has this option. */
  async function hasLevel(level: number): Promise<void> {
    for (;;) {
      const { processors } = await live.server.json<{ processors: { options: Record<string, unknown> }[] }>(
        '/api/cameras/door',
      );
      if (processors[0]?.options['level'] === level) return;
      await pause(50);
    }
  }

  before(async () => {
    live = await LivePage.start('cameras: {}\n');
    file = path.join(live.folder.path, 'processors', 'paint.ts');
    await mkdir(path.dirname(file));
    await writeFile(file, PAINT);
  });
  after(() => live[Symbol.asyncDispose]());

  for (const viewport of VIEWPORTS) {
    it(`is watched, set, switched, broken and mended on ${viewport.width} pixels`, async () => {
      await writeFile(file, PAINT);
      await writeFile(live.config, CONFIG);
      const page = await live.open({ viewport, hasTouch: viewport.width < 500, withKey: true });
      await page.locator('.tile', { hasText: 'Front door' }).click();
      const panel = page.locator('.processors');
      const state = panel.locator('.processor-state [role=status]');
      const stream = page.getByRole('button', { name: 'paint', exact: true });

      await stream.click();
      await isGrey(page, 40);
      assert.equal(await stream.getAttribute('aria-pressed'), 'true');

      const level = panel.getByRole('textbox', { name: 'Level' });
      await level.fill('200');
      await isGrey(page, 200);
      await hasLevel(200);
      assert.match(await readFile(live.config, 'utf8'), /options: \{ level: 200 \}/);
      await level.fill('300');
      await panel.getByRole('alert').filter({ hasText: 'From 0 to 255.' }).waitFor();
      await level.fill('200');

      const power = panel.getByRole('switch', { name: /paint/ });
      await power.click();
      await state.filter({ hasText: 'Switched off' }).waitFor();
      await stream.waitFor({ state: 'detached' });
      await power.click();
      await state.filter({ hasText: 'Running' }).waitFor();
      await stream.click();
      await isGrey(page, 200);

      await writeFile(file, PAINT.replace("{ type: 'mark' as const,", '{ type: wrong,'));
      await panel.locator('code', { hasText: /paint\.ts:13/ }).waitFor();
      assert.match((await panel.locator('.processor-problem').textContent()) ?? '', /wrong is not defined/);
      assert.match((await panel.locator('.processor-problem').textContent()) ?? '', /still runs/);
      await isGrey(page, 200);
      await writeFile(file, PAINT);
      await panel.locator('.processor-problem').waitFor({ state: 'detached' });

      await page.getByRole('switch', { name: 'Show findings' }).click();
      const box = await page.locator('.finding').first().boundingBox();
      const picture = await page.locator('.opened canvas').boundingBox();
      assert.ok(box !== null && picture !== null);
      assert.ok(Math.abs(box.x + box.width / 2 - (picture.x + picture.width / 2)) < 2, 'in the middle of the picture');
      const found = page.locator('.found .event').first();
      await found.filter({ hasText: 'paint' }).waitFor();
      await found.locator('img').evaluate(async (image: HTMLImageElement) => image.decode());
      await page.context().close();
    });
  }

  it('keeps what is typed for one camera from the form of the next', async () => {
    await writeFile(file, PAINT);
    const [, door = ''] = CONFIG.split('cameras:\n');
    await writeFile(
      live.config,
      `cameras:\n${door}${door.replace('door:', 'gate:').replace('level: 40', 'level: 50')}`,
    );
    const page = await live.open({ viewport: VIEWPORTS[0], withKey: true });
    await page.locator('.tile').first().click();
    const level = page.locator('.processors').getByRole('textbox', { name: 'Level' });
    await level.fill('300');
    await page.locator('.processors').getByRole('alert').waitFor();
    await level.blur();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/gate/);
    await page.locator('.processors textarea, .processors input[type=text]').first().waitFor();
    assert.equal(await level.inputValue(), '50');
    assert.equal(await page.locator('.processors').getByRole('alert').count(), 0);
    await page.context().close();
  });
});
