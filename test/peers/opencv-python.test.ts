// The Python examples of the docs, run as they stand there with real OpenCV against a real server: what a loop gets that
// takes 300 ms for each picture of a camera that sends 30 a second, and what it hears when the camera goes.

import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, TestServer } from '../fixtures/server.ts';
import { startRtspCamera, type RtspCamera } from './rtsp-camera.ts';

const PAGE = path.join(ROOT, 'docs', 'clients', 'opencv-python.md');
/** Where the docs say that the server is. */
const ADDRESS = '127.0.0.1:8080';
const PICTURES = 24;
/** With a queue of pictures somewhere, each would be some 270 ms older than the one before. */
const GROWTH_S = 0.25;
const OLD_S = 1.5;

/** What docs/frames.md says of a package that reads when it is asked to: pings are answered then, and that is enough. */
const SILENT = `
import json, time
import cv2, numpy as np, websocket

camera = websocket.create_connection("ws://${ADDRESS}/cameras/door/frames?width=640")
while True:
    said = json.loads(camera.recv())
    if said["type"] == "frame":
        frame = cv2.imdecode(np.frombuffer(camera.recv(), np.uint8), cv2.IMREAD_COLOR)
        print(f"{time.time() - said['timestamp']:.3f} s old", frame.shape, said["sequence"], flush=True)
        time.sleep(0.3)
`;

/** A running example and the lines that it has printed. */
class Example implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  #errors = '';
  #changed = Promise.withResolvers<undefined>();
  #ended = false;

  constructor(python: string, code: string) {
    this.#child = spawn(python, ['-c', code], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.lines.push(line);
      this.#tell();
    });
    this.#child.stderr!.on('data', (text) => (this.#errors += String(text)));
    this.#child.once('exit', () => {
      this.#ended = true;
      this.#tell();
    });
  }

  /** The value of `find`, now or after a line that makes it one; rejects when the program ends before. */
  async until<T>(find: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      if (this.#ended) throw new Error(`it ended after ${this.lines.length} lines: ${this.#errors}`);
      await this.#changed.promise;
    }
  }

  /** Ages in seconds, and sequences, of the pictures that it printed. */
  get pictures(): { readonly age: number; readonly shape: string; readonly sequence: number }[] {
    return this.lines.flatMap((line) => {
      const found = /^(-?[\d.]+) s old (\(\d+, \d+, 3\)) (\d+)/.exec(line);
      return found === null ? [] : [{ age: Number(found[1]), shape: found[2]!, sequence: Number(found[3]) }];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }

  #tell(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

describe('the Python examples of the docs', { timeout: 240_000 }, () => {
  let python: string;
  let examples: Readonly<Record<'mjpeg' | 'frames' | 'pixels' | 'silent', string>>;

  before(async () => {
    const { stdout } = await promisify(execFile)(path.join(ROOT, 'test', 'install-opencv.sh'));
    python = stdout.trim();
    const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```python\n([^]*?)^```$/gm)].map(([, code]) => code!);
    const block = (word: string): string => blocks.find((code) => code.includes(word))!;
    const frames = block('from websockets');
    const decoding = /^ +frame = .*\n/m;
    const pixels = frames.replace(decoding, block('.reshape(')).replace('?width=640', '?width=640&format=bgr');
    assert.ok(!pixels.includes('imdecode'));
    examples = { mjpeg: block('import http.client'), frames, pixels, silent: SILENT };
  });

  describe('with a camera of 30 pictures a second', () => {
    let server: TestServer;

    before(async () => {
      server = await TestServer.start(['door=test:?fps=30']);
    });

    after(async () => {
      await server.stop();
      assert.deepEqual(await server.alive(), []);
    });

    for (const name of ['mjpeg', 'frames', 'pixels', 'silent'] as const) {
      it(`${name}: a loop of 300 ms gets pictures that do not grow old, each newer than the one before`, async (context) => {
        const code = examples[name].replaceAll(ADDRESS, new URL(server.url).host);
        await using example = new Example(python, code);
        const pictures = await example.until(() => example.pictures.length >= PICTURES && example.pictures);
        const ages = pictures.map(({ age }) => age);
        const [early, late] = [median(ages.slice(2, 10)), median(ages.slice(-8))];
        context.diagnostic(`${ages.map((age) => Math.round(age * 1000)).join(' ')} ms`);
        assert.ok(late - early < GROWTH_S, `${early} s at first, ${late} s at last`);
        assert.ok(
          ages.every((age) => age >= 0 && age < OLD_S),
          `${Math.max(...ages)} s`,
        );
        assert.ok(pictures.every(({ shape }) => shape === '(360, 640, 3)'));
        const steps = pictures.slice(1).map(({ sequence }, n) => sequence - pictures[n]!.sequence);
        assert.ok(Math.min(...steps) >= 1, 'in order, none twice');
        assert.ok(median(steps) >= 5, 'what came during the work was passed over');
      });
    }
  });

  it('frames: hears why there is no picture when the camera goes, and goes on when it is back', async () => {
    const cleanup = new AsyncDisposableStack();
    try {
      const camera: RtspCamera = cleanup.use(await startRtspCamera({ size: '640x480', fps: 15 }));
      const server = cleanup.use(await TestServer.start([`door=${camera.url}`]));
      const example = cleanup.use(new Example(python, examples.frames.replaceAll(ADDRESS, new URL(server.url).host)));
      await example.until(() => example.pictures.length >= 3);
      await camera.kill('SIGKILL');
      await example.until(() => example.lines.some((line) => line.includes("{'code': 'camera-")));
      const before = example.pictures.length;
      await camera.restart();
      await example.until(() => example.pictures.length > before + 2);
      assert.ok(example.pictures.slice(before).every(({ age }) => age < OLD_S));
    } finally {
      await cleanup.disposeAsync();
    }
  });
});
