// Who asks for the password in clear where the camera took it by Digest in an earlier session does not get it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordingSink } from '../../../test/fixtures/recording-sink.ts';
import { FakeCamera, good, reply } from '../../../test/peers/fake-rtsp-camera.ts';
import { answer, basic, digest, guarded, HttpCamera } from '../../../test/peers/http-camera.ts';
import { UNGUARDED } from '../../base/dial-guard.ts';
import { SightlineError } from '../../base/errors.ts';
import { CaptureCameras } from '../../capture/cameras.ts';
import { parseAddress } from '../../config/address.ts';
import type { OriginReport } from '../../link/types.ts';
import type { Source } from '../../media/types.ts';
import { openNetworkSource } from './open.ts';

/** A fake camera that asks for the password one way or the other. */
interface Asking extends AsyncDisposable {
  readonly url: string;
  asks: 'digest' | 'basic';
  /** The Authorization headers that it got. */
  given(): string[];
}

async function rtspCamera(): Promise<Asking> {
  const challenges = { digest: 'Digest realm="r", nonce="n"', basic: 'Basic realm="r"' };
  const camera = await FakeCamera.start((asked, socket) => {
    const isGiven = new RegExp(`Authorization: ${self.asks}`, 'i').test(asked.text);
    if (!isGiven) socket.write(reply(asked, 401, [`WWW-Authenticate: ${challenges[self.asks]}`]));
    else if (asked.method === 'PLAY') socket.end(good(asked));
    else socket.write(good(asked));
  });
  const self: Asking = {
    url: camera.url,
    asks: 'digest',
    given: () => camera.asked.flatMap(({ text }) => /^Authorization: (.*)$/m.exec(text)?.[1] ?? []),
    [Symbol.asyncDispose]: () => camera[Symbol.asyncDispose](),
  };
  return self;
}

async function httpCamera(): Promise<Asking> {
  const page = answer('200 OK', 'text/html', 'no picture');
  const challenges = { digest: digest('u', 'secret', 'MD5'), basic: basic('u', 'secret') };
  const camera = await HttpCamera.open((socket, request) => guarded(challenges[self.asks], page)(socket, request));
  const self: Asking = {
    url: camera.url(),
    asks: 'digest',
    given: () => camera.requests.flatMap(({ headers }) => headers.get('authorization') ?? []),
    [Symbol.asyncDispose]: () => camera[Symbol.asyncDispose](),
  };
  return self;
}

function sourceOf(url: string, digestOnly = false): Source {
  const address = parseAddress(url, { cwd: '/', username: 'u', password: 'secret' });
  return openNetworkSource({ address, tlsVerify: true, guard: UNGUARDED, digestOnly });
}

/** Runs one session to its failure. */
async function session(source: Source): Promise<SightlineError> {
  const failure = await source.run(new RecordingSink(), new AbortController().signal).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof SightlineError, String(failure));
  return failure;
}

for (const [name, open] of [
  ['an RTSP camera', rtspCamera],
  ['an HTTP camera', httpCamera],
] as const) {
  describe(`the password of ${name}`, { timeout: 20_000 }, () => {
    it('is not told in clear at a later session once it was taken by Digest, and the reason says what to do', async () => {
      await using camera = await open();
      const source = sourceOf(camera.url);
      assert.notEqual((await session(source)).code, 'camera-unauthorized');
      assert.equal(source.login, 'digest');
      camera.asks = 'basic';
      for (let count = 0; count < 2; count += 1) {
        const refused = await session(source);
        assert.equal(refused.code, 'camera-unauthorized');
        assert.match(refused.message, /in clear, although the camera asked by Digest before/);
        assert.match(refused.hint, /switch the camera off and on again/);
      }
      assert.ok(camera.given().length > 0);
      assert.ok(camera.given().every((header) => header.startsWith('Digest ')));
      assert.equal(source.login, 'digest');
    });

    it('is not told in clear by a source that was made for a camera of Digest', async () => {
      await using camera = await open();
      camera.asks = 'basic';
      assert.match((await session(sourceOf(camera.url, true))).message, /asked by Digest before/);
      assert.deepEqual(camera.given(), []);
    });

    it('is reported with how it was taken', async () => {
      await using camera = await open();
      const address = parseAddress(camera.url, { cwd: '/', username: 'u', password: 'secret' });
      const { promise, resolve } = Promise.withResolvers<OriginReport>();
      const cameras = new CaptureCameras({
        openSource: () => sourceOf(camera.url),
        onReports: (reports) => reports.filter(({ state }) => state === 'failed').forEach(resolve),
      });
      try {
        const wishes = { always: true, enabled: true, tlsVerify: true, guard: null, sequenceBase: 0, epochBase: 0 };
        await cameras.configure([{ uid: 'u', id: 'door', address, ...wishes }]);
        assert.equal((await promise).login, 'digest');
      } finally {
        await cameras.close();
      }
    });

    it('is told in clear, session after session, where it was never taken otherwise', async () => {
      await using camera = await open();
      camera.asks = 'basic';
      const source = sourceOf(camera.url);
      for (let count = 0; count < 2; count += 1) assert.notEqual((await session(source)).code, 'camera-unauthorized');
      assert.equal(source.login, 'basic');
      camera.asks = 'digest';
      await session(source);
      assert.equal(source.login, 'digest');
    });
  });
}
