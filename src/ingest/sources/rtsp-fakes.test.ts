// The rtsp source against cameras that misbehave: small servers on loopback, one fault each.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { SightlineError } from '../../base/errors.ts';
import type { SourceUnit, Track } from '../../media/types.ts';
import { createRtspSource } from './rtsp.ts';

interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly text: string;
  readonly cseq: string;
}

type Answer = (asked: Asked, socket: Socket) => void;

/** A server that cuts requests apart and leaves everything else to the test. */
class FakeCamera {
  readonly asked: Asked[] = [];
  readonly sockets = new Set<Socket>();
  readonly url: string;
  readonly #server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
  }

  static async start(answer: Answer, greet?: (socket: Socket) => void): Promise<FakeCamera> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const camera = new FakeCamera(server);
    server.on('connection', (socket) => {
      camera.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      greet?.(socket);
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const head = text.slice(0, end);
          text = text.slice(end + 4);
          const [method = '', uri = ''] = head.split(' ');
          if (method.startsWith('RTSP/')) continue;
          const asked = { method, uri, text: head, cseq: /CSeq: (\d+)/.exec(head)?.[1] ?? '' };
          camera.asked.push(asked);
          answer(asked, socket);
        }
      });
    });
    return camera;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const SPS = Buffer.from('6742c014da0507ec05a8303035280000030008000003 00f478a155'.replace(' ', ''), 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');
const SPROP = `${SPS.toString('base64')},${PPS.toString('base64')}`;

function sdp(
  video = `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets=${SPROP}\r\na=control:track1\r\n`,
): string {
  return `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n${video}`;
}

function reply(asked: Asked, status: number, headers: readonly string[] = [], body = ''): string {
  const length = body ? [`Content-Length: ${body.length}`] : [];
  return [`RTSP/1.0 ${status} X`, `CSeq: ${asked.cseq}`, ...headers, ...length, '', body].join('\r\n');
}

/** What a good camera answers to each step. */
function good(asked: Asked): string {
  switch (asked.method) {
    case 'OPTIONS':
      return reply(asked, 200, ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER']);
    case 'DESCRIBE':
      return reply(asked, 200, ['Content-Type: application/sdp', `Content-Base: ${asked.uri}/`], sdp());
    case 'SETUP':
      return reply(asked, 200, ['Session: abc;timeout=60', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1']);
    default:
      return reply(asked, 200, ['Session: abc']);
  }
}

/** An IDR picture in one RTP packet, framed. */
function picture(sequence: number, options: { channel?: number; marker?: boolean; payload?: Buffer } = {}): Buffer {
  const payload = options.payload ?? Buffer.from([0x65, 0x88, 0x84, 1, 2, 3]);
  const rtp = Buffer.alloc(12);
  rtp[0] = 0x80;
  rtp[1] = 96 | ((options.marker ?? true) ? 0x80 : 0);
  rtp.writeUInt16BE(sequence & 0xffff, 2);
  rtp.writeUInt32BE((sequence * 3000) >>> 0, 4);
  rtp.writeUInt32BE(7, 8);
  const size = rtp.length + payload.length;
  return Buffer.concat([Buffer.from([0x24, options.channel ?? 0, size >> 8, size & 255]), rtp, payload]);
}

interface Run {
  readonly error: SightlineError | null;
  readonly units: SourceUnit[];
  readonly tracks: Track[];
  readonly quirks: Map<string, number>;
}

interface RunOptions {
  readonly units?: number;
  readonly credentials?: { username: string; password: string };
  readonly signal?: AbortSignal;
}

/** Runs the source until it ends or has given `units`. */
async function run(url: string, options: RunOptions = {}): Promise<Run> {
  const enough = new AbortController();
  const units: SourceUnit[] = [];
  const tracks: Track[] = [];
  const quirks = new Map<string, number>();
  const address = { kind: 'rtsp' as const, target: url, display: url, credentials: options.credentials ?? null };
  const sink = {
    begin: (begun: readonly Track[]) => void tracks.push(...begun),
    unit: (unit: SourceUnit) => {
      units.push(unit);
      if (units.length === options.units) enough.abort();
    },
    quirk: (name: string) => void quirks.set(name, (quirks.get(name) ?? 0) + 1),
  };
  const signal = options.signal ? AbortSignal.any([enough.signal, options.signal]) : enough.signal;
  try {
    await createRtspSource({ address, tlsVerify: true }).run(sink, signal);
    return { error: null, units, tracks, quirks };
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    return { error, units, tracks, quirks };
  }
}

/** A camera that is good but for one step. */
function goodBut(step: string, answer: Answer): Answer {
  return (asked, socket) => {
    if (asked.method === step) answer(asked, socket);
    else socket.write(good(asked));
  };
}

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
    assert.match(error?.message ?? '', /sends but does not read/);
  });
});

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
