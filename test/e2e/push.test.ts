// Pictures that a program sends in, through the whole server with two workers: what comes out is what went in, also when
// the process that takes them is killed, and nothing old is ever shown as live.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { jpegSize } from '../../src/media/jpeg.ts';
import { mjpegClip } from '../fixtures/clips.ts';
import { ConfigServer } from '../fixtures/config-server.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { Pusher, unixNow } from '../fixtures/pusher.ts';
import { TestServer, pause } from '../fixtures/server.ts';
import { tinyJpeg } from '../fixtures/tiny-jpeg.ts';
import { untilAllServe } from '../fixtures/workers.ts';

const FRAME_MS = 40;

let jpegs: readonly Buffer[];

before(async () => {
  const clip = await mjpegClip({ graph: 'testsrc2=size=640x360:rate=25', frames: 25, width: 640, height: 360 });
  jpegs = clip.packets.map(({ data }) => data);
});

/** Sends pictures 25 times a second until `done`, and gives what was answered. */
async function pushUntil(pusher: Pusher, done: () => boolean | Promise<boolean>): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  for (let n = 0; !(await done()); n++) {
    const { status, code } = await pusher.put(jpegs[n % jpegs.length]!, unixNow());
    const said = code === null ? String(status) : `${status} ${code}`;
    answers.set(said, (answers.get(said) ?? 0) + 1);
    await pause(FRAME_MS);
  }
  return answers;
}

