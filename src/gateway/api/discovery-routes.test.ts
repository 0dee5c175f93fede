import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { FoundCamera, SearchInfo } from '../../link/found.ts';
import { NO_SEARCH } from '../../link/found.ts';
import { RawClient, withGateway, type Running } from '../../../test/fixtures/gateway.ts';
import type { Discovery } from './contract-discovery.ts';

const FOUND: FoundCamera = {
  ...{ id: 'mac:02:00:00:00:00:01', address: '192.168.7.20', otherAddresses: [], mac: '02:00:00:00:00:01' },
  ...{ serial: null, endpoint: null, name: 'Gate', maker: null, model: null, ways: ['neighbours', 'ports'] },
  services: [{ kind: 'rtsp', port: 554, url: 'rtsp://192.168.7.20:554/' }],
  streams: [],
  needsPassword: true,
};
const TOKEN = 'a-token';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const RUNNING: SearchInfo = { ...NO_SEARCH, state: 'running', startedUs: nowUs(), networks: ['192.168.7.0/24'] };

async function post({ url }: Running, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...AUTHORIZED };
  return fetch(`${url}/api/discovery`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The messages of a stream of events that have come whole. */
function messages(text: string): Discovery[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!) as Discovery);
}

describe('the addresses of discovery', () => {
  it('start a search, hand over what was asked, and show it', async () => {
    await withGateway({ server: { token: TOKEN } }, async (running) => {
      const asked: unknown[] = [];
      running.view.answers.startSearch = (wish) => {
        asked.push(wish);
        return RUNNING;
      };
      const answer = await post(running, { address: '192.168.7.20', username: 'admin', password: 'x' });
      assert.equal(answer.status, 201);
      assert.equal(((await answer.json()) as Discovery).state, 'running');
      assert.deepEqual(asked, [{ login: { username: 'admin', password: 'x' }, subnet: null, address: '192.168.7.20' }]);
    });
  });

  it('refuse what cannot be meant, naming it', async () => {
    await withGateway({ server: { token: TOKEN } }, async (running) => {
      for (const body of [{ username: 'admin' }, { subnet: '10.0.0.0/24', address: '10.0.0.2' }, { port: 1 }]) {
        const answer = await post(running, body);
        assert.equal(answer.status, 400, JSON.stringify(body));
      }
    });
  });

  it('answer any body with a search that it asks for, or with what is wrong with it', async () => {
    await withGateway({ server: { token: TOKEN } }, async (running) => {
      running.view.answers.startSearch = () => RUNNING;
      const field = fc.option(fc.oneof(fc.string(), fc.ipV4(), fc.constant('192.168.1.0/24'), fc.integer()));
      const named = fc.record(
        { subnet: field, address: field, username: field, password: field },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(fc.oneof(named, fc.object(), fc.array(fc.string())), async (body) => {
          const { status } = await post(running, body);
          assert.ok(status === 201 || status === 400, `${status} to ${JSON.stringify(body)}`);
        }),
        { numRuns: 200 },
      );
    });
  });

  it('say that one runs already', async () => {
    await withGateway({ server: { token: TOKEN } }, async (running) => {
      running.view.answers.startSearch = () => {
        throw new SightlineError('search-running', 'Cameras are being looked for already.');
      };
      const answer = await post(running, {});
      assert.equal(answer.status, 409);
      assert.equal(((await answer.json()) as { code: string }).code, 'search-running');
    });
  });

  it('follow a search until it ends, and end with it', async () => {
    await withGateway({ server: { token: TOKEN } }, async ({ view, port }) => {
      view.searchInfo = RUNNING;
      const client = RawClient.get(port, '/api/discovery/events', `Authorization: Bearer ${TOKEN}\r\n`);
      await client.until('"running"');
      view.searchInfo = { ...RUNNING, cameras: [FOUND] };
      view.changed();
      await client.until('"Gate"');
      view.searchInfo = { ...RUNNING, state: 'ended', endedUs: nowUs(), cameras: [FOUND] };
      view.changed();
      const all = messages(await client.closed());
      assert.deepEqual(
        all.map(({ state, cameras }) => [state, cameras.length]),
        [
          ['running', 0],
          ['running', 1],
          ['ended', 1],
        ],
      );
    });
  });

  it('say nothing more to who is slow to read the end of a search', { timeout: 60_000 }, async () => {
    await withGateway({ server: { token: TOKEN }, limits: { heartbeatMs: 20 } }, async ({ view, port }) => {
      const follow = (): RawClient =>
        RawClient.get(port, '/api/discovery/events', `Authorization: Bearer ${TOKEN}\r\n`);
      view.searchInfo = RUNNING;
      const slow = follow();
      await slow.until('"running"');
      slow.socket.pause();
      const quick = follow();
      await quick.until('"running"');
      // More than the buffers on its way hold.
      const long = { ...FOUND, name: 'x'.repeat(16 * 1024 * 1024) };
      view.searchInfo = { ...RUNNING, state: 'ended', endedUs: nowUs(), cameras: [long] };
      view.changed();
      // Who came first was told first.
      await quick.closed();
      view.searchInfo = RUNNING;
      const other = follow();
      await other.until(':\n\n\r\n3\r\n:\n\n');
      slow.socket.resume();
      assert.match((await slow.closed()).slice(-20), /\r\n0\r\n\r\n$/);
    });
  });

  it('name the configured cameras at an address', async () => {
    await withGateway({ server: { token: TOKEN } }, async ({ view, url }) => {
      const { hostname } = new URL(view.byId('door')!.wishes.source);
      view.searchInfo = { ...RUNNING, cameras: [{ ...FOUND, address: hostname }, FOUND] };
      const { cameras } = (await (await fetch(`${url}/api/discovery`, { headers: AUTHORIZED })).json()) as Discovery;
      assert.equal(cameras[0]?.cameras.includes('door'), true);
      assert.deepEqual(cameras[1]?.cameras, []);
    });
  });

  it('name a camera where it is opened now, not where it was before its address changed', async () => {
    await withGateway({ server: { token: TOKEN } }, async ({ view, url }) => {
      const door = view.byId('door')!;
      const { hostname } = new URL(door.wishes.source);
      view.setMoved('door', hostname, FOUND.address);
      view.searchInfo = { ...RUNNING, cameras: [{ ...FOUND, address: hostname }, FOUND] };
      const { cameras } = (await (await fetch(`${url}/api/discovery`, { headers: AUTHORIZED })).json()) as Discovery;
      assert.deepEqual(
        cameras.map((camera) => camera.cameras.includes('door')),
        [false, true],
      );
    });
  });

  it('are shown to nobody who may not change cameras', async () => {
    const viewer = { name: 'eve', password: 'eve-eve', grants: ['view' as const] };
    await withGateway({ server: { users: [viewer] } }, async ({ url, view }) => {
      view.searchInfo = { ...RUNNING, cameras: [FOUND] };
      const headers = { authorization: `Basic ${btoa('eve:eve-eve')}` };
      for (const path of ['/api/discovery', '/api/discovery/events']) {
        const answer = await fetch(url + path, { headers });
        assert.equal(answer.status, 403, path);
        assert.doesNotMatch(await answer.text(), /Gate/);
      }
    });
  });
});
