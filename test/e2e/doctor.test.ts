// `sightline doctor` as a person runs it, and doctor of a running server through its API, with real cameras.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { ExaminationLine } from '../../src/gateway/api/contract-examination.ts';
import type { Examination } from '../../src/link/examination.ts';
import { createClient } from '../../src/public/client.ts';
import { killAll } from '../../src/bench/measure/process-tree.ts';
import { ConfigServer } from '../fixtures/config-server.ts';
import { childrenWith } from '../fixtures/own-children.ts';
import { ROOT } from '../fixtures/server.ts';
import { RtspTap } from '../fixtures/rtsp-tap.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const run = promisify(execFile);
const BIN = path.join(ROOT, 'bin', 'sightline.js');
const PASSWORD = 'p@ss w/rd-4711';

interface Failed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function failing(args: readonly string[]): Promise<Failed> {
  return await run(process.execPath, [BIN, 'doctor', ...args]).then(
    () => assert.fail('it ended well'),
    (error: unknown) => error as Failed,
  );
}

describe('the command', { concurrency: 2 }, () => {
  it('says every step of a sound camera in a line and ends well; the password is seen nowhere', async () => {
    await using camera = await startRtspCamera({ user: 'admin', password: PASSWORD });
    const child = spawn(process.execPath, [BIN, 'doctor', camera.url, '--user', 'admin', '--password-stdin']);
    child.stdin.end(`${PASSWORD}\n`);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    await once(child.stdout, 'data');
    assert.match(await readFile(`/proc/${child.pid!}/cmdline`, 'utf8'), /^sightline doctor/);
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, said);
    for (const name of ['Name', 'Port', 'Login', 'Keyframes', 'Clock', 'Loss', 'First picture', 'Decoding']) {
      assert.match(said, new RegExp(`^${name} +passed {3}\\S`, 'm'));
    }
    assert.match(said, /\nThere is a picture \(\d+\.\d s\)\.\n$/);
    assert.ok(!said.includes(PASSWORD));
  });

  it('says what is wrong, what to do, and ends with 1', async () => {
    await using camera = await startRtspCamera();
    const { code, stdout, stderr } = await failing([camera.url.replace('/camera', '/nothing')]);
    assert.equal(code, 1);
    assert.match(stdout, /^Path +FAILED {3}There is no stream at \/nothing/m);
    assert.match(stdout, /^Tracks … +skipped/m);
    assert.match(stderr, /There is no picture: Path failed\./);
  });

  it('says it as one line of JSON', async () => {
    const { code, stdout } = await failing(['/no/such/clip.mp4', '--json']);
    assert.equal(code, 1);
    const { steps, picture } = JSON.parse(stdout) as Examination;
    assert.deepEqual([steps.length, picture], [15, false]);
    assert.equal((await failing(['--json'])).code, 2);
  });

  it('says what was found until Ctrl-C, and leaves the camera and the machine as they were', async () => {
    await using camera = await startRtspCamera();
    await using cleanup = new AsyncDisposableStack();
    const tap = cleanup.adopt(await RtspTap.start(camera.url), (each) => each.close());
    const child = spawn(process.execPath, [BIN, 'doctor', tap.url], { detached: true });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await tap.asked('PLAY', 20_000);
    // As a terminal does: to the whole group.
    process.kill(-child.pid!, 'SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 1);
    assert.match(said, /^Tracks +passed/m);
    assert.match(said, /skipped {2}The examination was stopped before\./);
    assert.equal(tap.playing, 0);
  });
});

describe('a second Ctrl-C', () => {
  it('ends doctor at once, while a process of it that hangs would be waited for', async () => {
    await using camera = await startRtspCamera();
    await using cleanup = new AsyncDisposableStack();
    const tap = cleanup.adopt(await RtspTap.start(camera.url), (each) => each.close());
    const child = spawn(process.execPath, [BIN, 'doctor', tap.url], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const exit = once(child, 'exit');
    await tap.asked('PLAY', 20_000);
    const hanging = childrenWith('sightline', child.pid);
    assert.ok(hanging.length > 0);
    for (const pid of hanging) process.kill(pid, 'SIGSTOP');
    cleanup.defer(() => killAll(hanging));
    // One that comes with the first is its echo.
    child.kill('SIGINT');
    const repeating = setInterval(() => child.kill('SIGINT'), 100);
    const [code] = (await exit) as [number];
    clearInterval(repeating);
    assert.equal(code, 1);
    assert.doesNotMatch(said, /The examination was stopped before/);
  });
});

describe('a running server', { concurrency: 2 }, () => {
  for (const workers of [1, 2]) {
    it(`examines a camera with its stored password, while it is watched, with ${workers} workers`, async () => {
      await using camera = await startRtspCamera({ user: 'admin', password: PASSWORD });
      const source = `{ source: '${camera.url}', username: admin, password: '${PASSWORD}' }`;
      await using config = await ConfigServer.start(`server: { workers: ${workers} }\ncameras: { door: ${source} }\n`);
      const { url, key } = config.server;
      const watching = await fetch(`${url}/cameras/door/stream.mjpeg`);
      const lines: ExaminationLine[] = [];
      const doctor = createClient({ baseUrl: url, token: key }).doctor('door');
      let said = await doctor.next();
      for (; said.done !== true; said = await doctor.next()) lines.push(said.value);
      await watching.body?.cancel();
      assert.equal(said.value.picture, true, JSON.stringify(lines));
      assert.deepEqual(
        lines.flatMap((line) => ('state' in line && line.state !== 'passed' ? [line] : [])),
        [],
      );
      assert.equal(lines.length, 15);
      assert.ok(!JSON.stringify(lines).includes(PASSWORD));
    });
  }

  it('examines one camera once at a time, and stops when its caller leaves', async () => {
    await using camera = await startRtspCamera();
    await using config = await ConfigServer.start(`cameras: { door: { source: '${camera.url}' } }\n`);
    const { url, key } = config.server;
    const client = createClient({ baseUrl: url, token: key });
    const first = client.doctor('door');
    assert.equal((await first.next()).done, false);
    await assert.rejects(client.doctor('door').next(), { code: 'too-many-attempts', status: 429 });
    await first.return({ source: '', picture: false, tookMs: 0 });
    const deadline = performance.now() + 5000;
    for (;;) {
      const again = client.doctor('door');
      const begun = await again.next().catch(() => null);
      await again.return({ source: '', picture: false, tookMs: 0 });
      if (begun !== null) break;
      assert.ok(performance.now() < deadline, 'the examination goes on without its caller');
    }
  });

  it('dials for a camera of the API nothing that its source may not', async () => {
    await using camera = await startRtspCamera();
    await using cleanup = new AsyncDisposableStack();
    const tap = cleanup.adopt(await RtspTap.start(camera.url), (each) => each.close());
    await using config = await ConfigServer.start('cameras: {}\n');
    const { url, key } = config.server;
    // A name is judged when it is dialled, an address when it is added.
    const source = tap.url.replace('127.0.0.1', 'localhost');
    assert.equal((await config.ask('POST', '/api/cameras', { id: 'door', source })).status, 201);
    const found: string[] = [];
    for await (const { step, state, advice } of createClient({ baseUrl: url, token: key }).doctor('door')) {
      if (state === 'failed') found.push(step, advice);
    }
    assert.equal(found[0], 'name');
    assert.match(found[1] ?? '', /allowedSources/);
    assert.equal(tap.connections, 0);
  });
});
