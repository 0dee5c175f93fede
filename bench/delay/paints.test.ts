import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nowUs } from '../../src/base/clock.ts';
import { drawStrip } from '../../src/media/strip.ts';
import { launchChromium } from '../../test/fixtures/chromium.ts';
import { stepsOf, watchPaints } from './paints.ts';

const LOOP = 750;

it('frames that were never painted are counted across the end of the loop', () => {
  assert.deepEqual(stepsOf([747, 748, 749, 0, 1], LOOP), { lostShare: 0, repeated: 0 });
  assert.deepEqual(stepsOf([748, 1, 2], LOOP), { lostShare: 0.4, repeated: 0 });
  assert.ok(Number.isNaN(stepsOf([], LOOP).lostShare));
});

it('an older picture that is painted again is not a loss of a whole loop', () => {
  assert.deepEqual(stepsOf([5, 6, 5, 7, 6, 8], LOOP), { lostShare: 0, repeated: 2 });
});

it('what Chromium paints is read from its pixels, each picture once, with the time when it was on the screen', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.setContent('<canvas width=320 height=180></canvas>');
    const pictures = [11, 12, 13, 14].map((frame) => grey(frame).toString('base64'));
    await page.evaluate<unknown>(`pictures = ${JSON.stringify(pictures)}; ${DRAW}`);
    const beganUs = nowUs();
    const { paints, uncertaintyMs } = await watchPaints(page, 'canvas', 2000);
    assert.deepEqual(paints.map(({ frame }) => frame), [11, 12, 13, 14]); // prettier-ignore
    assert.ok(uncertaintyMs < 50);
    for (const { atUs } of paints) assert.ok(atUs > beganUs && atUs < nowUs());
    assert.ok(paints.every(({ atUs }, at) => at === 0 || atUs > paints[at - 1]!.atUs));
  } finally {
    await browser.close();
  }
});

/** Draws the pictures into the canvas, each for three animation frames, once the watcher makes the canvas it reads with. */
const DRAW = `const Offscreen = OffscreenCanvas;
OffscreenCanvas = class extends Offscreen {
  constructor(...size) {
    super(...size);
    void play();
  }
};
play = async () => {
  const context = document.querySelector('canvas').getContext('2d');
  for (const text of pictures) {
    const image = context.createImageData(320, 180);
    const grey = atob(text);
    for (let at = 0; at < grey.length; at += 1) image.data.fill(grey.charCodeAt(at), at * 4, at * 4 + 3);
    for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
    context.putImageData(image, 0, 0);
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  }
}`;

function grey(frame: number): Buffer {
  const data = Buffer.alloc(320 * 180, 128);
  drawStrip({ data, stride: 320, width: 320, height: 180 }, { frame, timeUs: 0 }, 'full');
  return data;
}
