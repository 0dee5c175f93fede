// Who may watch a server that others can reach: only who has its token, by any of the ways that a program, a browser or
// an <img> can send it; nobody by a name that is not the server's; and the token is seen nowhere.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { TestServer } from '../fixtures/server.ts';

const TOKEN = 'c0rrect-horse+battery/staple=';
const IN_QUERY = `token=${encodeURIComponent(TOKEN)}`;
const BEARER = { authorization: `Bearer ${TOKEN}` };
const MEDIA = ['/camera', '/cameras/door/stream.mjpeg', '/cameras/door/snapshot.jpg'];
const OTHERS = ['/api/cameras', '/api/cameras/door', '/api/cameras/door/viewers', '/api/system', '/openapi.json'];

interface Answer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly code: string | undefined;
}

describe('a server with a token that others can reach', () => {
  let server: TestServer;
  let port: number;

  before(async () => {
    server = await TestServer.start(['door=test:?width=320&height=180', '--host', '0.0.0.0'], {
      SIGHTLINE_TOKEN: TOKEN,
    });
    port = Number(new URL(server.url).port);
  });

  after(async () => {
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  /** Asks and hangs up once the head has come, or the whole of a problem document. */
  async function ask(path: string, headers: http.OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
    const request = http.request({ host: '127.0.0.1', port, path, headers, method, agent: false }).end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let code: string | undefined;
    if (response.headers['content-type']?.startsWith('application/problem+json') === true && method !== 'HEAD') {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      ({ code } = JSON.parse(text) as { code: string });
    }
    response.destroy();
    return { status: response.statusCode!, challenge: response.headers['www-authenticate'], code };
  }

  it('refuses everybody without it, with the way to give it', async () => {
    for (const path of [...MEDIA, ...OTHERS]) {
      const { status, challenge, code } = await ask(path);
      assert.deepEqual([status, code], [401, 'unauthorized'], path);
      assert.match(challenge ?? '', /Basic|Bearer/, path);
      assert.equal((await ask(path, {}, 'HEAD')).status, 401, path);
    }
    for (const authorization of ['Bearer', 'Bearer x', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN]) {
      assert.equal((await ask('/api/cameras', { authorization })).status, 401, authorization);
    }
  });

  it('lets in who sends it as Bearer or as a password', async () => {
    const basic = { authorization: `Basic ${Buffer.from(`anybody:${TOKEN}`).toString('base64')}` };
    for (const path of [...MEDIA, ...OTHERS]) {
      assert.equal((await ask(path, BEARER)).status, 200, path);
      assert.equal((await ask(path, basic)).status, 200, path);
    }
  });

  it('takes it in the address where an <img> cannot do otherwise, and nowhere else', async () => {
    for (const path of MEDIA) {
      assert.equal((await ask(`${path}?${IN_QUERY}`)).status, 200, path);
      assert.equal((await ask(`${path}?token=wrong`)).status, 401, path);
    }
    for (const path of OTHERS) assert.equal((await ask(`${path}?${IN_QUERY}`)).status, 401, path);
    const viewer = new MjpegViewer(`http://127.0.0.1:${port}/camera?width=160&${IN_QUERY}`);
    await viewer.next(isPicture);
    viewer.close();
  });

  it('is not known by a name that is not its own, token or not', async () => {
    for (const path of [...MEDIA, ...OTHERS]) {
      const { status, code } = await ask(path, { ...BEARER, host: `attacker.example:${port}` });
      assert.deepEqual([status, code], [403, 'forbidden'], path);
    }
    for (const host of ['localhost', `127.0.0.1:${port}`, `[::1]:${port}`]) {
      assert.equal((await ask('/api/cameras', { ...BEARER, host })).status, 200, host);
    }
  });

  it('tells the token to nobody: not in its log, its answers or the titles of its processes', async () => {
    await ask(`/camera?width=none&${IN_QUERY}`);
    await ask(`/nothing-here?${IN_QUERY}`, BEARER);
    const answers = OTHERS.map(async (path) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { ...BEARER, connection: 'close' } })).text(),
    );
    const titles = (await server.alive()).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8'));
    const said = [...(await Promise.all([...answers, ...titles])), ...server.log].join('\n');
    for (const secret of [TOKEN, encodeURIComponent(TOKEN), Buffer.from(`anybody:${TOKEN}`).toString('base64')]) {
      assert.equal(said.includes(secret), false);
    }
  });
});

describe('a server without a token, on this machine alone', () => {
  it('is not known by a foreign name, so that a page elsewhere cannot read it by its own', async () => {
    const server = await TestServer.start(['test:?width=320&height=180']);
    const port = Number(new URL(server.url).port);
    for (const path of [...MEDIA, '/', '/api/cameras']) {
      const headers = { host: `rebound.example:${port}` };
      const request = http.get({ host: '127.0.0.1', port, path, headers, agent: false });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      assert.equal(response.statusCode, 403, path);
      response.destroy();
    }
    assert.equal((await server.status('camera1')).sessions, 0);
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });
});
