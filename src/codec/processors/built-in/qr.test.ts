// QR codes drawn into a filmed street: which are told, when, and that a street alone has none.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findFootage, grayFrames } from '../../../../test/fixtures/footage.ts';
import { ProcessorRun } from '../../../../test/fixtures/processor-run.ts';
import { QR_CODES, withCode } from '../../../../test/fixtures/qr-codes.ts';
import type { ProcessorDefinition } from '../contract.ts';
import qr from './qr.ts';

const SIZE = { width: 960, height: 408 };
const STEP_MS = 333;
const definition = qr as unknown as ProcessorDefinition;
const texts = Object.keys(QR_CODES);
const footage = await findFootage();
const skip = 'missing' in footage ? footage.missing : false;

/** What stands in three corners of each code. */
const PATTERN = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######'];
const MODULE_PX = 3;
const LIMIT_US = 1_500_000;

function fullOfPatterns(): Uint8Array {
  const { width, height } = SIZE;
  const each = (PATTERN.length + 2) * MODULE_PX;
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const row = PATTERN[Math.floor((y % each) / MODULE_PX)] ?? '';
    return row[Math.floor((x % each) / MODULE_PX)] === '#' ? 0 : 255;
  });
}

describe('qr', { skip, timeout: 60_000 }, async () => {
  if ('missing' in footage) return;
  const { frames } = await grayFrames(path.join(footage.folder, 'bikes.mp4'), { ...SIZE, step: 10 });
  const textsOf = (events: ProcessorRun['events']): string[] => events.map(({ data }) => String(data['text'])).sort();

  it('tells several codes of one picture, each with its box and its text on the picture', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    const places = texts.map((text, index) => ({ text, left: 60 + 320 * index, top: 100 + 40 * index, scale: 4 }));
    const picture = places.reduce((drawn, place) => withCode(drawn, SIZE, place), frames[0]!);
    const { drawings } = await run.frame(picture, STEP_MS);
    assert.deepEqual(textsOf(run.events), [...texts].sort());
    for (const { text, left, top, scale } of places) {
      const [box] = run.events.find(({ data }) => data['text'] === text)!.boxes;
      assert.ok(Math.abs(box!.x * SIZE.width - left) <= scale, `${text}: ${JSON.stringify(box)}`);
      assert.ok(Math.abs(box!.y * SIZE.height - top) <= scale);
      assert.ok(Math.abs(box!.width * SIZE.width - QR_CODES[text]!.length * scale) <= 2 * scale);
      assert.ok(drawings.some((drawing) => drawing.kind === 'box' && drawing.label === text));
    }
  });

  it('reads small ones, two pixels a module', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    await run.frame(withCode(frames[12]!, SIZE, { text: texts[0]!, left: 400, top: 200, scale: 2 }), STEP_MS);
    assert.deepEqual(textsOf(run.events), [texts[0]]);
  });

  it('tells a code once while it is there, and again only after it was gone for some seconds', async () => {
    await using run = await ProcessorRun.of(definition, SIZE, { againSeconds: 3 });
    const shown = withCode(frames[0]!, SIZE, { text: texts[1]!, left: 300, top: 90, scale: 4 });
    for (let index = 0; index < 4; index++) await run.frame(shown, STEP_MS);
    await run.frame(frames[0]!, 2500);
    await run.frame(shown, 400);
    assert.equal(run.events.length, 1, 'a moment behind a hand is not gone');
    await run.frame(frames[0]!, STEP_MS);
    await run.frame(shown, 3000);
    assert.equal(run.events.length, 2);
  });

  it('finds none in a filmed street', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    for (const frame of frames) assert.deepEqual((await run.frame(frame, STEP_MS)).drawings, []);
    assert.ok(frames.length >= 20);
    assert.deepEqual(run.events, []);
  });

  it('is done with a picture full of corner patterns in its time, and with the next one', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    const before = process.threadCpuUsage();
    const { drawings } = await run.frame(fullOfPatterns(), STEP_MS);
    const { user, system } = process.threadCpuUsage(before);
    assert.deepEqual(drawings, []);
    assert.ok(user + system < LIMIT_US, `${user + system} us of a core`);
    await run.frame(withCode(frames[0]!, SIZE, { text: texts[0]!, left: 400, top: 200, scale: 3 }), STEP_MS);
    assert.deepEqual(textsOf(run.events), [texts[0]]);
  });
});
