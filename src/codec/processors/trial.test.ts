// What a person's test of a processor can see and rely on.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { runFfmpeg } from '../../../test/fixtures/clips.ts';
import { temporaryFolder } from '../../../test/fixtures/folder.ts';
import type { TemporaryFolder } from '../../../test/fixtures/folder.ts';
import { nativeStats } from '../ffmpeg/native.ts';
import { defineProcessor, isProcessorDefinition } from './contract.ts';
import type { Pixels, ProcessorDefinition } from './contract.ts';
import { tryProcessor } from './trial.ts';
import { hookUserModules } from './user-modules.ts';

function flat(
  level: number,
  [width, height]: readonly [number, number] = [64, 36],
  format: 'gray' | 'bgr' = 'gray',
): Pixels {
  const data = new Uint8Array(width * height * (format === 'gray' ? 1 : 3)).fill(level);
  return { data, width, height, format };
}

/** Says how bright each frame is, and of what size. */
const meter = defineProcessor({
  input: { width: 64, format: 'gray', fps: 10 },
  options: z.object({ least: z.number().default(0) }),
  events: { level: z.object({ level: z.number(), width: z.number() }), setup: z.object({ size: z.string() }) },
  setup({ cv, options, width, height }) {
    let isNew = true;
    return {
      process(frame) {
        const level = Math.round(cv.mean(frame.mat)[0]!);
        const began = isNew ? ([{ type: 'setup', data: { size: `${width}x${height}` } }] as const) : [];
        isNew = false;
        const seen = level < options.least ? [] : ([{ type: 'level', data: { level, width: frame.width } }] as const);
        return { events: [...began, ...seen] };
      },
    };
  },
});

