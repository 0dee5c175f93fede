// The rtsp source against cameras with one fault each.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeCamera, good, goodBut, picture, reply, sdp } from '../../../test/peers/fake-rtsp-camera.ts';
import { run } from '../../../test/peers/run-rtsp-source.ts';

const STEPS = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'] as const;

describe('a camera that refuses', { concurrency: true }, () => {
  const cases = [
    ['DESCRIBE', 404, 'camera-not-found', /DESCRIBE answered 404/],
    ['DESCRIBE', 500, 'camera-protocol', /DESCRIBE answered 500/],
    ['DESCRIBE', 403, 'camera-unauthorized', /DESCRIBE answered 403/],
    ['SETUP', 453, 'camera-busy', /SETUP answered 453/],
    ['SETUP', 461, 'camera-protocol', /SETUP answered 461/],
    ['PLAY', 503, 'camera-busy', /PLAY answered 503/],
  ] as const;
  for (const [step, status, code, text] of cases) {
    it(`with ${status} at ${step} is named so`, async () => {
      await using camera = await FakeCamera.start(goodBut(step, (asked, socket) => socket.write(reply(asked, status))));
      const { error } = await run(camera.url);
      assert.equal(error?.code, code);
      assert.match(error.message, text);
    });
  }

  it('OPTIONS only, with 405 or 501, is played', async () => {
    for (const status of [405, 501]) {
      await using camera = await FakeCamera.start((asked, socket) => {
        socket.write(asked.method === 'OPTIONS' ? reply(asked, status) : good(asked));
        if (asked.method === 'PLAY') socket.write(picture(1));
      });
      const { error, quirks } = await run(camera.url, { units: 1 });
      assert.equal(error, null);
      assert.equal(quirks.get('options-refused'), 1);
    }
  });

  it('TCP by granting UDP is named so', async () => {
    const udp = ['Session: a', 'Transport: RTP/AVP;unicast;client_port=5000-5001'];
    await using camera = await FakeCamera.start(
      goodBut('SETUP', (asked, socket) => socket.write(reply(asked, 200, udp))),
    );
    const { error } = await run(camera.url);
    assert.match(error?.message ?? '', /SETUP was answered with UDP/);
    assert.match(error?.hint ?? '', /ffmpeg:rtsp/);
  });

  it('every password is asked twice, not forever', async () => {
    let nonce = 0;
    const challenge = (): string => `WWW-Authenticate: Digest realm="r", nonce="${nonce++}"`;
    await using camera = await FakeCamera.start((asked, socket) => socket.write(reply(asked, 401, [challenge()])));
    const { error } = await run(camera.url, { credentials: { username: 'u', password: 'p' } });
    assert.equal(error?.code, 'camera-unauthorized');
    assert.match(error.message, /user name or password was not accepted/);
    assert.equal(camera.asked.length, 2);
  });

  it('every nonce as stale is given up', async () => {
    let nonce = 0;
    const challenge = (): string => `WWW-Authenticate: Digest realm="r", nonce="${nonce++}", stale=true`;
    await using camera = await FakeCamera.start((asked, socket) => socket.write(reply(asked, 401, [challenge()])));
    const { error } = await run(camera.url, { credentials: { username: 'u', password: 'p' } });
    assert.equal(error?.code, 'camera-unauthorized');
    assert.ok(camera.asked.length <= 3);
  });

  it('because no credentials were given is told apart', async () => {
    const basic = ['WWW-Authenticate: Basic realm="r"'];
    await using camera = await FakeCamera.start((asked, socket) => socket.write(reply(asked, 401, basic)));
    const { error } = await run(camera.url);
    assert.match(error?.message ?? '', /asks for user name and password/);
  });

  it('never gets a Basic password after it showed a Digest challenge', async () => {
    let count = 0;
    const challenges = ['Digest realm="r", nonce="n"', 'Basic realm="r"'];
    await using camera = await FakeCamera.start((asked, socket) =>
      socket.write(reply(asked, 401, [`WWW-Authenticate: ${challenges[Math.min(count++, 1)] ?? ''}`])),
    );
    await run(camera.url, { credentials: { username: 'u', password: 'p' } });
    assert.ok(camera.asked.every((asked) => !asked.text.includes('Basic')));
  });

  it('a codec is named with what it offers', async () => {
    const hevc = sdp('m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\nm=audio 0 RTP/AVP 0\r\n');
    await using camera = await FakeCamera.start(
      goodBut('DESCRIBE', (asked, socket) => socket.write(reply(asked, 200, [], hevc))),
    );
    const { error } = await run(camera.url);
    assert.equal(error?.code, 'codec-unsupported');
    assert.match(error.message, /H\.265/);
    assert.match(error.hint, /ffmpeg:rtsp/);
  });
});

