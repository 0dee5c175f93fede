// The Python program of docs/frames.md that sends its own pictures, run word by word with real OpenCV against a real
// server: the stream carries what it drew, with the capture time that it said, to the microsecond.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { jpegSize } from '../../src/media/jpeg.ts';
import { runFfmpeg } from '../fixtures/clips.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { Pusher } from '../fixtures/pusher.ts';
import { ROOT, TestServer } from '../fixtures/server.ts';
import { tinyJpeg } from '../fixtures/tiny-jpeg.ts';

/** Where the docs say that the server is. */
const ADDRESS = '127.0.0.1:8080';
const FRAMES = 150;

describe('the Python program of the docs that sends its pictures', { timeout: 240_000 }, () => {
  let python: string;
  let folder: string;
  let server: TestServer;

  before(async () => {
    const { stdout } = await promisify(execFile)(path.join(ROOT, 'test', 'install-opencv.sh'));
    python = stdout.trim();
    folder = await mkdtemp(path.join(tmpdir(), 'sl-push-'));
    const graph = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25', '-frames:v', String(FRAMES)];
    await runFfmpeg([...graph, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', path.join(folder, 'clip.mp4')]);
    const page = await readFile(path.join(ROOT, 'docs', 'frames.md'), 'utf8');
    const program = /<!-- push\.py -->\s+```python\n([^]*?)```/.exec(page)![1]!;
    assert.ok(program.trim().split('\n').length <= 14, 'ten lines, and what they import');
    server = await TestServer.start(['seen=push:']);
    await writeFile(path.join(folder, 'push.py'), program.replaceAll(ADDRESS, new URL(server.url).host));
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
    assert.deepEqual(await server.alive(), []);
  });

  it('is a camera like any other, whose pictures have the times that it said', async (context) => {
    using first = new Pusher(server.url, 'seen', server.key);
    const begun = first.put(tinyJpeg(1));
    const viewer = new MjpegViewer(`${server.url}/cameras/seen/stream.mjpeg`);
    await begun;
    const shown = new Map<string, { timestamp: string; body: Buffer; source: string }>();
    viewer.on('part', ({ headers, body }) => {
      const [sequence, timestamp, source] = ['x-sequence', 'x-timestamp', 'x-timestamp-source'].map((n) => headers[n]);
      if (timestamp !== undefined) shown.set(sequence!, { timestamp, body, source: source! });
    });
    const child = spawn(python, [path.join(folder, 'push.py'), server.key, path.join(folder, 'clip.mp4')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [said, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ]);
    assert.deepEqual([code, errors], [0, '']);
    const lines = said
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' '));
    assert.equal(lines.length, FRAMES);
    assert.ok(lines.every(([status]) => status === '204'));
    const last = lines.at(-1)!;
    while (!shown.has(last[1]!)) await viewer.next(isPicture);
    viewer.close();
    const sent = new Map(lines.map(([, sequence, timestamp]) => [sequence!, timestamp!]));
    const both = [...shown].filter(([sequence]) => sent.has(sequence));
    context.diagnostic(`${both.length} of ${FRAMES} pictures were seen`);
    assert.ok(both.length > FRAMES / 2);
    for (const [sequence, { timestamp, body, source }] of both) {
      assert.deepEqual([timestamp, source], [sent.get(sequence), 'sender']);
      assert.deepEqual(jpegSize(body), { width: 640, height: 360 });
    }
  });
});
