// Motion on filmed streets, and on what is none: noise, light that is switched or fades, things outside of the zones.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findFootage, grayFrames, noisy, randomOf } from '../../../../test/fixtures/footage.ts';
import { ProcessorRun } from '../../../../test/fixtures/processor-run.ts';
import type { Box, ProcessorDefinition } from '../contract.ts';
import motion from './motion.ts';

const SIZE = { width: 320, height: 136 };
/** Each third picture of a clip with 25 a second. */
const STEP_MS = 120;
/** In the first scene of the clip a red car comes into this corner, and nothing is ever left of the bus. */
const RED_CAR: Box = { x: 0.78, y: 0, width: 0.22, height: 0.3 };
const LEFT_OF_BUS: Box = { x: 0, y: 0, width: 0.25, height: 1 };
const FIRST_SCENE_FRAMES = 10;

const definition = motion as unknown as ProcessorDefinition;
const footage = await findFootage();
const skip = 'missing' in footage ? footage.missing : false;

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function lit(frame: Uint8Array, factor: number): Uint8Array {
  return Uint8Array.from(frame, (level) => Math.min(255, level * factor));
}

/** A piece of another scene that walks over a picture from left to right. */
class Walker {
  static readonly width = 32;
  static readonly height = 60;
  static readonly top = 70;
  readonly #still: Uint8Array;
  readonly #piece: Uint8Array;

  constructor(still: Uint8Array, other: Uint8Array) {
    this.#still = still;
    this.#piece = other;
  }