describe('a camera that redirects', { concurrency: true }, () => {
  it('is followed, and the password stays with the first host', async () => {
    const challenge = 'WWW-Authenticate: Basic realm="r"';
    await using second = await FakeCamera.start((asked, socket) => socket.write(reply(asked, 401, [challenge])));
    await using first = await FakeCamera.start((asked, socket) => {
      if (!asked.text.includes('Authorization')) socket.write(reply(asked, 401, [challenge]));
      else if (asked.method === 'OPTIONS') socket.write(good(asked));
      else socket.write(reply(asked, 302, [`Location: ${second.url}`]));
    });
    const { error } = await run(first.url, { credentials: { username: 'u', password: 'p' } });
    assert.equal(error?.code, 'camera-unauthorized');
    assert.ok(second.asked.length > 0);
    assert.ok(second.asked.every((asked) => !asked.text.includes('Authorization')));
  });

  it('in a circle is given up after three', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(asked.method === 'OPTIONS' ? good(asked) : reply(asked, 301, [`Location: ${asked.uri}`]));
    });
    const { error } = await run(camera.url);
    assert.equal(error?.code, 'camera-protocol');
    assert.match(error.message, /redirected more than 3 times/);
    assert.equal(camera.sockets.size, 4);
  });

  it('to another kind of address is not followed', async () => {
    for (const location of ['http://127.0.0.1/', 'file:///etc/passwd', '']) {
      await using camera = await FakeCamera.start((asked, socket) =>
        socket.write(reply(asked, 302, location ? [`Location: ${location}`] : [])),
      );
      const { error } = await run(camera.url);
      assert.equal(error?.code, 'camera-protocol');
    }
  });
});

describe('a camera that sends garbage', { concurrency: true }, () => {
  const garbage = Buffer.from(Array.from({ length: 70_000 }, (_, index) => ((index * 7919) & 0xff) | 0x80));
  for (const step of STEPS) {
    it(`instead of an answer to ${step} is named at that step`, async () => {
      await using camera = await FakeCamera.start(goodBut(step, (_asked, socket) => socket.write(garbage)));
      const { error } = await run(camera.url);
      assert.equal(error?.code, 'camera-protocol');
      assert.match(error.message, new RegExp(`${step}: .*neither RTSP nor RTP`));
    });

    it(`as endless headers at ${step} is cut off`, async () => {
      const endless = `X: ${'y'.repeat(100)}\r\n`.repeat(200);
      await using camera = await FakeCamera.start(
        goodBut(step, (asked, socket) => socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${asked.cseq}\r\n${endless}`)),
      );
      const { error } = await run(camera.url);
      assert.match(error?.message ?? '', new RegExp(`${step}: .*more than 100 headers`));
    });

    it(`as one endless line at ${step} is cut off`, async () => {
      await using camera = await FakeCamera.start(
        goodBut(step, (_asked, socket) => socket.write(`RTSP/1.0 200 ${'O'.repeat(20_000)}`)),
      );
      const { error } = await run(camera.url);
      assert.match(error?.message ?? '', new RegExp(`${step}: .*line of more than 8 KB`));
    });

    it(`as a giant Content-Length at ${step} is refused at once`, async () => {
      await using camera = await FakeCamera.start(
        goodBut(step, (asked, socket) =>
          socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${asked.cseq}\r\nContent-Length: 9999999999\r\n\r\n`),
        ),
      );
      const { error } = await run(camera.url);
      assert.match(error?.message ?? '', new RegExp(`${step}: .*body of more than 128 KB`));
    });

    it(`and closes at ${step} is said to have closed`, async () => {
      await using camera = await FakeCamera.start(goodBut(step, (_asked, socket) => socket.end('RTSP/1.0 2')));
      const { error } = await run(camera.url);
      assert.equal(error?.code, 'camera-closed');
      assert.match(error.message, new RegExp(`${step}: `));
    });
  }

  it('while it plays ends with its cause', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method === 'PLAY') socket.write(Buffer.concat([picture(1), garbage]));
    });
    const { error, units } = await run(camera.url);
    assert.equal(error?.code, 'camera-protocol');
    assert.equal(units.length, 1);
  });

  it('that floods requests and never reads is ended', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method !== 'PLAY') return;
      socket.pause();
      const flood = 'OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(2000);
      const more = (): void => {
        if (!socket.destroyed) socket.write(flood, more);
      };
      more();
    });
    const { error } = await run(camera.url);
    assert.match(error?.message ?? '', /sends (but does not read|more in a second)/);
  });
});

