// The test source, decoded by a foreign decoder: what it draws is what its units say.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { marksIn } from '../../../test/fixtures/drawn-marks.ts';
import { addressOf, greyOf, runSession } from '../../../test/fixtures/session.ts';
import { wallUs } from '../../base/clock.ts';
import { parseAvcC } from '../../media/h264.ts';
import { purePatches } from '../../media/test-card.ts';
import { createTestSource } from './test.ts';

const SIZE = { width: 640, height: 360 };

describe('the test source', () => {
  for (const codec of ['h264', 'mjpeg'] as const) {
    test(`draws frame number and capture time of every ${codec} unit into its picture`, async () => {
      const source = createTestSource({
        address: addressOf('test', `test:?codec=${codec}&width=640&height=360&fps=60`),
      });
      const session = await runSession(source, 20);
      const grey = await greyOf(session);
      assert.equal(grey.length, 20 * SIZE.width * SIZE.height);
      for (const [index, mark] of marksIn(grey, SIZE).entries()) {
        assert.equal(mark?.frame, index);
        assert.ok(Math.abs(mark.timeUs - wallUs(session.units[index]!.stamp.capturedAtUs)) <= 1000);
      }
    });

    test(`shows black as black and white as white in ${codec}`, async () => {
      const source = createTestSource({
        address: addressOf('test', `test:?codec=${codec}&width=640&height=360&fps=60`),
      });
      const grey = await greyOf(await runSession(source, 2));
      const { black, white } = purePatches(640, 360);
      const at = (area: { x: number; y: number }): number => grey[(area.y + 4) * 640 + area.x + 4] ?? -1;
      assert.ok(at(black) <= 2, `black is ${at(black)}`);
      assert.ok(at(white) >= 253, `white is ${at(white)}`);
    });
  }

  test('says its track as it is: size, rate, parameter sets, and times that rise by the interval', async () => {
    const source = createTestSource({ address: addressOf('test', 'test:') });
    const { tracks, units } = await runSession(source, 5);
    const track = tracks[0]?.[0];
    assert.equal(tracks.length, 1);
    assert.deepEqual([track?.codec, track?.width, track?.height, track?.fps], ['h264', 1280, 720, 30]);
    assert.equal(parseAvcC(track!.config!)?.lengthSize, 4);
    assert.ok(units[0]!.key);
    assert.ok(units.slice(1).every((unit) => !unit.key));
    assert.ok(units.every((unit, index) => index === 0 || unit.ptsUs! > units[index - 1]!.ptsUs!));
  });

  test('draws in real time', async () => {
    const source = createTestSource({ address: addressOf('test', 'test:?width=160&height=90&fps=50') });
    const { units } = await runSession(source, 26);
    const seconds = (units.at(-1)!.stamp.capturedAtUs - units[0]!.stamp.capturedAtUs) / 1e6;
    assert.ok(seconds > 0.45 && seconds < 2, `25 intervals of 20 ms took ${seconds} s`);
  });

  test('ends at once when it is closed, and goes on with its frame numbers when it is opened again', async () => {
    const source = createTestSource({ address: addressOf('test', 'test:?codec=mjpeg&width=640&height=360&fps=60') });
    const first = await runSession(source, 3);
    assert.ok(first.endMs !== null && first.endMs < 1000);
    const grey = await greyOf(await runSession(source, 1));
    const [mark] = marksIn(grey, SIZE);
    assert.ok(mark && mark.frame >= 3);
  });

  test('refuses parameters that do not exist', () => {
    assert.throws(() => createTestSource({ address: addressOf('test', 'test:?codec=hevc') }), {
      code: 'source-invalid',
    });
  });

  test('opened and closed fifty times keeps no memory', async () => {
    const source = createTestSource({ address: addressOf('test', 'test:?fps=60') });
    for (let run = 0; run < 15; run += 1) await runSession(source, 1);
    const before = process.memoryUsage.rss();
    for (let run = 0; run < 50; run += 1) await runSession(source, 1);
    const grown = process.memoryUsage.rss() - before;
    // one picture of 720p alone is 1.4 MB: a leak of one a run would be 70 MB
    assert.ok(grown < 40e6, `${grown} bytes`);
  });
});
