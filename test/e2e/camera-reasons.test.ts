// A camera that cannot be opened, for each reason that a person can do something about: what the status says, and that
// no password is ever said.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../fixtures/free-port.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { TestServer, pause } from '../fixtures/server.ts';
import { FakeCamera, goodBut, reply, sdp } from '../peers/fake-rtsp-camera.ts';
import { HttpCamera, answer, basic, digest, guarded } from '../peers/http-camera.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const PASSWORD = 'pä:ss@w/o?r#d%41 &"x';
const WRONG = 'quite-wrong-7351';

interface Camera {
  readonly config: { readonly source: string };
  readonly status: { readonly state: string };
}

/** Opens a camera by asking for a snapshot and waits for a status with a reason. */
async function reasonOf(server: TestServer, id: string): Promise<{ code: string; text: string; hint: string }> {
  const asking = fetch(`${server.url}/cameras/${id}/snapshot.jpg`);
  const { reason } = await server.until(id, (status) => status.reason !== null, 10_000);
  const response = await asking;
  assert.equal(response.status, 503);
  const said = (await response.json()) as { code: string; hint: string };
  assert.equal(said.code, reason!.code);
  return reason!;
}

/** Everything that the server shows or that others on the machine can see of it. */
async function everythingSaid(server: TestServer): Promise<string> {
  const answers = ['/api/cameras', '/api/system', '/readyz', '/api/cameras/door', '/api/cameras/door/viewers'];
  const texts = await Promise.all(answers.map(async (address) => (await fetch(server.url + address)).text()));
  const pids = await server.alive();
  const children = pids.filter((pid) => pid !== server.pid);
  const lines = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  return [...texts, ...lines, ...server.log].join('\n');
}

describe('a camera with a password', { concurrency: 3 }, () => {
  for (const auth of ['basic', 'digest'] as const) {
    it(`a wrong password (${auth}) is said to be that, after few tries, and nowhere shown`, async () => {
      await using camera = await startRtspCamera({ user: 'admin', password: PASSWORD, auth });
      const address = camera.url.replace('//', `//admin:${WRONG}@`);
      await using server = await TestServer.start([`door=${address}`]);
      const reason = await reasonOf(server, 'door');
      assert.equal(reason.code, 'camera-unauthorized');
      assert.match(reason.hint, /password/);
      const said = await everythingSaid(server);
      assert.ok(!said.includes(WRONG));
      assert.ok(!said.includes(Buffer.from(`admin:${WRONG}`).toString('base64')));
    });

    it(`any character of a password (${auth}) can be written in the address, encoded`, async () => {
      await using camera = await startRtspCamera({ user: 'adm:in', password: PASSWORD, auth });
      // Basic cannot carry a colon in the user's name (RFC 7617, 2).
      await camera.restart({ user: auth === 'basic' ? 'admin' : 'adm@in' });
      const user = auth === 'basic' ? 'admin' : 'adm%40in';
      await using server = await TestServer.start([
        `door=${camera.url.replace('//', `//${user}:${encodeURIComponent(PASSWORD)}@`)}`,
      ]);
      const picture = await fetch(`${server.url}/cameras/door/snapshot.jpg`);
      assert.equal(picture.status, 200, await server.status('door').then((status) => JSON.stringify(status)));
      const said = await everythingSaid(server);
      assert.ok(!said.includes(PASSWORD) && !said.includes(encodeURIComponent(PASSWORD)));
    });
  }

  it('a password as it is, with an @ in it, works where the address can be read in one way only', async () => {
    await using camera = await startRtspCamera({ user: 'admin', password: 'p@ss:w0rd!$', auth: 'digest' });
    await using server = await TestServer.start([`door=${camera.url.replace('//', '//admin:p@ss:w0rd!$@')}`]);
    assert.equal((await fetch(`${server.url}/cameras/door/snapshot.jpg`)).status, 200);
  });

  it('a refused password is tried seldom, so that no account is locked', async () => {
    const challenge = 'WWW-Authenticate: Digest realm="cam", nonce="abc"';
    await using fake = await FakeCamera.start((asked, socket) => void socket.write(reply(asked, 401, [challenge])));
    await using http = await HttpCamera.open(
      guarded(digest('admin', 'right', 'SHA-256'), answer('200 OK', 'text/plain', '')),
    );
    await using plain = await HttpCamera.open(guarded(basic('admin', 'right'), answer('200 OK', 'text/plain', '')));
    const wrong = (url: string): string => url.replace('//', `//admin:${WRONG}@`);
    await using server = await TestServer.start([
      `a=${wrong(fake.url)}`,
      `b=${wrong(http.url())}`,
      `c=${wrong(plain.url())}`,
    ]);
    const viewers = ['a', 'b', 'c'].map((id) => new MjpegViewer(`${server.url}/cameras/${id}/stream.mjpeg`));
    await Promise.all(viewers.map((viewer) => once(viewer, 'head')));
    await pause(2000);
    for (const id of ['a', 'b', 'c']) assert.equal((await server.status(id)).reason?.code, 'camera-unauthorized');
    const tries = fake.asked.filter(({ text }) => text.includes('Authorization')).length;
    assert.ok(tries <= 6, `${tries} tries in seven seconds`);
    const guesses = http.requests.filter(({ headers }) => headers.has('authorization')).length;
    assert.ok(guesses <= 6, `${guesses} tries in seven seconds`);
    const more = plain.requests.filter(({ headers }) => headers.has('authorization')).length;
    assert.ok(more <= 6, `${more} tries in seven seconds`);
    assert.ok(!(await everythingSaid(server)).includes(WRONG));
  });
});

