// A camera that is broken in every way that people meet: each fault is named in words by its own step, and no other
// step cries wolf. Real processes decode the pictures, as for the command.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertOnly, examineSource } from '../../test/fixtures/examined.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { noise } from '../../test/fixtures/garbage.ts';
import { FakeCamera, good, goodBut, reply, sdp } from '../../test/peers/fake-rtsp-camera.ts';
import { HttpCamera, answer, digest, guarded, head } from '../../test/peers/http-camera.ts';
import { LiveCamera } from '../../test/peers/live-camera.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';

const PRINTER = '<html><head><title>HP LaserJet 400 M401dn</title></head><body>Supplies</body></html>';
const PASSWORD = 'quite-wrong-7351';

describe('at the door', { concurrency: 4 }, () => {
  it('a name that nobody has is named by the name', async () => {
    const examination = await examineSource('rtsp://no-such-camera.invalid/live');
    assert.match(assertOnly(examination, 'name', 'failed').saw, /no-such-camera\.invalid/);
    assert.equal(examination.picture, false);
  });

  it('a closed port is named by the port, for the machine itself answers', async () => {
    const port = await freePort();
    const examination = await examineSource(`rtsp://127.0.0.1:${port}/live`);
    assert.match(assertOnly(examination, 'port', 'failed').saw, new RegExp(`${port} is closed`));
    assert.match(examination.steps.find(({ step }) => step === 'reach')!.saw, /refused/);
  });

  it("a printer's page where a picture should be is named by the path", async () => {
    await using printer = await HttpCamera.open(answer('200 OK', 'text/html', PRINTER));
    const { saw, advice } = assertOnly(await examineSource(printer.url('/video')), 'path', 'failed');
    assert.match(saw, /HP LaserJet 400.*printer/);
    assert.match(advice, /printer/);
  });

  it("a printer's page where RTSP should be is named by the port", async () => {
    await using printer = await HttpCamera.open(answer('200 OK', 'text/html', PRINTER));
    const url = printer.url('/live').replace('http:', 'rtsp:');
    assert.match(assertOnly(await examineSource(url), 'port', 'failed').saw, /web server.*HTTP, not RTSP/);
  });

  it('garbage is named by the port', async () => {
    await using camera = await FakeCamera.start((_asked, socket) => void socket.write(noise(5000)));
    assert.match(assertOnly(await examineSource(camera.url), 'port', 'failed').saw, /neither RTSP nor HTTP/);
  });

  it('somebody who never says a word is named by the server', async () => {
    await using camera = await FakeCamera.start(() => undefined);
    assert.match(assertOnly(await examineSource(camera.url), 'server', 'failed').saw, /OPTIONS.*did not answer/);
  });
});

