// Processors at work in codec: real H.264 in, real worker threads and OpenCV, pictures and events out.

import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { h264Clip } from '../../../test/fixtures/clips.ts';
import type { Clip } from '../../../test/fixtures/clips.ts';
import { CodecRoom } from '../../../test/fixtures/codec-room.ts';
import type { FeedTaker } from '../../../test/fixtures/fake-port.ts';
import { playLive } from '../../../test/fixtures/live-clip.ts';
import { nowUs, wallUs } from '../../base/clock.ts';
import type { ProcessorSpec } from '../../config/camera.ts';
import type { ProcessorEvent, ProcessorReport } from '../../link/processors.ts';
import { jpegSize } from '../../media/jpeg.ts';

const SIZE = { width: 640, height: 360 };
/** Tests wait for events; this is only how long until all of them together are called hung. */
const LIMIT = { timeout: 240_000 };

const folder = await mkdtemp(path.join(tmpdir(), 'sightline-processors-'));
let clip: Clip;
let room: CodecRoom;
let camera: Disposable;
let reports: ProcessorReport[];
let events: ProcessorEvent[];
let lines: string[];
let heard = Promise.withResolvers<undefined>();

function hear(): void {
  heard.resolve(undefined);
  heard = Promise.withResolvers<undefined>();
}

/** Waits until something that was told makes `holds` true. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await heard.promise;
}

const last = (name = 'edges'): ProcessorReport | undefined => reports.findLast((report) => report.name === name);
const now = (name = 'edges'): ProcessorReport => {
  return room.streams.processorReports().find((report) => report.name === name)!;
};

let files = 0;
async function file(source: string): Promise<string> {
  const at = path.join(folder, `processor-${++files}.ts`);
  await writeFile(at, source);
  return at;
}

function spec(at: string, more: Partial<ProcessorSpec> = {}): ProcessorSpec {
  const usual = { enabled: true, options: {}, timeoutMs: 10_000, memoryMb: 512 };
  return { name: 'edges', module: { kind: 'file', path: at }, ...usual, ...more };
}

function configure(...processors: readonly ProcessorSpec[]): void {
  room.streams.configureProcessors([{ uid: 'camera', id: 'door', name: 'Front door', processors }]);
}

/** A file whose `process` has this body; `cv`, `options`, `out` are there. */
function processor(body: string, more = ''): string {
  return `import { defineProcessor, z } from 'sightline';
export default defineProcessor({
  input: { width: 320, format: 'gray', fps: 30 },
  options: z.object({ low: z.number().default(60), high: z.number().default(160) }),
  events: { seen: z.object({ text: z.string() }) },
  ${more}
  setup({ cv, options }) {
    const out = new cv.Mat();
    let count = 0;
    return {
      process(frame) { count += 1;
${body}
      },
      close() { out.delete(); },
    };
  },
});
`;
}

const EDGES = processor('cv.Canny(frame.mat, out, options.low, options.high); return { picture: out };');
const pictures =
  (count: number) =>
  (taker: FeedTaker): boolean =>
    taker.jpegs.length >= count;

before(async () => {
  clip = await h264Clip({ graph: 'testsrc2=size=640x360:rate=30', frames: 30, ...SIZE });
});
after(() => rm(folder, { recursive: true }));

beforeEach(() => {
  reports = [];
  events = [];
  lines = [];
  room = new CodecRoom({
    onProcessors: (told) => {
      reports.push(...told);
      hear();
    },
    onEvents: (told) => {
      events.push(...told);
      hear();
    },
    log: (_level, text) => {
      lines.push(text);
      hear();
    },
  });
  camera = playLive(room.port, clip);
});

afterEach(async () => {
  camera[Symbol.dispose]();
  await room.close();
  assert.equal(
    process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length,
    0,
    'no thread is left',
  );
});

