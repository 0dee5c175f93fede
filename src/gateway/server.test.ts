import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeJpeg } from '../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../test/fixtures/gateway.ts';
import type { Camera, CameraList, ProblemDocument } from './api/contract.ts';
import type { Readiness, System } from './api/contract-server.ts';

const nothing = async (): Promise<void> => Promise.resolve();

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(url, init)).json()) as T;
}

describe('the API', () => {
  test('shows cameras with their state, and never a password', async () => {
    await withGateway({}, async ({ url, view }) => {
      view.set('yard', 'failed', { code: 'camera-refused', text: 'No.', hint: 'Look.' });
      const { cameras } = await json<CameraList>(`${url}/api/cameras`);
      assert.deepEqual(
        cameras.map(({ id, status }) => [id, status.state]),
        [
          ['door', 'idle'],
          ['yard', 'failed'],
        ],
      );
      const yard = await json<Camera>(`${url}/api/cameras/yard`);
      assert.deepEqual(yard.status.reason, { code: 'camera-refused', text: 'No.', hint: 'Look.' });
      assert.equal(yard.config.password, true);
      assert.match(yard.status.since, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      const system = await json<System>(`${url}/api/system`);
      assert.equal(system.version, '1.2.3');
      assert.ok(system.kernelQueueBytes !== null || system.warnings[0]?.includes('kernel queue unbounded'));
    });
  });

  test('says whether it is ready and which cameras are live', async () => {
    await withGateway({}, async ({ url, view }) => {
      view.set('yard', 'live');
      assert.deepEqual(await json<Readiness>(`${url}/readyz`), {
        status: 'ready',
        cameras: { door: 'idle', yard: 'live' },
        live: ['yard'],
      });
      assert.deepEqual(await json(`${url}/healthz`), { status: 'ok' });
    });
  });

  test('answers every mistake with a problem document', async () => {
    await withGateway({}, async ({ url, media }) => {
      const cases: [method: string, path: string, status: number, code: string][] = [
        ['GET', '/api/cameras/none', 404, 'not-found'],
        ['GET', '/api/cameras/none/viewers', 404, 'not-found'],
        ['GET', '/cameras/none/stream.mjpeg', 404, 'not-found'],
        ['GET', '/cameras/none/snapshot.jpg', 404, 'not-found'],
        ['GET', '/api/none', 404, 'not-found'],
        ['POST', '/none', 404, 'not-found'],
        ['POST', '/api/cameras', 401, 'unauthorized'],
        ['DELETE', '/api/cameras/none', 401, 'unauthorized'],
        ['PUT', '/api/cameras/door', 405, 'method-not-allowed'],
        ['GET', '/api/probe', 405, 'method-not-allowed'],
        ['PUT', '/camera', 405, 'method-not-allowed'],
        ['GET', '/cameras/door/stream.mjpeg?stream=none', 400, 'request-invalid'],
        ['GET', '/cameras/%ff/snapshot.jpg', 400, 'request-invalid'],
        ['GET', `/cameras/${'a'.repeat(1000)}/snapshot.jpg`, 404, 'not-found'],
      ];
      for (const [method, path, status, code] of cases) {
        const response = await fetch(url + path, { method });
        assert.equal(response.headers.get('content-type'), 'application/problem+json', path);
        const problem = (await response.json()) as ProblemDocument;
        assert.deepEqual([response.status, problem.status, problem.code], [status, status, code], `${method} ${path}`);
        assert.ok(problem.type !== '' && problem.title !== '' && problem.detail !== '' && problem.hint !== '');
      }
      assert.equal((await fetch(`${url}/camera`, { method: 'POST' })).headers.get('allow'), 'GET, HEAD');
      assert.equal(media.all.length, 0);
    });
  });

  test('names each bad parameter', async () => {
    await withGateway({}, async ({ url }) => {
      const query = 'width=abc&quality=0&fps=-1&width=2';
      const problem = await json<ProblemDocument>(`${url}/cameras/door/stream.mjpeg?${query}`);
      assert.deepEqual(
        problem.errors?.map(({ parameter }) => parameter),
        ['width', 'quality', 'fps'],
      );
      assert.match(problem.detail, /quality: must be a whole number from 1 to 100/);
      const snapshot = await json<ProblemDocument>(`${url}/cameras/door/snapshot.jpg?maxAgeMs=1e9&width=`);
      assert.deepEqual(
        snapshot.errors?.map(({ parameter }) => parameter),
        ['width', 'maxAgeMs'],
      );
    });
  });
});

describe('who may ask', () => {
  test('a name that is not ours is refused: a page elsewhere may have pointed it here', async () => {
    await withGateway({ server: { allowedHosts: ['cams.example.com'] } }, async ({ port, media }) => {
      for (const path of ['/', '/camera', '/api/cameras', '/none']) {
        const client = new RawClient(port);
        client.socket.write(`GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
        assert.match(await client.closed(), /^HTTP\/1\.1 403 [\s\S]*"code":"forbidden"/, path);
      }
      const known = new RawClient(port);
      known.socket.write('GET /healthz HTTP/1.1\r\nHost: cams.example.com\r\nConnection: close\r\n\r\n');
      assert.match(await known.closed(), /^HTTP\/1\.1 200 /);
      assert.equal(media.all.length, 0);
    });
  });

  test('a page elsewhere may not write', async () => {
    await withGateway({}, async ({ url }) => {
      const headers = { origin: 'http://evil.example', 'content-type': 'application/json' };
      const refused = await fetch(`${url}/api/cameras`, { method: 'POST', headers, body: '{}' });
      assert.equal(refused.status, 403);
    });
  });

  test('a server that can be reached from elsewhere asks everybody for its token, and never logs it', async () => {
    await withGateway({ server: { host: '0.0.0.0', token: 'sesame' } }, async ({ port, url, media, log }) => {
      for (const path of ['/camera', '/cameras/door/snapshot.jpg', '/api/cameras', '/readyz', '/openapi.json']) {
        const refused = await fetch(url + path);
        assert.equal(refused.status, 401, path);
        assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer /);
        await refused.text();
      }
      for (const path of ['/', '/healthz']) assert.equal((await fetch(url + path)).status, 200, path);
      const bearer = { headers: { authorization: 'Bearer sesame' } };
      assert.equal((await fetch(`${url}/api/cameras`, bearer)).status, 200);
      assert.equal((await fetch(`${url}/api/cameras?token=sesame`)).status, 401);
      const viewer = RawClient.get(port, '/camera?token=sesame');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      viewer.socket.destroy();
      assert.ok(!JSON.stringify(log).includes('sesame'));
    });
  });

  test('pages of other apps may show pictures, unless the config says otherwise; all else is for our own', async () => {
    const policy = async (url: string): Promise<string | null> =>
      (await fetch(url, { method: 'HEAD' })).headers.get('cross-origin-resource-policy');
    await withGateway({}, async ({ url }) => {
      assert.equal(await policy(`${url}/camera`), 'cross-origin');
      assert.equal(await policy(`${url}/cameras/door/snapshot.jpg`), 'cross-origin');
      assert.equal(await policy(`${url}/api/cameras`), 'same-origin');
      const { headers } = await fetch(url);
      assert.doesNotMatch(headers.get('content-security-policy') ?? '', /upgrade-insecure-requests/);
      assert.equal(headers.get('strict-transport-security'), null);
    });
    await withGateway({ server: { embed: 'same-origin' } }, async ({ url }) => {
      assert.equal(await policy(`${url}/camera`), 'same-origin');
    });
  });
});

describe('starting', () => {
  test('says in one error why it cannot listen', async () => {
    await withGateway({}, async ({ port }) => {
      await assert.rejects(withGateway({ server: { port } }, nothing), { code: 'port-in-use' });
    });
    await assert.rejects(withGateway({ server: { host: '192.0.2.1', token: 'x' } }, nothing), {
      code: 'address-unavailable',
    });
    await assert.rejects(withGateway({ server: { host: 'no.such.invalid', token: 'x' } }, nothing), {
      code: 'address-unavailable',
    });
    await assert.rejects(withGateway({ server: { host: '0.0.0.0' } }, nothing), { code: 'unsafe-bind' });
    await withGateway({ server: { host: '0.0.0.0' }, insecure: true }, nothing);
    await withGateway({ server: { host: '::1' } }, nothing);
  });
});

describe('the pages', () => {
  test('say how to build them when they are not built', async () => {
    await withGateway({}, async ({ url }) => {
      assert.match(await (await fetch(url)).text(), /npm run build:web/);
    });
  });

  test('are served with the caching that their names allow, and the page routes itself', async () => {
    const pages = mkdtempSync(join(tmpdir(), 'pages-'));
    mkdirSync(join(pages, 'assets'));
    writeFileSync(join(pages, 'index.html'), '<title>page</title>');
    writeFileSync(join(pages, 'assets', 'index-abc123.js'), 'export {}');
    try {
      await withGateway({ pages }, async ({ url }) => {
        const accept = { headers: { accept: 'text/html,*/*' } };
        const index = await fetch(url);
        assert.equal(await index.text(), '<title>page</title>');
        assert.equal(index.headers.get('cache-control'), 'no-cache');
        const asset = await fetch(`${url}/assets/index-abc123.js`);
        assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
        assert.match(asset.headers.get('content-type') ?? '', /javascript/);
        assert.equal(await (await fetch(`${url}/door`, accept)).text(), '<title>page</title>');
        for (const path of [
          '/api/none',
          '/assets/none.js',
          '/none.png',
          '/cameras/door/none',
          '/..%2f..%2fetc/passwd',
        ]) {
          assert.equal((await fetch(url + path, accept)).status, 404, path);
        }
      });
    } finally {
      rmSync(pages, { recursive: true });
    }
  });
});

describe('bad connections', () => {
  test('garbage is answered with a problem document and the end', async () => {
    await withGateway({}, async ({ port, url }) => {
      const wrongs = [
        '\x16\x03\x01\x02\x00',
        'hello\r\n\r\n',
        'GET / HTTP/1.1\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: a\r\nX\x00: 1\r\n\r\n',
      ];
      for (const garbage of wrongs) {
        const client = new RawClient(port);
        client.socket.write(garbage, 'latin1');
        assert.match(await client.closed(), /^HTTP\/1\.1 400 /);
      }
      const long = new RawClient(port);
      long.socket.write(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      assert.match(await long.closed(), /^(HTTP\/1\.1 431 |$)/);
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
    });
  });

  test('a request behind an endless response ends the connection', async () => {
    await withGateway({}, async ({ port, media }) => {
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      viewer.socket.write('GET /api/cameras HTTP/1.1\r\nHost: localhost\r\n\r\n');
      assert.doesNotMatch(await viewer.closed(), /application\/json/);
      const twice = new RawClient(port);
      twice.socket.write('GET /camera HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2));
      await media.next('jpegs');
      media.picture(makeJpeg(2));
      await twice.closed();
      const garbage = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(3));
      await garbage.until('X-Sequence: 3');
      garbage.socket.write('\x00\x01garbage\r\n\r\n');
      assert.doesNotMatch(await garbage.closed(), /400 Bad Request/);
    });
  });

  test('500 connects and disconnects of each kind leave nothing behind', { timeout: 60_000 }, async () => {
    await withGateway({}, async ({ port, url, media, gateway }) => {
      const pump = setInterval(() => media.picture(makeJpeg(1, { bytes: 40_000 })), 5);
      const kinds: ((client: RawClient) => Promise<unknown>)[] = [
        async (client) => client.until('X-Sequence'),
        async (client) => client.until('HTTP/1.1 200'),
        () => Promise.resolve(),
        (client) => Promise.resolve(client.socket.pause()),
      ];
      for (const [kind, begin] of kinds.entries()) {
        for (let batch = 0; batch < 10; batch += 1) {
          const clients = Array.from({ length: 50 }, () => RawClient.get(port, '/camera'));
          await Promise.all(clients.map(begin));
          for (const [i, client] of clients.entries()) {
            if ((i + kind) % 2 === 0) client.socket.destroy();
            else client.socket.resetAndDestroy();
          }
          await Promise.all(clients.map((client) => client.closed()));
        }
        const idle = Array.from({ length: 50 }, () => net.connect(port, '127.0.0.1'));
        for (const socket of idle) socket.destroy();
      }
      while (media.of('jpegs').length > 0 || (await json<System>(`${url}/api/system`)).viewers > 0) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      clearInterval(pump);
      assert.equal((await json<Camera>(`${url}/api/cameras/door`)).status.viewers, 0);
      assert.equal(media.of('snapshot').length, 0);
      await gateway.stop({ graceMs: 1000 });
      assert.equal(media.open.size, 0);
    });
    for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    assert.ok(!process.getActiveResourcesInfo().includes('TCPServerWrap'), 'no listening socket is left');
  });
});
