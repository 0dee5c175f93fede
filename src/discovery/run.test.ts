import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { discover } from './run.ts';
import type { DiscoverOptions } from './run.ts';
import type { FoundCamera, Ground, Inspector, LocalNetwork, Looker, Service } from './types.ts';

const NETWORK: LocalNetwork = {
  ...{ interface: 'lab0', address: '192.168.240.2', cidr: '192.168.240.0/24', partOf: null, attached: true },
};

function rtsp(address: string): Service {
  return { kind: 'rtsp', port: 554, url: `rtsp://${address}/` };
}

function looker(look: (ground: Ground) => Promise<void> | void): Looker {
  return { way: 'ports', look: async (ground) => look(ground) };
}

interface Heard {
  readonly camera: FoundCamera;
  readonly replaces: readonly string[];
}

function options(ways: readonly Looker[], inspectors: readonly Inspector[] = []): DiscoverOptions & { heard: Heard[] } {
  const heard: Heard[] = [];
  const onCamera = (camera: FoundCamera, replaces: readonly string[]): void => void heard.push({ camera, replaces });
  const signal = new AbortController().signal;
  return { networks: [NETWORK], ways, inspectors, login: null, signal, onCamera, heard };
}

describe('a run of discovery', () => {
  it('lists a camera as soon as one way has seen it, and again when more is known', async () => {
    const second = Promise.withResolvers<undefined>();
    const run = options([
      looker((ground) => ground.seen({ way: 'ports', address: '192.168.240.20', services: [rtsp('192.168.240.20')] })),
      looker(async (ground) => {
        await second.promise;
        ground.seen({ way: 'mdns', address: '192.168.240.20', name: 'Door' });
      }),
    ]);
    const found = discover(run);
    while (run.heard.length === 0) await sleep(1);
    assert.equal(run.heard[0]?.camera.name, null);
    second.resolve(undefined);
    const [camera] = await found;
    assert.equal(camera?.name, 'Door');
    assert.deepEqual(run.heard.slice(1), [{ camera, replaces: [] }]);
  });

  it('says which entry a camera takes the place of, once its MAC is known', async () => {
    const run = options([
      looker(async (ground) => {
        ground.seen({ way: 'ports', address: '192.168.240.20', services: [rtsp('192.168.240.20')] });
        await sleep(1);
        ground.seen({ way: 'neighbours', address: '192.168.240.20', mac: 'c0:56:e3:00:00:20' });
      }),
    ]);
    await discover(run);
    assert.deepEqual(
      run.heard.map(({ camera, replaces }) => [camera.id, replaces]),
      [
        ['address:192.168.240.20', []],
        ['mac:c0:56:e3:00:00:20', ['address:192.168.240.20']],
      ],
    );
  });

  it('hands each subject to an inspector once, and one device to one inspector at a time', async () => {
    const handed: string[] = [];
    let busy = 0;
    const inspector = (way: 'onvif' | 'paths', more: boolean): Inspector => ({
      way,
      subjects: ({ services }) => services.map(({ url }) => url),
      async inspect({ address }, subjects, ground) {
        assert.equal(++busy, 1);
        handed.push(...subjects.map((subject) => `${way} ${subject}`));
        if (more) ground.seen({ way, address, services: [{ kind: 'http', port: 80, url: `http://${address}/` }] });
        await sleep(1);
        busy--;
      },
    });
    const run = options(
      [
        looker((ground) =>
          ground.seen({ way: 'ports', address: '192.168.240.20', services: [rtsp('192.168.240.20')] }),
        ),
      ],
      [inspector('onvif', true), inspector('paths', false)],
    );
    const [camera] = await discover(run);
    assert.deepEqual(handed, [
      'onvif rtsp://192.168.240.20/',
      'onvif http://192.168.240.20/',
      'paths rtsp://192.168.240.20/',
      'paths http://192.168.240.20/',
    ]);
    assert.deepEqual(camera?.ways, ['onvif', 'ports']);
  });

  it('ends with its signal at once, with what was found', async () => {
    const stop = new AbortController();
    const forEver: Looker = {
      way: 'mdns',
      look: async ({ signal }) => sleep(1e6, undefined, { signal }),
    };
    const run = {
      ...options([
        looker((ground) =>
          ground.seen({ way: 'ports', address: '192.168.240.20', services: [rtsp('192.168.240.20')] }),
        ),
        forEver,
      ]),
      signal: stop.signal,
    };
    const found = discover(run);
    while (run.heard.length === 0) await sleep(1);
    stop.abort(new Error('enough'));
    assert.equal((await found).length, 1);
  });

  it('ends with its signal although a way of looking hangs for ever', async () => {
    const stop = new AbortController();
    const hangs: Looker = { way: 'mdns', look: () => new Promise(() => undefined) };
    const found = discover({ ...options([hangs]), signal: stop.signal });
    stop.abort(new Error('enough'));
    assert.deepEqual(await found, []);
  });

  it('lists no device that is elsewhere, and none that is no camera', async () => {
    const run = options([
      looker((ground) => {
        ground.seen({ way: 'ports', address: '203.0.113.9', services: [rtsp('203.0.113.9')] });
        ground.seen({ way: 'ports', address: '192.168.240.20', services: [rtsp('203.0.113.9')] });
        ground.seen({ way: 'neighbours', address: '192.168.240.21', mac: 'c0:56:e3:00:00:21' });
      }),
    ]);
    assert.deepEqual(await discover(run), []);
    assert.deepEqual(run.heard, []);
  });

  it('finds nothing where there is no network, without asking anybody', async () => {
    const run = options([looker(() => assert.fail('looked'))]);
    assert.deepEqual(await discover({ ...run, networks: [] }), []);
  });

  it('fails with the fault of a way that breaks its promise, and ends the others', async () => {
    const signals: AbortSignal[] = [];
    const other = looker(({ signal }) => {
      signals.push(signal);
      return sleep(1e6, undefined, { signal });
    });
    const faulty = looker(() => Promise.reject(new Error('a bug')));
    await assert.rejects(discover(options([other, faulty])), /a bug/);
    assert.equal(signals[0]?.aborted, true);
  });
});