describe('a processor', LIMIT, () => {
  it('has a stream of its pictures, with the capture times and numbers of the frames that they came from', async () => {
    configure(spec(await file(EDGES)));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(10));
    for (const jpeg of viewer.jpegs) {
      assert.deepEqual(jpegSize(jpeg.bytes), { width: 320, height: 180 });
      assert.equal(jpeg.stamp.clock, 'rtcp');
      assert.ok(nowUs() - jpeg.stamp.capturedAtUs < 5e6);
    }
    const numbers = viewer.jpegs.map(({ sequence }) => sequence);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
    const report = now();
    assert.deepEqual([report.state, report.shows, report.problem], ['running', 'picture', null]);
    assert.ok(report.p50Ms! > 0 && report.p95Ms! >= report.p50Ms!);
    assert.ok(report.frames.done >= 10 && report.frames.in >= report.frames.done);
    assert.equal(report.options['high'], 160);
  });

  it('draws over the original at its full size', async () => {
    const box = "return { drawings: [{ kind: 'box', x: 0.1, y: 0.2, width: 0.5, height: 0.5, label: 'a box' }] };";
    configure(spec(await file(processor(box))));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(3));
    assert.deepEqual(jpegSize(viewer.jpegs[0]!.bytes), SIZE);
    assert.equal(now().shows, 'drawings');
  });

  it('tells events with the capture time of their frame, and keeps the picture that they were found in', async () => {
    const found =
      "return count === 3 ? { events: [{ type: 'seen', boxes: [{ x: 0, y: 0, width: 0.5, height: 1 }], data: { text: 'hi' } }] } : undefined;";
    configure(spec(await file(processor(found))));
    await until(() => events.length > 0);
    const [event] = events;
    assert.deepEqual(
      [event?.uid, event?.processor, event?.type, event?.data],
      ['camera', 'edges', 'seen', { text: 'hi' }],
    );
    assert.ok(nowUs() - event!.capturedAtUs < 5e6);
    const kept = { kind: 'kept', key: 'camera/main' } as const;
    const { FeedTaker } = await import('../../../test/fixtures/fake-port.ts');
    const picture = room.taking(new FeedTaker(room.streams.provide({ ...kept, sequence: event!.sequence })));
    await picture.until(pictures(1));
    assert.equal(picture.jpegs[0]?.sequence, event!.sequence);
    const other = room.taking(new FeedTaker(room.streams.provide({ ...kept, sequence: 999_999 })));
    await other.until(({ messages }) => messages.at(-1)?.kind === 'end');
    assert.equal(other.jpegs.length, 0);
  });

  it('that is saved anew takes over without its viewers’ noticing, and a broken version does not', async () => {
    const at = await file(EDGES);
    configure(spec(at));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(3));
    await writeFile(at, EDGES.replace('320', '160'));
    await until(() => last()?.reloads === 1 || now().reloads === 1);
    const before = viewer.jpegs.length;
    await viewer.until(pictures(before + 3));
    assert.equal(viewer.jpegs.at(-1)!.width, 160);
    await writeFile(at, 'export default 5 +;');
    await until(() => last()?.problem !== null);
    assert.match(last()!.problem!.text, /processor-\d+\.ts:1: .*the version before still runs/);
    const still = viewer.jpegs.length;
    await viewer.until(pictures(still + 3));
    await writeFile(at, EDGES);
    await until(() => now().reloads === 2);
    assert.equal(now().problem, null);
    assert.equal(viewer.messages.filter(({ kind }) => kind === 'end').length, 0);
  });

  it('whose new version is slow at first never shows or tells an older frame again', async () => {
    const tell = (text: string, first = ''): string => {
      return processor(
        `${first} return { picture: frame.mat, events: [{ type: 'seen', data: { text: '${text}' } }] };`,
      );
    };
    const at = await file(tell('one'));
    configure(spec(at));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(3));
    await writeFile(
      at,
      tell('two', 'if (count === 1) for (const end = performance.now() + 500; performance.now() < end;);'),
    );
    await until(() => events.filter(({ data }) => data['text'] === 'two').length >= 3);
    for (const numbers of [events, viewer.jpegs].map((list) => list.map(({ sequence }) => sequence))) {
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
      );
    }
    assert.ok(now().frames.done <= now().frames.in, JSON.stringify(now().frames));
  });

  it('whose file has a time of tomorrow runs, for that is no change', async () => {
    const at = await file(EDGES);
    const tomorrow = new Date(wallUs(nowUs()) / 1000 + 86_400_000);
    await utimes(at, tomorrow, tomorrow);
    configure(spec(at));
    await room.watchProcessor('edges').until(pictures(2));
    assert.deepEqual(lines, []);
    await writeFile(at, EDGES.replace('320', '160'));
    await until(() => now().reloads === 1);
  });

  it('that cannot be loaded for an imported file is taken up as soon as that file is mended, or there', async () => {
    const shape = path.join(folder, 'shape.ts');
    const at = await file(`import { width } from './shape.ts';\n${EDGES.replace('320', 'width')}`);
    configure(spec(at));
    await until(() => last()?.state === 'failed');
    await writeFile(shape, 'export const width = ;\n');
    await until(() => last()?.problem?.text.includes('shape.ts:1') === true);
    await writeFile(shape, 'export const width = 160;\n');
    await until(() => now().state === 'running' && now().problem === null);
  });

  it('goes on at its own pace when a version that wants another is refused', async () => {
    const at = await file(EDGES);
    configure(spec(at));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(3));
    await writeFile(at, processor("throw new Error('no');").replace('fps: 30', 'fps: 0.1'));
    await until(() => last()?.problem?.text.includes('the version before still runs') === true);
    const seen = viewer.jpegs.length;
    await viewer.until(pictures(seen + 3));
    const [one, two] = viewer.jpegs.slice(-2).map(({ stamp }) => stamp.capturedAtUs);
    assert.ok(two! - one! < 5e6, `${two! - one!} µs between two pictures`);
  });

  it('whose new version runs only while somebody watches rests at once when nobody does', async () => {
    const at = await file(EDGES);
    configure(spec(at));
    await until(() => last()?.state === 'running');
    await writeFile(at, processor('return { picture: frame.mat };', "runs: 'watched',"));
    await until(() => last()?.state === 'resting');
    assert.equal(room.port.openCount, 0);
  });

  it('is told what its camera is called now', async () => {
    const source = processor("return { events: [{ type: 'seen', data: { text: called } }] };")
      .replace('setup({ cv, options })', 'setup({ cv, camera })')
      .replace('let count', 'const called = `${camera.id}: ${camera.name}`; let count');
    const at = await file(source);
    configure(spec(at));
    await until(() => events.at(-1)?.data['text'] === 'door: Front door');
    room.streams.configureProcessors([{ uid: 'camera', id: 'gate', name: 'Gate', processors: [spec(at)] }]);
    await until(() => events.at(-1)?.data['text'] === 'gate: Gate');
  });

  it('that throws says file and line to its viewers, is tried again, and again at once when it is saved', async () => {
    const at = await file(
      processor("\n        if (count > 2) throw new Error('no luck');\n        return { picture: frame.mat };"),
    );
    configure(spec(at));
    const viewer = room.watchProcessor('edges');
    await until(() => last()?.state === 'failed');
    assert.match(last()!.problem!.text, /processor-\d+\.ts:13: no luck/);
    await viewer.until(({ states }) => states.at(-1)?.reason?.code === 'processor-failed');
    await until(() => (last()?.restarts ?? 0) >= 2);
    await writeFile(at, EDGES);
    await viewer.until(({ states, jpegs }) => states.at(-1)?.state === 'live' && jpegs.length > 3);
    await until(() => now().state === 'running' && now().problem === null);
  });

  it('that was not loaded in its time, as on a busy machine, is tried again', async () => {
    const lock = path.join(folder, 'not-at-first');
    await writeFile(lock, '');
    const slow = `import { existsSync } from 'node:fs';\nif (existsSync('${lock}')) for (;;);\n${EDGES}`;
    configure(spec(await file(slow)));
    await until(() => last()?.state === 'failed');
    assert.match(last()!.problem!.text, /longer than 20 s/);
    await rm(lock);
    await until(() => now().state === 'running' && now().restarts === 1);
  });

  it('that hangs is ended after its time, and the camera goes on', async () => {
    configure(
      spec(await file(processor('if (count > 2) for (;;) cv.Canny(frame.mat, out, 1, 2); return undefined;')), {
        timeoutMs: 500,
      }),
    );
    const neighbour = room.watch();
    await until(() => last()?.state === 'failed');
    assert.match(last()!.problem!.text, /longer than 0\.5 s/);
    const seen = neighbour.jpegs.length;
    await neighbour.until(pictures(seen + 5));
  });

  it('that takes more memory than it may is ended, and its Mats are named', async () => {
    configure(
      spec(
        await file(processor('for (let n = 0; n < 20; n++) new cv.Mat(1080, 1920, cv.CV_8UC4); return undefined;')),
        { memoryMb: 256 },
      ),
    );
    await until(() => last()?.state === 'failed');
    assert.match(last()!.problem!.text, /more than memoryMb \(256\) allows; \d+ Mats of its own are alive/);
  });

  it('takes new options while it runs, and says which are wrong', async () => {
    const at = await file(EDGES);
    configure(spec(at));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(2));
    configure(spec(at, { options: { low: 'much' } }));
    await until(() => last()?.problem !== null);
    assert.match(last()!.problem!.text, /options\.low.*options before are still in force/);
    assert.equal(now().options['low'], 60);
    configure(spec(at, { options: { low: 90 } }));
    await until(() => last()?.problem === null && now().options['low'] === 90);
    assert.equal(now().reloads, 0, 'the thread is the same');
  });

  it('that runs only while somebody watches rests otherwise, and costs no decoding', async () => {
    configure(spec(await file(processor('return { picture: frame.mat };', "runs: 'watched',"))));
    await until(() => last()?.state === 'resting');
    assert.equal(room.port.openCount, 0);
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(2));
    assert.equal(now().state, 'running');
    viewer.close();
    await until(() => last()?.state === 'resting');
    assert.equal(room.port.openCount, 0);
  });

  it('that is slow loses frames, and neither the camera nor another processor does', async () => {
    const slow = processor(
      'const until = performance.now() + 150; while (performance.now() < until); return { picture: frame.mat };',
    );
    configure(spec(await file(slow), { name: 'slow' }), spec(await file(EDGES)));
    const viewer = room.watchProcessor('slow');
    const quick = room.watchProcessor('edges');
    await viewer.until(pictures(8));
    assert.ok(quick.jpegs.length > 2 * viewer.jpegs.length, `${quick.jpegs.length} beside ${viewer.jpegs.length}`);
    const { frames } = now('slow');
    assert.ok(frames.skipped > frames.done, JSON.stringify(frames));
    assert.ok(frames.in - frames.done - frames.skipped <= 2);
  });

  it('that is switched off or removed ends; its viewers are told why', async () => {
    const at = await file(EDGES);
    configure(spec(at));
    const viewer = room.watchProcessor('edges');
    await viewer.until(pictures(2));
    configure(spec(at, { enabled: false }));
    await viewer.until(({ states }) => states.at(-1)?.reason?.code === 'disabled');
    assert.equal(now().state, 'off');
    configure(spec(at, { enabled: false, options: { low: 70 } }));
    assert.equal(now().state, 'off', 'new options do not start it');
    configure(spec(at));
    const seen = viewer.jpegs.length;
    await viewer.until(pictures(seen + 2));
    configure();
    await viewer.until(({ messages }) => messages.at(-1)?.kind === 'end');
    assert.throws(() => room.watchProcessor('edges'), /no stream "edges"/);
  });
});