describe('behind the door', { concurrency: 4 }, () => {
  it('a missing password is named by the login, with the ways that the camera knows', async () => {
    await using camera = await startRtspCamera({ user: 'admin', password: 'right', auth: 'digest' });
    const { saw } = assertOnly(await examineSource(camera.url), 'login', 'failed');
    assert.match(saw, /asks for user name and password \(Digest MD5, realm ".+"\)/);
  });

  it('a wrong password is named by the login after one try, and nowhere shown', async () => {
    await using camera = await startRtspCamera({ user: 'admin', password: 'right', auth: 'digest' });
    const url = camera.url.replace('//', `//admin:${PASSWORD}@`);
    const examination = await examineSource(url);
    assert.match(assertOnly(examination, 'login', 'failed').saw, /not accept.*Digest/);
    assert.ok(!JSON.stringify(examination).includes(PASSWORD));
  });

  it('a wrong password of an HTTP camera is named by the login, after one try', async () => {
    await using camera = await HttpCamera.open(
      guarded(digest('admin', 'right', 'MD5'), answer('200 OK', 'image/jpeg', '')),
    );
    const examination = await examineSource(camera.url().replace('//', `//admin:${PASSWORD}@`));
    assertOnly(examination, 'login', 'failed');
    assert.equal(camera.requests.filter(({ headers }) => headers.has('authorization')).length, 1);
  });

  it('a password that was taken by Digest before is not told in clear, and that is named by the login', async () => {
    const isTold = /Authorization/i;
    const basic = 'Basic realm="cam"';
    await using rtsp = await FakeCamera.start((asked, socket) => {
      socket.write(isTold.test(asked.text) ? good(asked) : reply(asked, 401, [`WWW-Authenticate: ${basic}`]));
    });
    await using http = await HttpCamera.open((socket) => {
      head(socket, '401 Unauthorized', { 'WWW-Authenticate': basic, 'Content-Length': '0' });
    });
    for (const url of [rtsp.url, http.url()]) {
      const examination = await examineSource(url.replace('//', `//admin:${PASSWORD}@`), { digestOnly: true });
      assert.match(assertOnly(examination, 'login', 'failed').saw, /in clear, although/);
    }
    assert.ok(rtsp.asked.every(({ text }) => !isTold.test(text)));
    assert.ok(http.requests.every(({ headers }) => !headers.has('authorization')));
  });

  it('a wrong path is named by the path', async () => {
    await using camera = await startRtspCamera();
    const { saw } = assertOnly(await examineSource(camera.url.replace('/camera', '/not-here')), 'path', 'failed');
    assert.match(saw, /no stream at \/not-here/);
  });

  it('a wrong path of a camera that has one of the known ones names that, and asks nobody else', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      const isThere = asked.method === 'OPTIONS' || asked.uri.endsWith('/stream1');
      socket.write(isThere ? good(asked) : reply(asked, 404));
    });
    const { saw, advice } = assertOnly(await examineSource(camera.url), 'path', 'failed');
    assert.match(saw, /no stream at \/live/);
    assert.match(advice, /this works here: rtsp:\/\/127\.0\.0\.1:\d+\/stream1\./);
    const paths = camera.asked.filter(({ method }) => method === 'DESCRIBE').map(({ uri }) => new URL(uri).pathname);
    assert.ok(new Set(paths).size <= 22, String(paths));
    assert.deepEqual([...new Set(camera.asked.map(({ method }) => method))].sort(), ['DESCRIBE', 'OPTIONS']);
  });

  it('a wrong path of a camera that asks for a password elsewhere is tried no further', async () => {
    const challenge = 'WWW-Authenticate: Digest realm="cam", nonce="abc"';
    await using camera = await FakeCamera.start((asked, socket) => {
      const isHere = asked.uri.endsWith('/live');
      if (asked.method === 'OPTIONS') socket.write(good(asked));
      else socket.write(isHere ? reply(asked, 404) : reply(asked, 401, [challenge]));
    });
    const { advice } = assertOnly(await examineSource(camera.url), 'path', 'failed');
    assert.match(advice, /Of one path .* asks for a password here/);
  });

  it('a wrong path of an HTTP camera names the known one that has a picture', async () => {
    await using camera = await HttpCamera.open((socket, request) => {
      const isThere = request.path === '/cgi-bin/snapshot.cgi';
      const script = isThere ? answer('200 OK', 'image/jpeg', 'x') : answer('404 Not Found', 'text/plain', 'no');
      script(socket, request);
    });
    const { advice } = assertOnly(await examineSource(camera.url('/nothing')), 'path', 'failed');
    assert.match(advice, /this works here: http:\/\/127\.0\.0\.1:\d+\/cgi-bin\/snapshot\.cgi\./);
  });

  it('H.265 is named by the tracks, with the browsers that play it', async () => {
    const medium = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=control:track1\r\n';
    await using camera = await FakeCamera.start(
      goodBut('DESCRIBE', (asked, socket) => {
        socket.write(reply(asked, 200, ['Content-Type: application/sdp'], sdp(medium)));
      }),
    );
    const { saw } = assertOnly(await examineSource(camera.url), 'tracks', 'failed');
    assert.match(saw, /H\.265.*Safari plays.*Chrome/);
  });

  it('a camera that plays and sends nothing is named by the stream', async () => {
    await using camera = await LiveCamera.start({ isSilent: true });
    assert.match(assertOnly(await examineSource(camera.url), 'stream', 'failed').saw, /not one packet/);
  });

  it('a camera without a free session is named by the stream', async () => {
    await using camera = await FakeCamera.start(
      goodBut('SETUP', (asked, socket) => void socket.write(reply(asked, 453))),
    );
    assert.match(assertOnly(await examineSource(camera.url), 'stream', 'failed').saw, /453/);
  });

  it('an HTTP camera that begins and sends nothing is named by the stream', async () => {
    const type = 'multipart/x-mixed-replace; boundary=x';
    await using camera = await HttpCamera.open((socket) => head(socket, '200 OK', { 'Content-Type': type }));
    assert.match(assertOnly(await examineSource(camera.url()), 'stream', 'failed').saw, /first picture/);
  });

  it('a camera that sends other than RTP is named by the stream', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method === 'PLAY')
        socket.write(Buffer.concat([Buffer.from([0x24, 0, 1, 0]), noise(256).fill(0, 0, 1)]));
    });
    assert.match(assertOnly(await examineSource(camera.url), 'stream', 'failed').saw, /not RTP/);
  });
});
