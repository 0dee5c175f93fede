// The wall's room: every picture in its own ratio and place before it comes, nothing moves, nothing is wider than the
// window.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeCamera } from './fake-server.ts';
import { PageFixture, PHONE, everyState, liveCameras, named, refused } from './open-page.ts';

const fixture = new PageFixture();

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxes(): Promise<Rect[]> {
  return fixture.page.locator('.box').evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    }),
  );
}

function sidewaysRoom(): Promise<number> {
  return fixture.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

async function tilesAre(count: number): Promise<void> {
  await fixture.page.waitForFunction((n) => document.querySelectorAll('.tile').length === n, count);
}

describe('the wall', () => {
  for (const width of [1440, 390, 320]) {
    it(`has no sideways scroll at ${width} px, nor do its cameras, with 0 to 16 of them`, async () => {
      const touch = width < 500;
      const page = await fixture.open('/', { viewport: { width, height: 844 }, hasTouch: touch, isMobile: touch });
      for (const count of [0, 1, 2, 9, 16]) {
        const korean = named(fakeCamera('korean'), '현관 앞 주차장 입구 카메라');
        fixture.server.cameras = [...everyState(), ...liveCameras(6), korean].slice(0, count);
        await tilesAre(count);
        assert.equal(await sidewaysRoom(), 0, `${count} cameras`);
      }
      for (const id of ['off', 'long']) {
        await page.goto(`${fixture.origin}/cameras/${id}`);
        await page.locator('.opened .caption').waitFor();
        assert.equal(await sidewaysRoom(), 0, id);
      }
    });
  }

  it('has no sideways scroll with text twice as large', async () => {
    fixture.server.cameras = everyState();
    const page = await fixture.open('/', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
    await tilesAre(9);
    assert.equal(await sidewaysRoom(), 0);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
    assert.equal(await sidewaysRoom(), 0);
  });

  it('shows 1, 2, 4, 9 and 16 cameras in as many columns as make them largest, all without scrolling', async () => {
    const page = await fixture.open();
    for (const [count, columns, width] of [
      [1, 1, 1422],
      [2, 2, 708],
      [4, 2, 671],
      [9, 3, 422],
      [16, 4, 297],
    ] as const) {
      fixture.server.cameras = liveCameras(count);
      await tilesAre(count);
      const rects = await boxes();
      assert.equal(new Set(rects.map(({ x }) => Math.round(x))).size, columns, `${count} cameras`);
      assert.ok(Math.abs(rects[0]!.width - width) <= 2, `${count} cameras: ${rects[0]!.width}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true);
    }
  });

  it('shows three whole tiles on a phone', async () => {
    fixture.server.cameras = liveCameras(3);
    const page = await fixture.open('/', PHONE);
    await tilesAre(3);
    const bottom = await page
      .locator('.tile')
      .last()
      .evaluate((tile) => tile.getBoundingClientRect().bottom);
    assert.ok(bottom <= 844, `${bottom}`);
    assert.equal((await boxes())[0]!.width, 390);
  });

  it('keeps room in the ratio of each camera before its first picture, and the same room after it', async () => {
    const sizes = [
      [1280, 720],
      [640, 480],
      [720, 1280],
      [3840, 1080],
      [0, 0],
    ] as const;
    fixture.server.cameras = sizes.map(([width, height], at) => fakeCamera(`camera${at}`, { width, height }));
    for (const { id } of fixture.server.cameras) fixture.server.still.add(id);
    const page = await fixture.open();
    await tilesAre(5);
    const before = await boxes();
    for (const [at, [width, height]] of sizes.entries()) {
      const ratio = width === 0 ? 16 / 9 : width / height;
      const { width: w, height: h } = before[at]!;
      assert.ok(Math.abs(w / h / ratio - 1) < 0.01, `camera${at}: ${w} x ${h}`);
    }
    fixture.server.still.clear();
    await page.waitForFunction(() => document.querySelectorAll('.box.dim').length === 0);
    assert.deepEqual(await boxes(), before);
  });

  it('moves nothing while pictures come, a camera goes and comes back', async () => {
    const [door, yard] = liveCameras(2);
    fixture.server.cameras = [door!, yard!];
    const page = await fixture.open();
    await page.evaluate(() => {
      const seen = { shift: 0 };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await fixture.says('Live', { of: 'Camera 1' });
    fixture.server.cameras = [{ ...door!, status: { ...door!.status, state: 'failed', reason: refused } }, yard!];
    await fixture.says('Off', { of: 'Camera 1' });
    fixture.server.cameras = [door!, yard!];
    await fixture.says('Live', { of: 'Camera 1' });
    await page.locator('.delay', { hasText: /ms$/ }).first().waitFor();
    const shift = await page.evaluate(() => (window as unknown as { seen: { shift: number } }).seen.shift);
    assert.ok(shift <= 0.01, `${shift}`);
  });
});
