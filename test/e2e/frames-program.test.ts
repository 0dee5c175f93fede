// Programs of somebody's own with `openCamera`, each in its own process: the examples of docs/frames.md word by word, and
// how such a process ends: by itself, aborted, thrown out of its loop, by Ctrl-C.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Program, example } from '../fixtures/program.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const CARD = 'test:?width=320&height=180&fps=30';

/** Opens `process.argv[2]` and does this with it; then says what still keeps the process alive. */
function program(body: string): string {
  return `
    import { openCamera } from 'sightline';
    const source = process.argv[2];
    process.on('exit', () => console.log('left', JSON.stringify(process.getActiveResourcesInfo().filter((name) => !/TTY|Pipe/.test(name)))));
    ${body}
  `;
}

/** The child's last word, when it ended by itself. */
function leftOf(run: Program): string {
  const last = run.lines.at(-1) ?? '';
  assert.match(last, /^left /);
  return last.slice(5);
}

describe('the examples of docs/frames.md', () => {
  it('print the age of each frame of a real camera', async () => {
    await using camera = await startRtspCamera();
    await using run = await Program.start(await example('frames.md', 'age.ts'), [camera.url]);
    await run.printed(8);
    assert.match(run.lines[0]!, /^rtsp:\/\/127\.0\.0\.1:\d+\/camera sends 320x240$/);
    for (const line of run.lines.slice(1)) {
      const [, age] = /^\d+: 320x240, (\d+\.\d) ms old by (?:arrival|rtcp)$/.exec(line) ?? [];
      assert.ok(age !== undefined && Number(age) < 1000, line);
    }
  });

  it('find edges with OpenCV', async () => {
    await using run = await Program.start(await example('frames.md', 'edges.ts'), [CARD]);
    await run.printed(4);
    for (const line of run.lines) {
      const [, share] = /^\d+: (\d+\.\d) % edges, \d+ ms old$/.exec(line) ?? [];
      assert.ok(share !== undefined && Number(share) > 0.5 && Number(share) < 60, line);
    }
  });
});

describe('a program with a camera', () => {
  it('ends by itself when its camera is closed, with nothing left open', async () => {
    await using camera = await startRtspCamera();
    for (const source of [CARD, camera.url]) {
      const text = program(`
        {
          await using camera = await openCamera(source, { width: 160 });
          let count = 0;
          for await (using frame of camera.frames()) if (++count === 5) break;
          console.log('got', count);
        }
        console.log('closed');`);
      await using run = await Program.start(text, [source]);
      const { code, stderr } = await run.end;
      assert.deepEqual([code, stderr, run.lines.slice(0, 2)], [0, '', ['got 5', 'closed']]);
      assert.equal(leftOf(run), '[]');
    }
  });

  it('ends by itself when it is aborted in the middle', async () => {
    const text = program(`
      const stop = new AbortController();
      await using camera = await openCamera(source, { signal: stop.signal });
      try {
        for await (using frame of camera.frames()) if (frame.sequence > 5) stop.abort();
      } catch (error) {
        console.log(error.name, camera.status.state);
      }`);
    await using run = await Program.start(text, [CARD]);
    const { code, stderr } = await run.end;
    assert.deepEqual([code, stderr, run.lines[0]], [0, '', 'AbortError closed']);
    assert.equal(leftOf(run), '[]');
  });

  it('ends with its own error when its loop throws, after the session with the camera was closed', async () => {
    await using camera = await startRtspCamera();
    const text = program(`
      await using camera = await openCamera(source, { onState: ({ state }) => console.log(state) });
      for await (using frame of camera.frames()) throw new Error('my own mistake');`);
    await using run = await Program.start(text, [camera.url]);
    const { code, stderr } = await run.end;
    assert.equal(code, 1);
    assert.match(stderr, /my own mistake/);
    assert.deepEqual(run.lines.slice(0, 3), ['opening', 'live', 'closed']);
  });

  it('ends in order at Ctrl-C, when it says so as the docs do', async () => {
    const text = program(`
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      await using camera = await openCamera(source, { signal: stop.signal });
      for await (using frame of camera.frames()) console.log(frame.sequence);`);
    await using run = await Program.start(text, [CARD]);
    await run.printed(3);
    run.kill('SIGINT');
    const { code, signal } = await run.end;
    assert.deepEqual([code, signal], [1, null], 'the loop threw the reason of the signal');
    assert.equal(leftOf(run), '[]');
  });

  it('ends by itself when the camera does not open, and says why', async () => {
    const text = program(`
      await openCamera(source).catch((error) => console.log(error.code));`);
    for (const [source, code] of [
      ['rtsp://127.0.0.1:1/', 'camera-refused'],
      ['/nowhere/clip.mp4', 'file-missing'],
    ] as const) {
      await using run = await Program.start(text, [source]);
      assert.equal((await run.end).code, 0);
      assert.equal(run.lines[0], code);
      assert.equal(leftOf(run), '[]');
    }
  });

  it('opens and closes cameras again and again without growing', async () => {
    const text = program(`
      const rss = () => process.memoryUsage.rss() / 1e6;
      let before = 0;
      for (let round = 0; round < 60; round++) {
        await using camera = await openCamera(source, { width: 160 });
        let count = 0;
        for await (using frame of camera.frames()) if (++count === 2) break;
        if (round === 20) before = rss();
      }
      console.log(Math.round(rss() - before));`);
    await using run = await Program.start(text, [CARD]);
    assert.equal((await run.end).code, 0);
    assert.ok(Number(run.lines[0]) < 40, `it grew by ${run.lines[0]} MB`);
  });

  it('does not load FFmpeg by importing the package alone', async () => {
    const text = `
      import { registerHooks } from 'node:module';
      registerHooks({
        load(url, context, next) {
          if (/node-av|codec\\/ffmpeg/.test(url)) console.log(url);
          return next(url, context);
        },
      });
      const { openCamera } = await import('sightline');
      console.log(typeof openCamera);`;
    await using run = await Program.start(text);
    await run.end;
    assert.deepEqual(run.lines, ['function']);
  });
});
