// The test card and its font, on their own pixels.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GLYPH_ADVANCE, drawText, plainText, textWidth } from './font.ts';
import { readStrip } from './strip.ts';
import { TestCard, purePatches } from './test-card.ts';
import type { Area } from './test-card.ts';

const TIME_US = 1_795_000_000_123_456;

function levels(card: TestCard, area: Area): Set<number> {
  const found = new Set<number>();
  for (let y = area.y; y < area.y + area.height; y += 1) {
    for (let x = area.x; x < area.x + area.width; x += 1) found.add(card.data[y * card.width + x] ?? -1);
  }
  return found;
}

describe('the test card', () => {
  test('carries a strip that says what was drawn, at every size a camera may have', () => {
    for (const [width, height] of [
      [160, 90],
      [320, 240],
      [480, 640],
      [1280, 720],
      [1920, 1080],
      [3840, 2160],
    ] as const) {
      const card = new TestCard({ width, height, name: 'door', range: 'limited' });
      card.draw({ frame: 41, timeUs: TIME_US });
      card.draw({ frame: 42, timeUs: TIME_US + 33_333 });
      const plane = { data: card.data, stride: width, width, height };
      assert.deepEqual(readStrip(plane), { frame: 42, timeUs: TIME_US + 33_333 }, `${width}x${height}`);
    }
  });

  test('has true black and true white in the range of its picture', () => {
    const { black, white } = purePatches(1280, 720);
    for (const [range, least, most] of [
      ['limited', 16, 235],
      ['full', 0, 255],
    ] as const) {
      const card = new TestCard({ width: 1280, height: 720, name: '', range });
      card.draw({ frame: 0, timeUs: TIME_US });
      assert.deepEqual([...levels(card, black)], [least]);
      assert.deepEqual([...levels(card, white)], [most]);
    }
  });

  test('stays inside the range of video', () => {
    const card = new TestCard({ width: 640, height: 360, name: 'A camera', range: 'limited' });
    card.draw({ frame: 0, timeUs: TIME_US });
    const luma = card.data.subarray(0, 640 * 360);
    const chroma = card.data.subarray(640 * 360);
    assert.ok(luma.every((level) => level >= 16 && level <= 235));
    assert.ok(chroma.every((level) => level >= 16 && level <= 240));
  });

  test('moves: no two frames are alike above the strip', () => {
    const card = new TestCard({ width: 640, height: 360, name: 'door', range: 'limited' });
    const above = 640 * 300;
    card.draw({ frame: 1, timeUs: TIME_US });
    const first = Buffer.from(card.data.subarray(0, above));
    card.draw({ frame: 2, timeUs: TIME_US + 33_333 });
    assert.notDeepEqual(first, card.data.subarray(0, above));
  });

  test('shows the name of the camera, a long one cut', () => {
    const draw = (name: string): Buffer => new TestCard({ width: 320, height: 180, name, range: 'limited' }).data;
    assert.notDeepEqual(draw('front'), draw('back'));
    assert.equal(draw('x'.repeat(500)).length, (320 * 180 * 3) / 2);
  });
});

describe('the font', () => {
  test('has a glyph of its own for every printable character', () => {
    const seen = new Set<string>();
    for (let code = 33; code < 127; code += 1) {
      const plane = { data: new Uint8Array(GLYPH_ADVANCE * 9), stride: GLYPH_ADVANCE, width: GLYPH_ADVANCE, height: 9 };
      drawText(plane, String.fromCharCode(code), { x: 0, y: 0, scale: 1, level: 1 });
      assert.ok(plane.data.includes(1), String.fromCharCode(code));
      seen.add(plane.data.join(''));
    }
    assert.equal(seen.size, 94);
  });

  test('draws nothing outside of the plane', () => {
    const plane = { data: new Uint8Array(20 * 10), stride: 20, width: 16, height: 8 };
    drawText(plane, 'MMMM', { x: -3, y: -2, scale: 2, level: 9 });
    drawText(plane, 'MMMM', { x: 10, y: 6, scale: 3, level: 9 });
    assert.ok(plane.data.includes(9));
    for (let y = 0; y < 10; y += 1) {
      assert.ok(plane.data.subarray(y * 20 + (y < 8 ? 16 : 0), (y + 1) * 20).every((level) => level === 0));
    }
  });

  test('writes accents as plain letters and anything else as a question mark', () => {
    assert.equal(plainText('Küche № 1 – Tür'), 'Kuche No 1 ? Tur');
    assert.equal(textWidth('ab', 3), 33);
    assert.equal(textWidth('', 3), 0);
  });
});