describe('a camera that is sent its pictures', () => {
  let server: TestServer;
  let viewUrl: string;

  before(async () => {
    server = await TestServer.start(['seen=push:', 'rare=push:', 'other=test:?fps=5', '--workers', '2']);
    await untilAllServe(server, 2);
    viewUrl = `${server.url}/cameras/seen/stream.mjpeg`;
  });

  after(() => server.stop());

  it('that was never sent one is stalled, says so, and has no snapshot', async () => {
    const { reason } = await server.until('seen', ({ state }) => state === 'stalled');
    assert.equal(reason?.code, 'nothing-pushed');
    assert.match(reason.text, /^nothing was pushed to seen since /);
    const still = await fetch(`${server.url}/cameras/seen/snapshot.jpg`);
    assert.equal(still.status, 503);
    assert.equal(((await still.json()) as { code: string }).code, 'nothing-pushed');
  });

  it('counts what it is sent while nobody watches, and is live', async () => {
    using pusher = new Pusher(server.url, 'seen', server.key);
    let sent = 0;
    const answers = await pushUntil(pusher, () => sent++ === 25);
    assert.deepEqual([...answers], [['204', 25]]);
    const status = await server.until('seen', ({ frames }) => frames.in === 25);
    assert.deepEqual([status.state, status.width, status.height], ['live', 640, 360]);
    assert.deepEqual([status.captureTime.clock, status.frames.decoded, status.restarts], ['sender', 0, 0]);
  });

  it('gives its pictures untouched, with their numbers, and their times to the microsecond, at every worker', async () => {
    using pusher = new Pusher(server.url, 'seen', server.key);
    using other = new Pusher(server.url, 'seen', server.key);
    const first = pusher.put(jpegs[0]!);
    const viewers = [1, 2, 3, 4].map(() => new MjpegViewer(viewUrl));
    await first;
    const sent = new Map<number, { readonly timestamp: string; readonly jpeg: Buffer }>();
    for (let n = 0; n < 50; n++) {
      const timestamp = unixNow();
      const jpeg = jpegs[n % jpegs.length]!;
      const { status, sequence } = await (n % 2 === 0 ? pusher : other).put(jpeg, timestamp);
      assert.equal(status, 204);
      sent.set(sequence!, { timestamp, jpeg });
      await pause(FRAME_MS);
    }
    for (const viewer of viewers) {
      const seen = viewer.parts.filter((part) => sent.has(Number(part.headers['x-sequence'])));
      assert.ok(seen.length > 40, `${seen.length}`);
      for (const { headers, body } of seen) {
        const { timestamp, jpeg } = sent.get(Number(headers['x-sequence']))!;
        assert.deepEqual([headers['x-timestamp'], headers['x-timestamp-source']], [timestamp, 'sender']);
        assert.ok(body.equals(jpeg));
      }
      viewer.close();
    }
  });

  it('is decoded for who wants another size, and the time is that of the picture', async () => {
    using pusher = new Pusher(server.url, 'seen', server.key);
    const timestamps = new Set<string>();
    const viewer = new MjpegViewer(`${viewUrl}?width=320`);
    let found = 0;
    viewer.on('part', (part) => {
      if (isPicture(part) && timestamps.has(part.headers['x-timestamp']!)) found++;
    });
    for (let n = 0; n < 250 && found < 5; n++) {
      const timestamp = unixNow();
      timestamps.add(timestamp);
      await pusher.put(jpegs[n % jpegs.length]!, timestamp);
      await pause(FRAME_MS);
    }
    assert.ok(found >= 5, `${found}`);
    assert.deepEqual(jpegSize(viewer.parts.findLast(isPicture)!.body), { width: 320, height: 180 });
    viewer.close();
  });

  it('goes on when the process that takes its pictures is killed again and again', async () => {
    using pusher = new Pusher(server.url, 'seen', server.key);
    const started = pusher.put(jpegs[0]!);
    const viewer = new MjpegViewer(viewUrl);
    await started;
    for (let death = 0; death < 3; death++) {
      const { pid } = await server.process('ingest');
      let killed = false;
      let back = false;
      let sent = 0;
      const answers = await pushUntil(pusher, () => {
        if (sent++ === 10) {
          process.kill(pid, 'SIGKILL');
          killed = true;
          void server
            .process('ingest', pid)
            .then(() => viewer.next(isPicture))
            .then(() => (back = true));
        }
        return killed && back;
      });
      for (const said of answers.keys()) assert.ok(['204', '503 link-closed'].includes(said), said);
    }
    assert.equal(viewer.ended, false, 'who watches stays');
    const numbers = viewer.parts.filter(isPicture).map(({ headers }) => Number(headers['x-sequence']));
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    viewer.close();
  });

  it('shows a slate when it is sent nothing any more, and its pictures when it is', async () => {
    using pusher = new Pusher(server.url, 'seen', server.key);
    const started = pusher.put(jpegs[0]!, unixNow());
    const viewer = new MjpegViewer(viewUrl);
    await started;
    await pusher.put(jpegs[1]!, unixNow());
    const slate = await viewer.next((part) => !isPicture(part));
    assert.ok(jpegSize(slate.body));
    const { reason } = await server.until('seen', ({ state }) => state === 'stalled');
    assert.equal(reason?.code, 'nothing-pushed');
    // Workers are shown a change one after the other; six requests go to each of them.
    for (let asked = 0; asked < 6; asked++) await server.until('seen', ({ state }) => state === 'stalled');
    const still = await fetch(`${server.url}/cameras/seen/snapshot.jpg?maxAgeMs=600000`);
    assert.equal(still.status, 503, 'also for who would take an old one');
    await still.body?.cancel();
    const back = viewer.next(isPicture);
    await pusher.put(jpegs[2]!, unixNow());
    assert.ok((await back).body.equals(jpegs[2]!));
    viewer.close();
  });

  it('whose pictures come rarely is no stalled one, and the newest is shown to who comes', async () => {
    using pusher = new Pusher(server.url, 'rare', server.key);
    const url = `${server.url}/cameras/rare/stream.mjpeg`;
    const started = pusher.put(jpegs[0]!, unixNow());
    const viewer = new MjpegViewer(url);
    await started;
    for (const n of [1, 2]) {
      await pause(2500);
      await pusher.put(jpegs[n]!, unixNow());
    }
    await pause(7000);
    assert.equal((await server.status('rare')).state, 'live');
    assert.ok(viewer.parts.every(isPicture), 'no slate');
    const late = new MjpegViewer(url);
    assert.ok((await late.next()).body.equals(jpegs[2]!));
    const newest = await fetch(`${server.url}/cameras/rare/snapshot.jpg?maxAgeMs=60000`);
    assert.equal(newest.status, 200);
    assert.ok(Buffer.from(await newest.arrayBuffer()).equals(jpegs[2]!));
    const fresh = await fetch(`${server.url}/cameras/rare/snapshot.jpg`);
    assert.deepEqual([fresh.status, /maxAgeMs/.test(await fresh.text())], [503, true]);
    for (const each of [viewer, late]) each.close();
  });

  it('takes what FFmpeg sends in one request without end', async () => {
    const input = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-c:v', 'mjpeg', '-f', 'mpjpeg'];
    const type = ['-method', 'PUT', '-content_type', 'multipart/x-mixed-replace; boundary=ffmpeg'];
    const headers = ['-headers', `Authorization: Bearer ${server.key}\r\n`];
    const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...input, ...type, ...headers, `${server.url}/cameras/seen/frame`], {
      stdio: 'ignore',
    });
    try {
      await server.until('seen', ({ state, width }) => state === 'live' && width === 320);
      const viewer = new MjpegViewer(viewUrl);
      for (let n = 0; n < 20; n++) {
        const { body, headers: said } = await viewer.next(isPicture);
        assert.deepEqual([jpegSize(body)?.width, said['x-timestamp-source']], [320, 'arrival']);
      }
      viewer.close();
    } finally {
      ffmpeg.kill('SIGKILL');
      await once(ffmpeg, 'exit');
    }
    await server.until('seen', ({ state }) => state === 'stalled');
  });

  it('leaves nothing when the server ends, with a request under way', async () => {
    using pusher = new Pusher(server.url, 'seen', server.key);
    await pusher.put(jpegs[0]!);
    const open = fetch(`${server.url}/cameras/seen/frame`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'multipart/x-mixed-replace; boundary=b' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) }),
      duplex: 'half',
    } as RequestInit);
    await pause(200);
    server.signal('SIGTERM');
    assert.deepEqual(await server.exited(), { code: 0, signal: null });
    assert.equal(await open.then(({ status }) => status).catch(() => 503), 503);
    assert.deepEqual(await server.alive(), []);
    assert.deepEqual(await server.leftovers(), []);
  });
});

