// The rtsp source against a real camera program: GStreamer's RTSP server, both codecs, with passwords and TLS.

import { UNGUARDED } from '../../base/dial-guard.ts';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startRtspCamera } from '../../../test/peers/rtsp-camera.ts';
import type { RtspCamera, RtspCameraOptions } from '../../../test/peers/rtsp-camera.ts';
import { SightlineError } from '../../base/errors.ts';
import { isJpeg, jpegSize } from '../../media/jpeg.ts';
import { parseAvcC, unitToAnnexB } from '../../media/h264.ts';
import type { SourceUnit, Track } from '../../media/types.ts';
import { createRtspSource } from './rtsp.ts';

const run = promisify(execFile);

interface Watched {
  readonly units: SourceUnit[];
  readonly tracks: Track[];
  readonly quirks: Map<string, number>;
  readonly error: SightlineError | null;
}

interface Watching {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly tlsVerify?: boolean;
  /** Called after each unit; true ends the session. */
  enough(units: number): boolean;
}

async function watch(options: Watching): Promise<Watched> {
  const stop = new AbortController();
  const watched = { units: [] as SourceUnit[], tracks: [] as Track[], quirks: new Map<string, number>() };
  const credentials = options.user === undefined ? null : { username: options.user, password: options.password ?? '' };
  const address = { kind: 'rtsp' as const, target: options.url, display: options.url, credentials };
  const source = createRtspSource({ address, tlsVerify: options.tlsVerify ?? true, guard: UNGUARDED });
  const sink = {
    begin: (tracks: readonly Track[]) => void watched.tracks.push(...tracks),
    unit: (unit: SourceUnit) => {
      watched.units.push(unit);
      if (options.enough(watched.units.length)) stop.abort();
    },
    quirk: (name: string) => void watched.quirks.set(name, (watched.quirks.get(name) ?? 0) + 1),
  };
  try {
    await source.run(sink, stop.signal);
    return { ...watched, error: null };
  } catch (error) {
    return { ...watched, error: SightlineError.from(error) };
  }
}

/** Decodes a stream by ffmpeg and counts its pictures; any complaint of the decoder fails. */
async function decode(format: 'h264' | 'mjpeg', bytes: Buffer): Promise<number> {
  const args = [
    '-v',
    'error',
    '-xerror',
    '-f',
    format,
    '-i',
    'pipe:0',
    '-f',
    'framehash',
    '-hash',
    'adler32',
    'pipe:1',
  ];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  child.stdin.end(bytes);
  await once(child, 'close');
  assert.equal(complaints, '');
  return out.split('\n').filter((line) => /^0,/.test(line)).length;
}

async function withCamera(options: RtspCameraOptions, use: (camera: RtspCamera) => Promise<void>): Promise<void> {
  const camera = await startRtspCamera(options);
  try {
    await use(camera);
  } finally {
    await camera.close();
  }
}

const PASSWORD = 'p@ss:w/ö"\\rd?#%20';

