// The page never calls an old picture live, and says the delay of each picture as its pixels have it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeServer, fakeCamera } from './fake-server.ts';
import { PageFixture, everyState, liveCameras, refused } from './open-page.ts';

const fixture = new PageFixture();

describe('an old picture never looks live', () => {
  it('a camera that goes is called off with reason, since and hint, its picture dimmed; back, it is live', async () => {
    const [door, yard] = liveCameras(2);
    fixture.server.cameras = [door!, yard!];
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    const off = { ...door!, status: { ...door!.status, state: 'failed' as const, reason: refused } };
    fixture.server.cameras = [off, yard!];
    await fixture.says('Off', { of: 'Camera 1', withinMs: 2500 });
    assert.match(
      await page.locator('.slate').innerText(),
      /Camera 1 is off\.\n+192\.168\.1\.21 refused .*\n+Since \d\d:\d\d:\d\d, \d+ s ago\.\n+Nothing listens/,
    );
    assert.equal(await page.locator('.box:not(.dim)').count(), 1);
    await fixture.says('Live', { of: 'Camera 2' });
    fixture.server.cameras = [door!, yard!];
    await fixture.says('Live', { of: 'Camera 1', withinMs: 3000 });
    await fixture.moves('Camera 1');
    assert.equal(await page.locator('.slate').count(), 0);
  });

  it('a camera that is called live but gives no pictures is frozen within 5 s', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    fixture.server.still.add('camera1');
    await fixture.says('Frozen', { of: 'Camera 1', withinMs: 5000 });
    await fixture.says('Live', { of: 'Camera 2' });
    assert.equal(await page.locator('.box.dim').count(), 1);
    assert.match((await fixture.tile('Camera 1').locator('a.open').getAttribute('aria-label')) ?? '', /, Frozen \d s$/);
    fixture.server.still.clear();
    await fixture.says('Live', { of: 'Camera 1', withinMs: 3000 });
  });

  it('pictures that arrive but were captured too long ago are not called live', async () => {
    await fixture.server.stop();
    await fixture.serve({ ageMs: 4000 });
    fixture.server.cameras = liveCameras(1);
    await fixture.open();
    await fixture.says('Frozen', { of: 'Camera 1' });
    await fixture.until(() => fixture.server.tiles.acks > 20);
    await fixture.says('Frozen', { of: 'Camera 1' });
  });

  it('a server that is killed is called lost within 3 s, everything old, and pictures move when it is back', async () => {
    const { server } = fixture;
    server.cameras = everyState();
    const page = await fixture.open();
    await fixture.says('Live', { of: 'front-door' });
    await server.stop();
    await page.getByText('Lost the server at').waitFor({ timeout: 3000 });
    await fixture.says('Old', { of: 'front-door' });
    assert.equal(await page.locator('.box:not(.dim)').count(), 0);
    assert.equal(await page.locator('.state', { hasText: 'Live' }).count(), 0);
    fixture.server = new FakeServer({ pictures: server.pictures, port: Number(new URL(fixture.origin).port) });
    fixture.server.cameras = server.cameras;
    await fixture.server.start();
    await fixture.says('Live', { of: 'front-door', withinMs: 4000 });
    await fixture.moves('front-door');
    assert.equal(await page.getByText('Lost the server').count(), 0);
    assert.equal(fixture.server.tiles.sockets, 1);
  });

  it('each state has its own word, and the bar counts them', async () => {
    fixture.server.cameras = everyState();
    const page = await fixture.open();
    await fixture.says('Live', { of: 'front-door' });
    const words = await page.locator('.state').allInnerTexts();
    const expected = ['Live', 'Starting', 'Starting', 'Frozen', 'Off since', 'Needs password', 'Cannot be shown here'];
    for (const [at, word] of [...expected, 'Switched off', 'Live'].entries()) {
      assert.ok(words[at]?.startsWith(word), `${words[at]} is not ${word}`);
    }
    assert.equal(await page.locator('.count').innerText(), '2 of 8 live');
  });
});

describe('the delay', () => {
  it('is that of the pixels on the screen within 20 ms, and is reported to the server', async () => {
    fixture.server.cameras = liveCameras(1);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    const delay = page.locator('.delay', { hasText: /^\d+ ms$/ });
    await delay.waitFor();
    const seen = await page.locator('.tile canvas').evaluate(watchPixels, 30);
    const said = Number.parseInt(await delay.innerText(), 10);
    const truth = seen.map(({ frame, unixMs }) => {
      const capturedUs = fixture.server.tiles.captured.get(frame)!;
      const serverUs = (unixMs - performance.timeOrigin) * 1000 + fixture.server.clockOffsetUs;
      return (serverUs - capturedUs) / 1000;
    });
    const middle = truth.toSorted((a, b) => a - b)[truth.length >> 1]!;
    assert.ok(Math.abs(said - middle) <= 20, `says ${said} ms, is ${truth.map(Math.round).join(' ')} ms`);
    assert.match((await delay.getAttribute('title')) ?? '', /From capture to screen, by the camera's clock, ± \d+ ms/);
    const reported = fixture.server.tiles.delays.get('camera1')!;
    assert.ok(Math.abs(reported.delayMs! - middle) <= 40 && reported.uncertaintyMs! >= 2, JSON.stringify(reported));
  });

  it('changes at most once a second', async () => {
    fixture.server.cameras = liveCameras(1);
    const page = await fixture.open();
    await page.locator('.delay', { hasText: /^\d+ ms$/ }).waitFor();
    const changes = await page.locator('.delay').evaluate(async (element) => {
      let count = 0;
      const observer = new MutationObserver((records) => (count += records.length > 0 ? 1 : 0));
      observer.observe(element, { characterData: true, childList: true, subtree: true });
      await new Promise((resolve) => setTimeout(resolve, 4000));
      return count;
    });
    assert.ok(changes <= 5, `${changes} changes in 4 s`);
  });

  it('is no guess: without an answer about the clock it says so', async () => {
    fixture.server.tiles.clockless = true;
    fixture.server.cameras = [fakeCamera('front-door')];
    const page = await fixture.open();
    await page.locator('.delay', { hasText: 'no clock' }).waitFor();
  });
});

/**
 * Runs in the page: reads which picture of the pool the canvas shows, frame by frame, when it is new; the time is that
 * of the browser's frame after it was drawn. The pictures' strips hold their number in the first 32 bits.
 */
async function watchPixels(canvas: HTMLCanvasElement, count: number): Promise<{ frame: number; unixMs: number }[]> {
  const seen: { frame: number; unixMs: number }[] = [];
  const context = canvas.getContext('2d')!;
  let last = -1;
  while (seen.length < count) {
    const beganMs: number = await new Promise(requestAnimationFrame);
    const { width, height } = canvas;
    const y = Math.round(height - ((height * 6) / 45) * (5 / 6));
    const row = context.getImageData(0, y, width, 1).data;
    let frame = 0;
    for (let bit = 0; bit < 32; bit += 1) {
      const x = Math.floor(((bit + 2.5) * width) / 40);
      frame = frame * 2 + (row[x * 4]! > 128 ? 1 : 0);
    }
    if (frame !== last) seen.push({ frame, unixMs: performance.timeOrigin + beganMs });
    last = frame;
  }
  return seen;
}