describe('a push: camera of the API', () => {
  it('is added, sent pictures at once, renamed under way, switched off and removed', async () => {
    await using config = await ConfigServer.start('cameras: {}\n');
    const { server } = config;
    const added = await config.ask('POST', '/api/cameras', { id: 'mine', source: 'push:' });
    assert.equal(added.status, 201);
    using pusher = new Pusher(server.url, 'mine', server.key);
    assert.equal((await pusher.put(tinyJpeg(1))).status, 204);
    await server.until('mine', ({ state }) => state === 'live');
    assert.equal((await config.ask('PATCH', '/api/cameras/mine', { id: 'ours' })).status, 200);
    assert.equal((await pusher.put(tinyJpeg(2))).code, 'not-found');
    using ours = new Pusher(server.url, 'ours', server.key);
    assert.deepEqual(await ours.put(tinyJpeg(3)), { status: 204, sequence: 2, code: null });
    assert.equal((await config.ask('PATCH', '/api/cameras/ours', { enabled: false })).status, 200);
    assert.equal((await ours.put(tinyJpeg(4))).code, 'disabled');
    assert.equal((await config.ask('PATCH', '/api/cameras/ours', { enabled: true })).status, 200);
    assert.equal((await ours.put(tinyJpeg(5))).status, 204);
    const probed = await config.ask('POST', '/api/probe', { source: 'push:' });
    assert.deepEqual([probed.status, probed.body.code], [400, 'source-invalid']);
    const secret = await config.ask('POST', '/api/cameras', {
      id: 'no',
      source: 'push:',
      username: 'u',
      password: 'p',
    });
    assert.deepEqual([secret.status, secret.body.code], [400, 'source-invalid']);
    assert.equal((await config.ask('DELETE', '/api/cameras/ours')).status, 204);
    assert.equal((await ours.put(tinyJpeg(6))).code, 'not-found');
  });
});