describe('a camera that is not there', { concurrency: true }, () => {
  const cleanup = new AsyncDisposableStack();
  let server: TestServer;

  before(async () => {
    const port = await freePort();
    const html = answer('200 OK', 'text/html; charset=utf-8', '<html>Please log in</html>');
    const page = cleanup.use(await HttpCamera.open(html));
    const medium = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=control:track1\r\n';
    const offers = goodBut('DESCRIBE', (asked, socket) => {
      socket.write(reply(asked, 200, ['Content-Type: application/sdp'], sdp(medium)));
    });
    const hevc = cleanup.use(await FakeCamera.start(offers));
    const denies = goodBut('DESCRIBE', (asked, socket) => void socket.write(reply(asked, 404)));
    const missing = cleanup.use(await FakeCamera.start(denies));
    const gstreamer = cleanup.use(await startRtspCamera());
    server = await TestServer.start([
      'host=rtsp://no-such-host.invalid/stream',
      'httphost=http://no-such-host.invalid/video',
      `port=rtsp://127.0.0.1:${port}/stream`,
      `httpport=http://127.0.0.1:${port}/video`,
      `path=${missing.url}`,
      `gstpath=${gstreamer.url}s-not-here`,
      `page=${page.url('/')}`,
      `rtsppage=${page.url('/').replace('http:', 'rtsp:')}`,
      `hevc=${hevc.url}`,
      'file=not-here.mp4',
      'device=9',
      `text=${import.meta.filename}`,
    ]);
    cleanup.use(server);
  });

  after(async () => {
    const processes = await server.processes().finally(() => cleanup.disposeAsync());
    for (const { title, restarts } of processes) assert.equal(restarts, 0, title);
    assert.deepEqual(await server.alive(), []);
  });

  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['host', 'an unknown host', 'camera-unknown-host', /no-such-host\.invalid/],
    ['httphost', 'an unknown host of an HTTP camera', 'camera-unknown-host', /no-such-host\.invalid/],
    ['port', 'a port where nothing listens', 'camera-refused', /127\.0\.0\.1:\d+/],
    ['httpport', 'a port where nothing listens, of an HTTP camera,', 'camera-refused', /127\.0\.0\.1:\d+/],
    ['path', 'a path that the camera has not', 'camera-not-found', /path/],
    ['gstpath', "a path that GStreamer's camera has not", 'camera-not-found', /path/],
    ['page', 'a web page at the address', 'camera-protocol', /text\/html|HTML|page/i],
    ['rtsppage', 'a web server where RTSP is expected', 'camera-protocol', /HTTP, not RTSP/],
    ['hevc', 'a camera that sends H.265', 'codec-unsupported', /H\.265/],
    ['file', 'a file that is not there', 'file-missing', /not-here\.mp4/],
    ['device', 'a webcam that is not there', 'device-missing', /video9/],
    ['text', 'a file that is no video', 'file-unreadable', /camera-reasons/],
  ];
  for (const [id, what, code, text] of cases) {
    it(`${what} is named in the status and in the answer`, { timeout: 15_000 }, async () => {
      const reason = await reasonOf(server, id);
      assert.equal(reason.code, code, JSON.stringify(reason));
      assert.match(reason.text, text);
      assert.ok(reason.hint.length > 10);
      if (id === 'hevc') assert.match(reason.hint, /ffmpeg:rtsp:\/\//);
    });
  }
});

it('what our own client cannot play goes through ffmpeg:rtsp://…, and the status says so', async () => {
  await using camera = await startRtspCamera({ user: 'admin', password: 'p@ss w/rd', auth: 'digest' });
  const address = camera.url.replace('//', `//admin:${encodeURIComponent('p@ss w/rd')}@`);
  await using server = await TestServer.start([`door=ffmpeg:${address}`]);
  const viewer = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg`);
  await viewer.next(isPicture);
  const { config, status } = await server.json<Camera>('/api/cameras/door');
  assert.equal(status.state, 'live');
  assert.match(config.source, /^ffmpeg:rtsp:\/\//);
  assert.ok(!(await everythingSaid(server)).includes('p%40ss'));
  viewer.close();
});