describe('limits on waiting', { concurrency: true }, () => {
  it('a camera that does not answer is named with the step', async () => {
    await using camera = await FakeCamera.start(goodBut('SETUP', () => undefined));
    const { error } = await run(camera.url);
    assert.equal(error?.code, 'camera-timeout');
    assert.match(error.message, /SETUP was not answered within 5 s/);
  });

  it('a camera that drips its answer is not waited for longer', async () => {
    const timers: NodeJS.Timeout[] = [];
    await using camera = await FakeCamera.start(
      goodBut('DESCRIBE', (_asked, socket) => {
        socket.write('RTSP/1.0 200 OK\r\n');
        timers.push(setInterval(() => socket.write('X'), 100));
      }),
    );
    const { error } = await run(camera.url);
    for (const timer of timers) clearInterval(timer);
    assert.match(error?.message ?? '', /DESCRIBE was not answered within 5 s/);
  });

  it('a camera that plays nothing is called stalled', async () => {
    await using camera = await FakeCamera.start((asked, socket) => socket.write(good(asked)));
    const { error } = await run(camera.url);
    assert.equal(error?.code, 'camera-stalled');
    assert.match(error.message, /after PLAY/);
  });

  it('a camera that falls silent is called stalled', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method === 'PLAY') socket.write(picture(1));
    });
    const { error, units } = await run(camera.url);
    assert.equal(error?.code, 'camera-stalled');
    assert.equal(units.length, 1);
  });
});

describe('an abort', { concurrency: true }, () => {
  it('while playing sends TEARDOWN with the session and ends without an error', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      socket.write(good(asked));
      if (asked.method === 'PLAY') socket.write(picture(1));
    });
    const { error } = await run(camera.url, { units: 1 });
    assert.equal(error, null);
    const teardown = camera.asked.find((asked) => asked.method === 'TEARDOWN');
    assert.match(teardown?.text ?? '', /Session: abc/);
  });

  it('does not wait for a camera that ignores TEARDOWN', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      if (asked.method !== 'TEARDOWN') socket.write(good(asked));
      if (asked.method === 'PLAY') socket.write(picture(1));
    });
    const started = performance.now();
    const { error } = await run(camera.url, { units: 1 });
    assert.equal(error, null);
    assert.ok(performance.now() - started < 3000);
  });

  for (const step of STEPS) {
    it(`while ${step} is not answered ends at once`, async () => {
      const stop = new AbortController();
      await using camera = await FakeCamera.start(goodBut(step, () => stop.abort()));
      const { error } = await run(camera.url, { signal: stop.signal });
      assert.equal(error, null);
    });
  }

  it('before it began opens nothing', async () => {
    await using camera = await FakeCamera.start(() => undefined);
    const { error } = await run(camera.url, { signal: AbortSignal.abort() });
    assert.equal(error, null);
    assert.equal(camera.sockets.size, 0);
  });
});

describe('an address', { concurrency: true }, () => {
  it('where nothing listens is refused', async () => {
    const camera = await FakeCamera.start(() => undefined);
    await camera[Symbol.asyncDispose]();
    const { error } = await run(camera.url);
    assert.equal(error?.code, 'camera-refused');
    assert.match(error.message, /connect to 127\.0\.0\.1:\d+ was refused/);
  });

  it('of a host that does not exist is an unknown host', async () => {
    const { error } = await run('rtsp://camera.invalid/');
    assert.equal(error?.code, 'camera-unknown-host');
  });

  it('that is none is said so', async () => {
    const { error } = await run('http://127.0.0.1/');
    assert.equal(error?.code, 'source-invalid');
  });
});