  /** With its left edge at `left`. */
  at(left: number): Uint8Array {
    const picture = Uint8Array.from(this.#still);
    for (let y = 0; y < Walker.height; y++) {
      const from = (20 + y) * SIZE.width + 200;
      picture.set(this.#piece.subarray(from, from + Walker.width), (Walker.top + y) * SIZE.width + left);
    }
    return picture;
  }

  static box(left: number): Box {
    const { width, height } = SIZE;
    return {
      x: left / width,
      y: Walker.top / height,
      width: Walker.width / width,
      height: Walker.height / height,
    };
  }
}

describe('motion', { skip, timeout: 60_000 }, async () => {
  if ('missing' in footage) return;
  const { frames } = await grayFrames(path.join(footage.folder, 'bikes.mp4'), { ...SIZE, step: 3 });
  const still = frames[75]!;
  const walker = new Walker(still, frames[40]!);

  async function boxesOf(run: ProcessorRun, frame: Uint8Array): Promise<Box[]> {
    const { drawings } = await run.frame(frame, STEP_MS);
    return drawings.filter((drawing) => drawing.kind === 'box');
  }

  it('starts within a second of a filmed street, with boxes around what moves and none where nothing does', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    for (const frame of frames.slice(0, FIRST_SCENE_FRAMES)) {
      const boxes = await boxesOf(run, frame);
      assert.ok(!boxes.some((box) => overlaps(box, LEFT_OF_BUS)), JSON.stringify(boxes));
    }
    const [start] = run.events;
    assert.equal(run.events.length, 1);
    assert.equal(start?.type, 'start');
    assert.ok(start.atMs <= 1000, `${start.atMs} ms`);
    assert.ok(
      start.boxes.some((box) => overlaps(box, RED_CAR)),
      JSON.stringify(start.boxes),
    );
  });

  it('follows what walks through the picture, and is one motion with a peak and a duration', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    const random = randomOf(1);
    for (let index = 0; index < 10; index++) await run.frame(noisy(still, 3, random), STEP_MS);
    for (let index = 0; index < 48; index++) {
      // It stands still for 1.2 seconds in between.
      const left = 6 * (index < 20 ? index : Math.max(19, index - 10));
      const boxes = await boxesOf(run, noisy(walker.at(left), 3, random));
      assert.ok(
        boxes.some((box) => overlaps(box, Walker.box(left))),
        `${index}: ${JSON.stringify(boxes)}`,
      );
    }
    for (let index = 0; index < 40; index++) await run.frame(noisy(still, 3, random), STEP_MS);
    assert.deepEqual(
      run.events.map(({ type }) => type),
      ['start', 'end'],
    );
    const { peak, durationMs } = run.events[1]!.data as { peak: number; durationMs: number };
    const area = (Walker.width * Walker.height) / (SIZE.width * SIZE.height);
    assert.ok(peak > area / 2 && peak < area * 3, `${peak} of ${area}`);
    assert.ok(durationMs >= 46 * STEP_MS && durationMs <= 60 * STEP_MS, `${durationMs} ms`);
  });

  it('is not found in a still picture with the noise of a sensor', async () => {
    for (const deviation of [2, 5, 10]) {
      await using run = await ProcessorRun.of(definition, SIZE);
      const random = randomOf(deviation);
      for (let index = 0; index < 60; index++) {
        assert.deepEqual(await boxesOf(run, noisy(still, deviation, random)), [], `deviation ${deviation}`);
      }
      assert.deepEqual(run.events, []);
    }
  });

  it('is not found when the light is switched, or fades', async () => {
    const switched = (factor: number) => (index: number) => (index < 20 || index >= 45 ? 1 : factor);
    const faded = (index: number): number => 1 - Math.min(0.4, Math.max(0, (index - 15) * 0.01));
    for (const light of [switched(0.6), switched(1.4), switched(0.85), faded]) {
      await using run = await ProcessorRun.of(definition, SIZE);
      const random = randomOf(7);
      for (let index = 0; index < 70; index++) await run.frame(noisy(lit(still, light(index)), 3, random), STEP_MS);
      assert.deepEqual(run.events, []);
    }
  });

  it('is found again as soon as the light has settled', async () => {
    await using run = await ProcessorRun.of(definition, SIZE);
    for (let index = 0; index < 12; index++) await run.frame(still, STEP_MS);
    for (let index = 0; index < 6; index++) await run.frame(lit(still, 0.6), STEP_MS);
    for (let index = 0; index < 4; index++) await run.frame(lit(walker.at(60 + 6 * index), 0.6), STEP_MS);
    assert.deepEqual(
      run.events.map(({ type }) => type),
      ['start'],
    );
  });

  it('counts inside of its zones only, and not in what is excluded', async () => {
    const upper = [[0, 0], [1, 0], [1, 0.45], [0, 0.45]]; // prettier-ignore
    const lower = [[0, 0.45], [1, 0.45], [1, 1], [0, 1]]; // prettier-ignore
    const cases = [
      { options: { zones: [upper] }, found: 0 },
      { options: { zones: [lower] }, found: 1 },
      { options: { zones: [upper, lower], exclude: [lower] }, found: 0 },
      { options: { exclude: [upper] }, found: 1 },
    ];
    for (const { options, found } of cases) {
      await using run = await ProcessorRun.of(definition, SIZE, options);
      for (let index = 0; index < 10; index++) await run.frame(still, STEP_MS);
      for (let index = 0; index < 10; index++) await run.frame(walker.at(6 * index), STEP_MS);
      assert.equal(run.events.length, found, JSON.stringify(options));
    }
  });

  it('takes a new zone and size while it runs, and shows the zones as lines to those who watch', async () => {
    await using run = await ProcessorRun.of(definition, SIZE, { minSize: 0.2 });
    for (let index = 0; index < 10; index++) await run.frame(still, STEP_MS);
    for (let index = 0; index < 5; index++) await run.frame(walker.at(6 * index), STEP_MS);
    assert.equal(run.events.length, 0, 'what is smaller does not count');
    const triangle = [[0, 0.4], [1, 0.4], [0.5, 1]]; // prettier-ignore
    await run.update({ zones: [triangle] });
    let lines = 0;
    for (let index = 5; index < 15; index++) {
      const { drawings } = await run.frame(walker.at(6 * index), STEP_MS);
      lines = drawings.filter(({ kind }) => kind === 'line').length;
    }
    assert.equal(run.events[0]?.type, 'start');
    assert.equal(lines, triangle.length);
    assert.deepEqual((await run.frame(walker.at(90), STEP_MS, false)).drawings, []);
  });
});