describe('a processor on trial', { timeout: 60_000 }, () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await temporaryFolder();
    hookUserModules();
  });
  after(async () => {
    await folder.remove();
    assert.equal(nativeStats().calls, 0);
  });

  async function load(name: string, body: string): Promise<ProcessorDefinition> {
    const file = path.join(folder.path, name);
    await writeFile(file, `import { defineProcessor, z } from 'sightline';\nexport default ${body};\n`);
    const { default: loaded } = (await import(pathToFileURL(file).href)) as { default: unknown };
    assert.ok(isProcessorDefinition(loaded));
    return loaded;
  }

  it('gives pictures, drawings and events of each frame, typed by its own schemas', async () => {
    const { frames, events } = await tryProcessor(meter, { frames: [flat(10), flat(200)], options: { least: 100 } });
    assert.deepEqual(
      frames.map(({ atMs, events: found }) => [atMs, found.length]),
      [
        [0, 1],
        [100, 1],
      ],
    );
    const [, last] = events;
    assert.equal(last?.type, 'level');
    assert.equal(last.data.level, 200);
    // @ts-expect-error that kind of event carries no such thing
    assert.equal(last.data.size, undefined);
    // @ts-expect-error no such option
    await assert.rejects(tryProcessor(meter, { frames: [flat(0)], options: { most: 1 } }), /most/);
  });

  it('gets frames in its own size and format, as in the server', async () => {
    const wide = flat(120, [640, 360], 'bgr');
    const { events } = await tryProcessor(meter, { frames: [wide, flat(7, [32, 32])] });
    assert.deepEqual(
      events.map(({ data }) => data),
      [{ size: '64x36' }, { level: 120, width: 64 }, { size: '32x32' }, { level: 7, width: 32 }],
    );
  });

  it('gets the frames of a picture, and of a video as many a second as it asks for', async () => {
    const picture = path.join(folder.path, 'grey.jpg');
    const video = path.join(folder.path, 'grey.mp4');
    const grey = ['-f', 'lavfi', '-i', 'color=gray:size=128x72:rate=30'];
    await writeFile(picture, await runFfmpeg([...grey, '-frames:v', '1', '-f', 'mjpeg', '-']));
    await runFfmpeg([...grey, '-frames:v', '60', '-c:v', 'libx264', video]);
    const { events } = await tryProcessor(meter, { clip: picture });
    assert.deepEqual(events.at(-1)?.data, { level: 128, width: 64 });
    const { frames } = await tryProcessor(meter, { clip: pathToFileURL(video) });
    assert.deepEqual([frames.length, frames[1]?.atMs], [20, 100]);
    await assert.rejects(tryProcessor(meter, { clip: path.join(folder.path, 'no.mp4') }), { code: 'file-missing' });
    await writeFile(picture, 'no picture');
    await assert.rejects(tryProcessor(meter, { clip: picture }), { code: 'file-unreadable' });
  });

  it('has the Mats named that it did not delete, with file and line', async () => {
    const leaky = await load(
      'leaky.ts',
      `defineProcessor({
  input: { format: 'gray' },
  setup({ cv }) {
    const kept = new cv.Mat();
    return {
      process(frame) {
        const each = frame.mat.clone();
        return { picture: each };
      },
    };
  },
})`,
    );
    const { pictures, findings } = await tryProcessor(leaky, { frames: [flat(1), flat(2)] });
    assert.deepEqual(
      pictures.map(({ data, format }) => [data[0], format]),
      [
        [1, 'gray'],
        [2, 'gray'],
      ],
    );
    assert.equal(findings.length, 2, findings.join('\n'));
    assert.match(findings[0]!, /a Mat that was made at .*leaky\.ts:5 was not deleted/);
    assert.match(findings[1]!, /2 Mats that were made at .*leaky\.ts:8 were not deleted/);
    const { findings: none } = await tryProcessor(meter, { frames: [flat(1)] });
    assert.deepEqual(none, [], 'they are not those of the next trial');
  });

  it('fails with what it threw, with its line', async () => {
    const broken = await load(
      'broken.ts',
      `defineProcessor({
  setup: () => ({
    process(frame) {
      throw new RangeError('no luck');
    },
    close() {
      throw new Error('nor here');
    },
  }),
})`,
    );
    await assert.rejects(tryProcessor(broken, { frames: [flat(1)] }), (error: Error) => {
      assert.equal(error.message, 'no luck');
      return /broken\.ts:5/.test(error.stack ?? '');
    });
    const deleting = await load(
      'deleting.ts',
      `defineProcessor({ setup: () => ({ process: ({ mat }) => { mat.delete(); } }) })`,
    );
    await assert.rejects(tryProcessor(deleting, { frames: [flat(1), flat(2)] }), /deleted frame\.mat/);
    const wrong = await load(
      'wrong.ts',
      `defineProcessor({ events: { a: z.object({ n: z.number() }) }, setup: () => ({ process: () => ({ events: [{ type: 'a', data: { n: 'x' } }] }) }) })`,
    );
    await assert.rejects(tryProcessor(wrong, { frames: [flat(1)] }), /the data of event "a"\.n/);
  });

  it('is told what is wrong with what it was given', async () => {
    await assert.rejects(tryProcessor(meter, {}), /either frames or a clip/);
    await assert.rejects(tryProcessor(meter, { frames: [flat(1)], clip: 'a.jpg' }), /either frames or a clip/);
    await assert.rejects(tryProcessor(meter, { frames: [] }), /no frame/);
    await assert.rejects(
      tryProcessor(meter, { frames: [{ ...flat(1), width: 65 }] }),
      /65x36 has 2340 bytes, not 2304/,
    );
    const plain: unknown = { setup: () => ({ process: () => undefined }) };
    await assert.rejects(tryProcessor(plain as typeof meter, { frames: [flat(1)] }), /defineProcessor/);
  });

  it('runs alone: of two at the same time, neither sees the Mats of the other', async () => {
    const slow = await load(
      'slow.ts',
      `defineProcessor({
  input: { format: 'gray' },
  setup({ cv }) {
    const mat = new cv.Mat();
    return { async process() { await new Promise(setImmediate); }, close() { mat.delete(); } };
  },
})`,
    );
    const trials = [1, 2, 3].map(() => tryProcessor(slow, { frames: [flat(1), flat(2), flat(3)] }));
    for (const { findings, frames } of await Promise.all(trials)) assert.deepEqual([findings, frames.length], [[], 3]);
  });
});