describe('a GStreamer camera', () => {
  it('that sends H.264 gives whole pictures that a decoder takes without complaint', async () => {
    await withCamera({ codec: 'h264', size: '642x362', fps: 30 }, async ({ url }) => {
      const { units, tracks, quirks, error } = await watch({ url, enough: (count) => count >= 45 });
      assert.equal(error, null);
      assert.equal(tracks.length, 1);
      const [track] = tracks;
      assert.deepEqual([track?.codec, track?.width, track?.height, track?.fps], ['h264', 642, 362, 30]);
      assert.equal(units[0]?.key, true);
      assert.ok(units.some((unit) => !unit.key));
      assert.ok(units.every((unit) => !unit.damaged && !unit.discontinuity));
      const config = parseAvcC(track!.config!);
      const stream = units.map((unit, index) => unitToAnnexB(unit.data, index === 0 ? config : null));
      assert.equal(await decode('h264', Buffer.concat(stream)), units.length);
      for (let index = 1; index < units.length; index++) {
        const step = units[index]!.ptsUs! - units[index - 1]!.ptsUs!;
        assert.ok(step > 30_000 && step < 37_000, `${step} us between pictures`);
      }
      assert.deepEqual([...quirks.keys()], []);
    });
  });

  it('that sends JPEG gives whole pictures that a decoder takes without complaint', async () => {
    await withCamera({ codec: 'jpeg', size: '640x360' }, async ({ url }) => {
      const { units, tracks, error } = await watch({ url, enough: (count) => count >= 10 });
      assert.equal(error, null);
      assert.deepEqual([tracks[0]?.codec, tracks[0]?.width, tracks[0]?.height], ['mjpeg', 640, 360]);
      assert.ok(units.every((unit) => unit.key && isJpeg(unit.data)));
      assert.deepEqual(jpegSize(units[0]!.data), { width: 640, height: 360 });
      assert.equal(await decode('mjpeg', Buffer.concat(units.map((unit) => unit.data))), units.length);
    });
  });

  for (const auth of ['basic', 'digest'] as const) {
    it(`with a ${auth} password full of special characters is opened with it only`, async () => {
      await withCamera({ user: 'ad min', password: PASSWORD, auth }, async ({ url }) => {
        const right = await watch({ url, user: 'ad min', password: PASSWORD, enough: () => true });
        assert.equal(right.error, null);
        assert.ok(right.units.length > 0);
        const wrong = await watch({ url, user: 'ad min', password: 'x', enough: () => true });
        assert.equal(wrong.error?.code, 'camera-unauthorized');
        const none = await watch({ url, enough: () => true });
        assert.equal(none.error?.code, 'camera-unauthorized');
        assert.ok(!wrong.error.message.includes(PASSWORD));
      });
    });
  }

  it('has nothing at another path, and the error says so', async () => {
    await withCamera({}, async ({ url }) => {
      const { error } = await watch({ url: `${url}2`, enough: () => true });
      assert.equal(error?.code, 'camera-not-found');
    });
  });

  it('that is killed in mid-stream ends the session at once, and plays again when it is back', async () => {
    await withCamera({}, async (camera) => {
      let dead = Promise.resolve();
      const { error } = await watch({
        url: camera.url,
        enough: (count) => {
          if (count === 5) dead = camera.kill('SIGKILL');
          return false;
        },
      });
      assert.equal(error?.code, 'camera-closed');
      await dead;
      const gone = await watch({ url: camera.url, enough: () => true });
      assert.equal(gone.error?.code, 'camera-refused');
      await camera.restart();
      const back = await watch({ url: camera.url, enough: () => true });
      assert.equal(back.error, null);
    });
  });

  it('that hangs is called stalled', async () => {
    await withCamera({}, async (camera) => {
      const { error } = await watch({
        url: camera.url,
        enough: (count) => {
          if (count === 5) camera.pause();
          return false;
        },
      });
      assert.equal(error?.code, 'camera-stalled');
    });
  });
});

describe('a GStreamer camera over TLS', () => {
  let folder = '';
  let cert = '';
  let key = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-tls-'));
    cert = join(folder, 'cert.pem');
    key = join(folder, 'key.pem');
    const subject = ['-subj', '/CN=camera', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
    await run('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert]);
  });

  after(() => rm(folder, { recursive: true }));

  it('with a certificate of its own is played only when told not to verify', async () => {
    await withCamera({ tls: { cert, key }, user: 'admin', password: PASSWORD }, async ({ url }) => {
      assert.match(url, /^rtsps:/);
      const user = { user: 'admin', password: PASSWORD };
      const strict = await watch({ url, ...user, enough: () => true });
      assert.equal(strict.error?.code, 'camera-tls');
      const { units, error } = await watch({ url, ...user, tlsVerify: false, enough: (count) => count >= 10 });
      assert.equal(error, null);
      assert.ok(units.length >= 10);
    });
  });

  it('that does not speak TLS is named so', async () => {
    await withCamera({}, async ({ url }) => {
      const { error } = await watch({ url: url.replace('rtsp:', 'rtsps:'), tlsVerify: false, enough: () => true });
      assert.ok(error?.code === 'camera-tls' || error?.code === 'camera-closed', error?.message);
    });
  });
});
