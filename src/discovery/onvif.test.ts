import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { OnvifDevice, type OnvifDeviceOptions } from '../../test/peers/onvif-device.ts';
import { deviceClock } from './onvif-device.ts';
import { onvif } from './onvif.ts';
import { PacketBudget } from './packet-budget.ts';
import type { FoundCamera, FoundStream, Login, Service, Sighting } from './types.ts';

const LOGIN = { username: 'admin', password: 'pä:ss"word' };
const HOUR_MS = 3_600_000;

function cameraWith(services: readonly Service[], known: Partial<FoundCamera> = {}): FoundCamera {
  return {
    id: 'address:127.0.0.1',
    address: '127.0.0.1',
    otherAddresses: [],
    mac: null,
    serial: null,
    endpoint: null,
    name: null,
    maker: null,
    model: null,
    ways: ['ws-discovery'],
    services,
    streams: [],
    needsPassword: false,
    ...known,
  };
}

interface Seen {
  readonly sightings: readonly Sighting[];
  readonly streams: readonly FoundStream[];
  /** All fields that were told, the latest of each. */
  readonly facts: Omit<Sighting, 'streams'>;
  /** What the device was asked, as `Operation/proof`. */
  readonly asked: readonly string[];
}

async function inspect(
  camera: FoundCamera,
  login: Login | null,
  signal = new AbortController().signal,
): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  const budget = new PacketBudget(10_000);
  const ground = { networks: [], login, budget, signal, seen: (each: Sighting) => void sightings.push(each) };
  await onvif.inspect(camera, onvif.subjects(camera), ground);
  return sightings;
}

async function look(options: OnvifDeviceOptions, login: Login | null): Promise<Seen> {
  await using device = await OnvifDevice.start(options);
  const camera = cameraWith([{ kind: 'onvif', port: device.port, url: device.url }]);
  const sightings = await inspect(camera, login);
  const facts = Object.assign({}, ...sightings) as Sighting;
  const asked = device.asked.map(({ operation, proof }) => `${operation}/${proof}`);
  return { sightings, streams: sightings.flatMap(({ streams = [] }) => streams), facts, asked };
}

