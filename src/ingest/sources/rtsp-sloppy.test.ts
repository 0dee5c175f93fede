// The rtsp source against cameras that are sloppy but can be played, and what it sends to good ones.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeCamera, good, picture, reply, sdp } from '../../../test/peers/fake-rtsp-camera.ts';
import type { Answer } from '../../../test/peers/fake-rtsp-camera.ts';
import { run } from '../../../test/peers/run-rtsp-source.ts';

describe('a sloppy camera is played and its quirks are counted', { concurrency: true }, () => {
  const sloppy: readonly (readonly [string, string, Answer])[] = [
    ['counts CSeq wrongly', 'cseq-wrong', (asked, socket) => socket.write(good({ ...asked, cseq: '77' }))],
    [
      'ends lines with LF only',
      '',
      (asked, socket) =>
        socket.write(
          good(asked)
            .replaceAll('\r\n', '\n')
            .replace(/Content-Length: \d+/, `Content-Length: ${sdp().replaceAll('\r\n', '\n').length}`),
        ),
    ],
    [
      'sends stray bytes between',
      'stray-bytes',
      (asked, socket) => socket.write(asked.method === 'OPTIONS' ? good(asked) : `\x00\x01zz${good(asked)}`),
    ],
    [
      'asks for something itself',
      'camera-request',
      (asked, socket) => socket.write(`OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n${good(asked)}`),
    ],
    [
      'leaves out Content-Base',
      'content-base-missing',
      (asked, socket) => socket.write(good(asked).replace(/Content-Base: .*\r\n/, '')),
    ],
    ['gives no timeout', '', (asked, socket) => socket.write(good(asked).replace(';timeout=60', ''))],
    [
      'gives no session',
      'session-missing',
      (asked, socket) => socket.write(good(asked).replace(/Session: .*\r\n/, '')),
    ],
    [
      'says 100 Continue first',
      '',
      (asked, socket) => socket.write(`RTSP/1.0 100 Continue\r\nCSeq: ${asked.cseq}\r\n\r\n${good(asked)}`),
    ],
    [
      'sends on a channel that was not agreed',
      'channel-wrong',
      (asked, socket) =>
        socket.write(
          asked.method === 'PLAY' ? Buffer.concat([Buffer.from(good(asked)), picture(0, { channel: 6 })]) : good(asked),
        ),
    ],
  ];
  for (const [what, quirk, answer] of sloppy) {
    it(`that ${what}`, async () => {
      await using camera = await FakeCamera.start((asked, socket) => {
        answer(asked, socket);
        if (asked.method === 'PLAY') socket.write(Buffer.concat([picture(1), picture(2)]));
      });
      const { error, units, tracks, quirks } = await run(camera.url, { units: 2 });
      assert.equal(error, null);
      assert.equal(units.length, 2);
      assert.deepEqual([tracks[0]?.width, tracks[0]?.height, tracks[0]?.codec], [320, 240, 'h264']);
      if (quirk) assert.ok((quirks.get(quirk) ?? 0) > 0, [...quirks.keys()].join());
    });
  }

  it('that answers with other channels and an absolute control URL', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      if (asked.method === 'DESCRIBE') {
        socket.write(reply(asked, 200, [], sdp().replace('track1', `${camera.url}/abs/track1`)));
      } else socket.write(good(asked).replace('interleaved=0-1', 'interleaved=4-5'));
      if (asked.method === 'PLAY') socket.write(picture(1, { channel: 4 }));
    });
    const { error, quirks } = await run(camera.url, { units: 1 });
    assert.equal(error, null);
    assert.equal(quirks.get('channels-changed'), 1);
    assert.equal(camera.asked.find((asked) => asked.method === 'SETUP')?.uri, `${camera.url}/abs/track1`);
  });

  it('that closes the connection after its 401', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      if (!asked.text.includes('Authorization')) {
        socket.end(reply(asked, 401, ['WWW-Authenticate: Digest realm="r", nonce="n"', 'Connection: close']));
        return;
      }
      socket.write(good(asked));
      if (asked.method === 'PLAY') socket.write(picture(1));
    });
    const { error } = await run(camera.url, { units: 1, credentials: { username: 'u', password: 'p' } });
    assert.equal(error, null);
  });
});

describe('a session that plays', { concurrency: true }, () => {
  it('is kept alive at half of its timeout, by OPTIONS where GET_PARAMETER is refused', async () => {
    const kept: string[] = [];
    const stop = new AbortController();
    await using camera = await FakeCamera.start((asked, socket) => {
      if (asked.method === 'GET_PARAMETER') socket.write(reply(asked, 451));
      else socket.write(good(asked).replace('timeout=60', 'timeout=2'));
      if (asked.method === 'PLAY') socket.write(picture(1));
      if (/Session: abc/.test(asked.text) && asked.method !== 'PLAY') kept.push(asked.method);
      if (kept.length === 3) stop.abort();
    });
    const { error, quirks } = await run(camera.url, { signal: stop.signal });
    assert.equal(error, null);
    assert.deepEqual(kept.slice(0, 3), ['GET_PARAMETER', 'OPTIONS', 'OPTIONS']);
    assert.equal(quirks.get('keep-alive-refused'), 1);
  });

  it('sends receiver reports on the control channel', async () => {
    const stop = new AbortController();
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method !== 'PLAY') return;
      for (let sequence = 1; sequence < 10; sequence++) socket.write(picture(sequence));
    });
    camera.onFrame = (channel, data) => {
      assert.deepEqual([channel, data[0], data[1]], [1, 0x81, 201]);
      assert.equal(data.readUInt32BE(8), 7);
      assert.equal(data.readUInt32BE(16), 9);
      stop.abort();
    };
    const { error } = await run(camera.url, { signal: stop.signal });
    assert.equal(error, null, 'a report came before the camera was called silent');
  });

  it('is opened at an IPv6 address', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method === 'PLAY') socket.write(picture(1));
    }, '::1');
    assert.match(camera.url, /\[::1\]/);
    const { error } = await run(camera.url, { units: 1 });
    assert.equal(error, null);
  });

  it('of a camera that changes its picture size begins a new track', async () => {
    const other = Buffer.from('67640028acd940780227e5c044000003000400000300ca3c60c658', 'hex');
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method !== 'PLAY') return;
      socket.write(picture(1));
      socket.write(picture(2, { payload: other, marker: false }));
      socket.write(picture(3));
    });
    const { tracks } = await run(camera.url, { units: 2 });
    assert.deepEqual(
      tracks.map((track) => track.width),
      [320, 1920],
    );
  });
});
