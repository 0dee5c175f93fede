// The worker thread alone, spoken to as its host speaks to it.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { describeFault } from './problems.ts';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts';

const WIDTH = 64;
const HEIGHT = 32;
const folder = await mkdtemp(path.join(tmpdir(), 'sightline-worker-'));
after(() => rm(folder, { recursive: true }));

type Kind = FromWorker['kind'];
type Of<K extends Kind> = Extract<FromWorker, { kind: K }>;

/** A thread with the messages that it sent. */
class Thread implements AsyncDisposable {
  readonly slots = [new SharedArrayBuffer(WIDTH * HEIGHT * 4)];
  readonly #worker: Worker;
  readonly #heard: FromWorker[] = [];
  #wake = (): void => undefined;
  #error: Error | null = null;

  constructor(start: Partial<WorkerStart>) {
    const camera = { id: 'door', name: 'Front door' };
    const module = { kind: 'builtin', use: 'none' } as const;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { name: 'edges', module, camera, options: {}, ...start } satisfies WorkerStart,
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (message: FromWorker) => {
      this.#heard.push(message);
      this.#wake();
    });
    this.#worker.on('error', (error: Error) => {
      this.#error = error;
      this.#wake();
    });
  }

  static async of(source: string, options: Record<string, unknown> = {}, name = 'edges.ts'): Promise<Thread> {
    const file = path.join(folder, `${crypto.randomUUID()}-${name}`);
    await writeFile(file, source);
    return new Thread({ module: { kind: 'file', path: file }, options });
  }

  say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  setup(): void {
    this.say({ kind: 'setup', width: WIDTH, height: HEIGHT, slots: this.slots });
  }

  frame(sequence = 1): void {
    const stamp = { capturedUnixUs: 1_700_000_000_000_000, clock: 'rtcp', uncertaintyUs: null } as const;
    this.say({ kind: 'frame', slot: 0, sequence, ...stamp, watched: true });
  }

  /** The next message of a kind; fails on a fault that was not asked for. */
  async next<K extends Kind>(kind: K): Promise<Of<K>> {
    for (;;) {
      const at = this.#heard.findIndex((message) => message.kind === kind);
      if (at >= 0) return this.#heard.splice(at, 1)[0] as Of<K>;
      const fault = this.#heard.find((message) => message.kind === 'fault');
      if (fault) assert.fail(JSON.stringify(fault));
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The words of the next fault, which the thread outlives. */
  async fault(): Promise<string> {
    return (await this.next('fault')).fault.message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

const EDGES = `
import { defineProcessor, z } from 'sightline';
export default defineProcessor({
  description: 'Edges',
  input: { width: 320, format: 'gray', fps: 15 },
  options: z.object({ low: z.number().default(60).describe('Lower bound'), high: z.number().default(160) }),
  setup({ cv, options }) {
    const out = new cv.Mat();
    return {
      process(frame) {
        cv.Canny(frame.mat, out, options.low, options.high);
        return { picture: out };
      },
      close() { out.delete(); },
    };
  },
});
`;

describe('the worker thread of a processor', () => {
  it('loads a TypeScript file of any folder, gives its wishes, and its picture of a frame', async () => {
    await using thread = await Thread.of(EDGES, { low: 40 });
    const loaded = await thread.next('loaded');
    assert.deepEqual(loaded.input, { width: 320, format: 'gray', fps: 15 });
    assert.deepEqual(loaded.options, { low: 40, high: 160 });
    assert.equal(loaded.description, 'Edges');
    assert.equal(loaded.files.length, 1);
    assert.ok(process.platform !== 'linux' || loaded.kernelThreadId !== process.pid);
    const { properties } = loaded.optionsSchema as { properties: Record<string, { description?: string }> };
    assert.equal(properties['low']?.description, 'Lower bound');
    thread.setup();
    await thread.next('ready');
    const pixels = new Uint8Array(thread.slots[0]!);
    for (let y = 0; y < HEIGHT; y++) pixels.fill(255, y * WIDTH + WIDTH / 2, (y + 1) * WIDTH);
    thread.frame();
    const { picture, tookUs, memory } = await thread.next('done');
    assert.deepEqual({ ...picture, buffer: null }, { buffer: null, width: WIDTH, height: HEIGHT, format: 'gray' });
    const shown = new Uint8Array(picture!.buffer);
    const row = [...shown.subarray(WIDTH * 10, WIDTH * 11)];
    assert.deepEqual(
      row.flatMap((value, x) => (value > 0 ? [x] : [])),
      [WIDTH / 2 - 1],
      'the edge stands where the light begins',
    );
    assert.ok(tookUs > 0 && memory.heapBytes > 1e6);
    assert.equal(memory.mats, 1, 'its own Mat is counted, the host’s is not');
  });

  it('names file and line of what fails, at each step', async () => {
    const cases = [
      ['load', 'const a: number = ;\n', 1],
      ['load', '\nthrow new Error("no");\n', 2],
      ['load', 'export default 5;\n', null],
      ['load', "import x from './nowhere.ts';\nexport default x;\n", null],
      [
        'setup',
        "import { defineProcessor } from 'sightline';\nexport default defineProcessor({\n setup() { throw new Error('no') } });",
        3,
      ],
      [
        'process',
        "import { defineProcessor } from 'sightline';\nexport default defineProcessor({ setup: ({ cv }) => ({\n\n process(frame) { cv.cvtColor(frame.mat, frame.mat, cv.COLOR_BGR2GRAY + 100000) } }) });",
        4,
      ],
    ] as const;
    for (const [step, source, line] of cases) {
      await using thread = await Thread.of(source);
      thread.setup();
      thread.frame();
      const { fault } = await thread.next('fault');
      assert.equal(fault.step, step, source);
      assert.equal(fault.line, line, `${source}: ${fault.message}`);
      if (line !== null) assert.match(fault.file!, /edges\.ts$/);
      assert.ok(fault.message.length > 1);
    }
  });

  it('names options that are wrong, and takes new ones while it runs', async () => {
    {
      await using thread = await Thread.of(EDGES, { low: 'x', hihg: 3 });
      const { fault } = await thread.next('fault');
      assert.equal(fault.step, 'options');
      assert.match(fault.message, /options\.low/);
      assert.match(fault.message, /hihg/);
    }
    await using thread = await Thread.of(EDGES);
    await thread.next('loaded');
    thread.setup();
    await thread.next('ready');
    thread.say({ kind: 'options', options: { low: 1000, high: 2000 } });
    assert.deepEqual((await thread.next('updated')).options, { low: 1000, high: 2000 });
    new Uint8Array(thread.slots[0]!).fill(255, 0, 64);
    thread.frame();
    assert.ok(new Uint8Array((await thread.next('done')).picture!.buffer).every((value) => value === 0));
  });

  it('names what is wrong with a picture that is none, before it leaves the thread', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor } from 'sightline';
      const of = (bytes, width, height, format) => ({ data: new Uint8Array(bytes), width, height, format });
      const wrong = [
        of(0, 0, 0, 'gray'), of(13.5, 3, 3, 'yuv420p'), of(6, 1.5, 4, 'gray'), of(16, -4, -4, 'gray'),
        of(4, 2, 2, 'rgb'), of(5, 2, 2, 'gray'), of(70_000, 70_000, 1, 'gray'),
        { ...of(4, 2, 2, 'gray'), data: [1, 2, 3, 4] },
      ];
      export default defineProcessor({ setup: () => ({ process: (frame) => ({ picture: wrong[frame.sequence] }) }) });`);
    thread.setup();
    const said: string[] = [];
    for (let sequence = 0; sequence < 8; sequence++) {
      thread.frame(sequence);
      said.push(await thread.fault());
    }
    const whole = 'width and height are whole numbers above 0';
    assert.deepEqual(said, [
      whole,
      'both sides of a yuv420p picture are even',
      whole,
      whole,
      'the format of a picture is one of gray, bgr, rgba, yuv420p',
      'a gray picture of 2x2 has 4 bytes, not 5',
      'a picture has at most 16384 pixels a side',
      'the pixels of a picture are a Uint8Array',
    ]);
  });

  it('counts the Mats that a processor leaves behind', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor } from 'sightline';
      export default defineProcessor({ setup: ({ cv }) => ({ process(frame) {
        const copy = frame.mat.clone();
        const kept = new cv.Mat(2, 2, cv.CV_8UC1);
        kept.delete();
        return { picture: copy };
      } }) });`);
    await thread.next('loaded');
    thread.setup();
    await thread.next('ready');
    for (let frame = 1; frame <= 5; frame++) {
      thread.frame(frame);
      assert.equal((await thread.next('done')).memory.mats, frame);
    }
  });

  it('names the line whose Mats pile up, once, and no processor that uses many for a moment', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor } from 'sightline';
      export default defineProcessor({ setup: ({ cv }) => ({ process(frame) {
        const many = Array.from({ length: 300 }, () => new cv.Mat());
        for (const mat of many) mat.delete();
        if (frame.sequence === 1) { console.log('first'); return; }
        for (let at = 0; at < 60; at++)
          frame.mat.clone();
        if (frame.sequence === 6) console.log('last');
      } }) });`);
    await thread.next('loaded');
    thread.setup();
    for (let frame = 1; frame <= 6; frame++) {
      thread.frame(frame);
      await thread.next('done');
    }
    assert.equal((await thread.next('log')).text, 'first');
    const { level, text } = await thread.next('log');
    assert.equal(level, 'warn');
    assert.match(text, /^it keeps 180 Mats, most of the last ones made at .*edges\.ts:8: delete\(\) each/);
    assert.equal((await thread.next('log')).text, 'last');
  });

  it('judges events by their own schemas, and sends console output to the log', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor, z } from 'sightline';
      export default defineProcessor({
        events: { seen: z.object({ text: z.string() }) },
        setup: ({ camera }) => ({ async process(frame) {
          console.log('frame %d of %s', frame.sequence, camera.id);
          const text = frame.sequence === 1 ? 'a' : 1;
          return { events: [{ type: 'seen', boxes: [{ x: 0.9, y: 0, width: 0.5, height: 1 }], data: { text } }] };
        } }),
      });`);
    assert.deepEqual((await thread.next('loaded')).eventTypes, ['seen']);
    thread.setup();
    thread.frame(1);
    const [event] = (await thread.next('done')).events;
    assert.equal(event?.data['text'], 'a');
    assert.ok(Math.abs(event.boxes[0]!.width - 0.1) < 1e-9, 'what lies outside of the picture is cut off');
    assert.equal((await thread.next('log')).text, 'frame 1 of door');
    thread.frame(2);
    assert.match((await thread.next('fault')).fault.message, /data of event "seen"\.text/);
  });

  it('counts the pixels that a processor keeps outside of OpenCV', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor } from 'sightline';
      const kept = [];
      export default defineProcessor({ setup: () => ({ process() { kept.push(new Uint8Array(200_000_000)); } }) });`);
    thread.setup();
    thread.frame();
    const { jsBytes } = (await thread.next('done')).memory;
    assert.ok(jsBytes > 200e6 && jsBytes < 300e6, `${jsBytes} bytes`);
  });

  it('prints so much into the log that others have their turn, and the rest is counted', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor } from 'sightline';
      export default defineProcessor({ setup: () => ({ process() {
        console.log('x'.repeat(1_000_000));
        for (let line = 1; line < 1000; line++) console.log('line %d', line);
      } }) });`);
    thread.setup();
    thread.frame();
    assert.equal((await thread.next('log')).text.length, 2001);
    let [lines, lost] = [1, 0];
    while (lines + lost < 1000) {
      const { text } = await thread.next('log');
      const more = /^(\d+) lines more were printed/.exec(text)?.[1];
      if (more === undefined) lines++;
      else lost += Number(more);
    }
    assert.ok(lines < 500, `${lines} lines`);
  });

  it('says that its file is not there, or is none, in words of its own', async () => {
    for (const [at, words] of [
      [path.join(folder, 'nothing.ts'), `there is no file ${path.join(folder, 'nothing.ts')}`],
      [folder, `${folder} is no file`],
    ] as const) {
      await using thread = new Thread({ module: { kind: 'file', path: at } });
      const { step, message, file } = (await thread.next('fault')).fault;
      assert.deepEqual([step, message, file], ['load', words, null]);
    }
  });

  it('refuses what is no result, and events that cannot be said in JSON, by name', async () => {
    const cases = [
      ['return frame.mat', /^process gave a Mat: it gives \{ picture \}/],
      ['return { image: frame.mat }', /^process gave "image"/],
      [
        "return { events: [{ type: 'seen', data: { any: 10n } }] }",
        /data of event "seen" cannot be said in JSON: .*BigInt/,
      ],
      ['const data = {}; data.any = data; return { events: [{ type: "seen", data }] }', /JSON: .*circular/],
      ['return { events: [{ type: "seen", data: { any: () => 1 } }] }', /could not be cloned/],
    ] as const;
    for (const [body, words] of cases) {
      await using thread = await Thread.of(`
        import { defineProcessor, z } from 'sightline';
        export default defineProcessor({ events: { seen: z.object({ any: z.any() }) }, setup: () => ({ process(frame) { ${body} } }) });`);
      thread.setup();
      thread.frame();
      const { step, message } = (await thread.next('fault')).fault;
      assert.equal(step, 'process');
      assert.match(message, words, body);
    }
  });

  it('takes options that JSON cannot say, and tells of them what it can', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor, z } from 'sightline';
      export default defineProcessor({
        options: z.object({
          words: z.string().default('a').transform((text) => (other) => other.includes(text)),
          since: z.coerce.date().default(new Date(0)),
          least: z.coerce.bigint().default(4n),
        }),
        setup: ({ options }) => ({ process() { console.log(options.words('bab') && options.least === 4n); } }) });`);
    const { options } = await thread.next('loaded');
    assert.deepEqual(options, { since: '1970-01-01T00:00:00.000Z', least: '4' });
    thread.setup();
    thread.frame();
    assert.equal((await thread.next('log')).text, 'true');
  });

  it('goes on with the options before when it cannot be set up with new ones', async () => {
    await using thread = await Thread.of(`
      import { defineProcessor, z } from 'sightline';
      export default defineProcessor({
        options: z.object({ kernel: z.number().default(3) }),
        setup({ options: { kernel } }) {
          if (kernel % 2 === 0) throw new Error('an even kernel');
          return { process: () => console.log(kernel) };
        } });`);
    thread.setup();
    await thread.next('ready');
    thread.say({ kind: 'options', options: { kernel: 4 } });
    thread.frame();
    const { step, line, message } = (await thread.next('fault')).fault;
    assert.deepEqual([step, line, message], ['update', 6, 'an even kernel']);
    assert.equal((await thread.next('log')).text, '3');
  });

  it('names package, file and line of what fails in a package and nowhere in the processor’s own code', async () => {
    const at = path.join(folder, 'node_modules', 'late');
    await mkdir(at, { recursive: true });
    await writeFile(path.join(at, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    await writeFile(
      path.join(at, 'index.js'),
      "export const work = async () => {\n await null;\n throw new Error('no');\n};\n",
    );
    await using thread = await Thread.of(`
      import { defineProcessor } from 'sightline';
      import { work } from 'late';
      export default defineProcessor({ setup: () => ({ process: () => work() }) });`);
    thread.setup();
    thread.frame();
    const { fault } = await thread.next('fault');
    assert.equal(describeFault('edges', fault), 'Processor edges failed: late/index.js:3: no');
  });

  it('closes when it is told to', async () => {
    await using thread = await Thread.of(EDGES);
    thread.setup();
    await thread.next('ready');
    thread.say({ kind: 'end' });
    await thread.next('closed');
  });
});