describe('ONVIF', { timeout: 60_000 }, () => {
  it('tells who a device is and what it streams, largest first, with a still picture', async () => {
    const { streams, facts } = await look({}, null);
    const { maker, model, serial, name, mac, needsPassword } = facts;
    assert.deepEqual([maker, model, serial, name], ['Acme & Sons', 'Eye 1', 'A-0001', 'Hall']);
    assert.equal(mac, 'c0:56:e3:00:00:28');
    assert.equal(needsPassword, undefined);
    assert.deepEqual(
      streams.map(({ label, codec, width, height, fps, confirmed }) => [label, codec, width, height, fps, confirmed]),
      [
        ['main', 'h264', 2688, 1520, 25, false],
        ['snapshot', 'mjpeg', 0, 0, 0, false],
        ['sub', 'mjpeg', 640, 360, 15, false],
      ],
    );
    assert.equal(streams[0]?.source, 'rtsp://127.0.0.1/Profile_1?a=1&b=2');
  });

  it('asks Media2 where a device has it, which knows of H.265', async () => {
    const { streams, asked } = await look({ services: 'media2' }, null);
    assert.deepEqual(
      streams.filter(({ label }) => label !== 'snapshot').map(({ source, codec, width }) => [source, codec, width]),
      [
        ['rtsp://127.0.0.1/profile_1_h265?a=1&b=2', 'hevc', 1920],
        ['rtsp://127.0.0.1/profile_2_h264?a=1&b=2', 'h264', 800],
      ],
    );
    assert.equal(asked.filter((each) => each.startsWith('GetProfiles')).length, 1);
  });

  it('asks GetCapabilities where a device has no GetServices', async () => {
    const { streams } = await look({ services: 'capabilities' }, null);
    assert.equal(streams.length, 3);
  });

  it('takes wrong addresses that a device names for its own', async () => {
    for (const namedHost of ['0.0.0.0', '192.168.1.10', '203.0.113.9']) {
      const { streams } = await look({ namedHost }, null);
      assert.equal(streams.length, 3, namedHost);
      assert.ok(streams.every(({ source }) => new URL(source).hostname === '127.0.0.1'));
    }
  });

  it('says that a password is wanted when none was given, and never tries one', async () => {
    const { streams, facts, asked } = await look({ login: LOGIN }, null);
    assert.deepEqual([streams.length, facts.needsPassword], [0, true]);
    assert.ok(asked.every((each) => each.endsWith('/none')));
  });

  it('logs in by Digest', async () => {
    const { streams, facts, asked } = await look({ login: LOGIN, accepts: 'digest' }, LOGIN);
    assert.deepEqual([streams.length, facts.needsPassword, facts.serial], [3, undefined, 'A-0001']);
    // Once it knows that a login is wanted it does not ask without.
    assert.deepEqual(asked.slice(0, 4), [
      'GetSystemDateAndTime/none',
      'GetDeviceInformation/none',
      'GetDeviceInformation/digest',
      'GetScopes/digest',
    ]);
  });

  it("logs in by a UsernameToken of the device's own time, though that is an hour off", async () => {
    for (const clockOffsetMs of [HOUR_MS, -HOUR_MS]) {
      const { streams, facts } = await look({ login: LOGIN, accepts: 'token', clockOffsetMs }, LOGIN);
      assert.deepEqual([streams.length, facts.needsPassword, facts.serial], [3, undefined, 'A-0001']);
    }
  });

  it('tries a wrong password once, and says that one is wanted', async () => {
    for (const accepts of ['digest', 'token'] as const) {
      const { streams, facts, asked } = await look({ login: LOGIN, accepts }, { ...LOGIN, password: 'wrong' });
      assert.deepEqual([streams.length, facts.needsPassword], [0, true]);
      assert.equal(asked.filter((each) => !each.endsWith('/none')).length, 1, asked.join(' '));
    }
  });

  it('never tells a password to a device that asks for it in the open', async () => {
    const { facts, asked } = await look({ login: LOGIN, accepts: 'basic' }, LOGIN);
    assert.equal(facts.needsPassword, true);
    assert.ok(asked.every((each) => !each.endsWith('/basic')));
  });

  it('finds a device that nobody named at the usual path of its web ports', async () => {
    await using device = await OnvifDevice.start({});
    const url = `http://127.0.0.1:${device.port}/`;
    const sightings = await inspect(cameraWith([{ kind: 'web', port: device.port, url }]), null);
    assert.deepEqual(sightings[0]?.services, [{ kind: 'onvif', port: device.port, url: device.url }]);
  });

  it('takes no locked web server for an ONVIF device', async () => {
    const proofs: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      proofs.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Digest realm="router", nonce="1"' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    assert.deepEqual(await inspect(cameraWith([{ kind: 'web', port, url: `http://127.0.0.1:${port}/` }]), LOGIN), []);
    assert.deepEqual(proofs, [undefined], 'and tells it nothing');
    server.close();
    server.closeAllConnections();
  });

  it('says nothing of what does not speak ONVIF, and is done with it soon', async () => {
    for (const instead of ['endless', 'garbage', 'deep', 'nothing'] as const) {
      const from = performance.now();
      const { sightings } = await look({ instead }, LOGIN);
      assert.deepEqual(sightings, [], instead);
      assert.ok(performance.now() - from < 10_000, instead);
    }
  });

  it('tells what a slow device has told, and is done with it in 9 s', async () => {
    const from = performance.now();
    const { facts } = await look({ thinksMs: 1500 }, null);
    assert.equal(facts.serial, 'A-0001');
    assert.ok(performance.now() - from < 9000);
  });

  it('asks nothing of a device that it has asked', () => {
    const service: Service = { kind: 'onvif', port: 80, url: 'http://127.0.0.1/onvif/device_service' };
    assert.deepEqual(onvif.subjects(cameraWith([service])), [service.url]);
    assert.deepEqual(onvif.subjects(cameraWith([service], { ways: ['onvif'] })), []);
  });

  it('never asks another host than the one that was seen', () => {
    const url = 'http://203.0.113.9:8080/onvif/device_service';
    const subjects = onvif.subjects(cameraWith([{ kind: 'onvif', port: 8080, url }]));
    assert.deepEqual(subjects, ['http://127.0.0.1:8080/onvif/device_service']);
  });

  it('ends at once when it is cancelled', async () => {
    await using device = await OnvifDevice.start({ instead: 'nothing' });
    const over = new AbortController();
    const camera = cameraWith([{ kind: 'onvif', port: device.port, url: device.url }]);
    const reason = new Error('stopped');
    setTimeout(() => over.abort(reason), 100);
    await assert.rejects(inspect(camera, null, over.signal), (error) => error === reason);
  });
});

describe("a device's clock", { timeout: 30_000 }, () => {
  const bounds = { signal: new AbortController().signal, timeoutMs: 4000 };

  it('is compared with ours, to a second', async () => {
    for (const clockOffsetMs of [0, HOUR_MS, -1_700_000_000_000]) {
      await using device = await OnvifDevice.start({ clockOffsetMs });
      const clock = await deviceClock(device.url, bounds);
      assert.ok(clock !== null && Math.abs(clock.offsetMs - clockOffsetMs) <= clock.uncertaintyMs + 20);
      assert.ok(clock.uncertaintyMs >= 500 && clock.uncertaintyMs < 1500);
      assert.deepEqual([clock.setBy, clock.timeZone], ['manual', 'CET-1']);
    }
  });

  it('of what is no ONVIF device is an error with a reason', async () => {
    await using device = await OnvifDevice.start({ instead: 'garbage' });
    const failed = async (url: string, code: string): Promise<void> => {
      await assert.rejects(deviceClock(url, bounds), (error) => error instanceof SightlineError && error.code === code);
    };
    await failed(device.url, 'camera-protocol');
    await failed('http://127.0.0.1:1/onvif/device_service', 'camera-refused');
  });
});
