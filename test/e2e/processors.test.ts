// Processors as a person has them: named in the config file, seen as streams, changed by saving files and by the API.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ProcessorStatus } from '../../src/gateway/api/contract-processors.ts';
import type { Camera } from '../../src/gateway/api/contract.ts';
import { jpegSize } from '../../src/media/jpeg.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { TestServer, pause } from '../fixtures/server.ts';

const EDGES = `// What the README shows.
import { defineProcessor, z } from 'sightline';
export default defineProcessor({
  description: 'Edges',
  input: { width: 320, format: 'gray', fps: 15 },
  options: z.object({ low: z.number().default(60), high: z.number().default(160) }),
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
const CONFIG = `# Mine.
cameras:
  door:
    source: test:?width=640&height=360&fps=15
    processors:
      # Edges of the door.
      edges: { file: processors/edges.ts, options: { low: 40 } } # by hand
`;

const LIMIT = { timeout: 60_000 };

describe('a camera with a processor', LIMIT, () => {
  let folder: string;
  let config: string;
  let file: string;
  let server: TestServer;

  const camera = async (): Promise<Camera> => server.json<Camera>('/api/cameras/door');
  async function until(holds: (processor: ProcessorStatus) => boolean): Promise<ProcessorStatus> {
    for (;;) {
      const found = (await camera()).processors.find(({ name }) => name === 'edges');
      if (found && holds(found)) return found;
      await pause(50);
    }
  }
  async function patch(body: object): Promise<Response> {
    return fetch(`${server.url}/api/cameras/door`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify(body),
    });
  }

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sightline-e2e-'));
    config = path.join(folder, 'sightline.yaml');
    const { mkdir } = await import('node:fs/promises');
    await mkdir(path.join(folder, 'processors'));
    file = path.join(folder, 'processors', 'edges.ts');
    await writeFile(file, EDGES);
    await writeFile(config, CONFIG);
    server = await TestServer.start(['--config', config]);
  });

  after(async () => {
    await server.stop();
    assert.deepEqual(await server.alive(), []);
    await rm(folder, { recursive: true });
  });

  it('shows its picture as a stream and as snapshots, with capture times, whoever asks', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg?stream=edges`);
    const parts: Part[] = [];
    while (parts.length < 10) parts.push(await viewer.next(isPicture));
    for (const { body, headers } of parts) {
      assert.deepEqual(jpegSize(body), { width: 320, height: 180 });
      assert.ok(Math.abs(Date.now() / 1000 - Number(headers['x-timestamp'])) < 5);
    }
    viewer.close();
    const snapshot = await fetch(`${server.url}/cameras/door/snapshot.jpg?stream=edges&width=160`);
    assert.deepEqual([snapshot.status, jpegSize(Buffer.from(await snapshot.arrayBuffer()))?.width], [200, 160]);
    const { streams, processors } = await camera();
    assert.deepEqual(streams, ['main', 'edges']);
    const [edges] = processors;
    assert.deepEqual([edges?.state, edges?.problem, edges?.options['low']], ['running', null, 40]);
    assert.ok(edges!.p50Ms! > 0);
    assert.equal((await fetch(`${server.url}/cameras/door/stream.mjpeg?stream=other`)).status, 400);
  });

  it('takes options through the API and writes them into the file, whose other lines stay', async () => {
    const answer = await patch({ processors: { edges: { options: { low: 90 } } } });
    assert.equal(answer.status, 200, await answer.text());
    await until(({ options }) => options['low'] === 90);
    assert.equal(await readFile(config, 'utf8'), CONFIG.replace('low: 40', 'low: 90'));
    assert.equal((await patch({ processors: { edges: { options: { low: 'much' } } } })).status, 200);
    const { problem, options } = await until(({ problem: now }) => now !== null);
    assert.match(problem!.text, /options\.low/);
    assert.equal(options['low'], 90, 'what was in force still is');
    assert.equal((await patch({ processors: { edges: { options: { low: 40 } } } })).status, 200);
    await until(({ problem: now }) => now === null);
  });

  it('is not told by the API which file to run', async () => {
    for (const [body, status] of [
      [{ processors: { other: {} } }, 400],
      [{ processors: { edges: { file: '/etc/passwd' } } }, 400],
      [{ processors: { edges: null } }, 400],
    ] as const) {
      assert.equal((await patch(body)).status, status, JSON.stringify(body));
    }
    assert.equal(await readFile(config, 'utf8'), CONFIG);
  });

  it('swaps a saved version in within a second, without a viewer’s losing the connection', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg?stream=edges`);
    await viewer.next(isPicture);
    await writeFile(file, EDGES.replace('width: 320', 'width: 160'));
    const small = await viewer.next((part) => isPicture(part) && jpegSize(part.body)?.width === 160);
    assert.ok(isPicture(small));
    await writeFile(file, EDGES.replace('cv.Canny', 'cv.canny'));
    const broken = await until(({ problem }) => problem !== null);
    assert.match(broken.problem!.text, /edges\.ts:11: .*canny is not a function.*the version before still runs/);
    await viewer.next(isPicture);
    const log = await server.json<{ lines: { text: string }[] }>('/api/cameras/door/log');
    assert.ok(log.lines.some(({ text }) => text.includes('edges.ts:11')));
    await writeFile(file, EDGES);
    await until(({ problem }) => problem === null);
    await viewer.next((part) => isPicture(part) && jpegSize(part.body)?.width === 320);
    viewer.close();
  });

  it('is switched off and on through the API, and its stream with it', async () => {
    assert.equal((await patch({ processors: { edges: { enabled: false } } })).status, 200);
    await until(({ state }) => state === 'off');
    assert.deepEqual((await camera()).streams, ['main']);
    assert.equal((await patch({ processors: { edges: { enabled: null } } })).status, 200);
    await until(({ state }) => state === 'running');
    assert.equal(await readFile(config, 'utf8'), CONFIG);
  });

  it('goes on in a new process when its own is killed', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg?stream=edges`);
    await viewer.next(isPicture);
    const codec = (await server.processes()).find(({ role }) => role === 'codec')!;
    process.kill(codec.pid, 'SIGKILL');
    await server.logged('process died');
    const seen = viewer.parts.length;
    await viewer.next(isPicture);
    while (viewer.parts.length < seen + 5) await viewer.next();
    await until(({ state }) => state === 'running');
    viewer.close();
  });

  it('named wrongly is an error at its line', async () => {
    const bad = path.join(folder, 'bad.yaml');
    await writeFile(bad, CONFIG.replace('edges:', 'motoin:').replace('file: processors/edges.ts, ', ''));
    await assert.rejects(TestServer.start(['--config', bad]), /bad\.yaml:7:\d+: .*no built-in processor "motoin"/s);
  });
});
