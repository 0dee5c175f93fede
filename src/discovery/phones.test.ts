import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPhone, type PhoneOptions } from '../../test/peers/phone.ts';
import { PacketBudget } from './packet-budget.ts';
import { phones } from './phones.ts';
import type { FoundCamera, Service, Sighting } from './types.ts';

/** A loopback address of this test alone: the apps have ports that others use too. */
const ADDRESS = '127.77.0.20';

function phoneWith(services: readonly Service[]): FoundCamera {
  return {
    id: `address:${ADDRESS}`,
    address: ADDRESS,
    otherAddresses: [],
    mac: null,
    serial: null,
    endpoint: null,
    name: null,
    maker: null,
    model: null,
    ways: ['ports'],
    services,
    streams: [],
    needsPassword: false,
  };
}

async function look(options: Omit<PhoneOptions, 'host'>): Promise<{ seen: Sighting[]; asked: readonly string[] }> {
  await using phone = await startPhone({ ...options, host: ADDRESS });
  const seen: Sighting[] = [];
  const signal = new AbortController().signal;
  const ground = { networks: [], login: null, budget: new PacketBudget(10_000), signal };
  const camera = phoneWith([{ kind: 'web', port: options.port, url: `http://${ADDRESS}:${options.port}/` }]);
  const subjects = phones.subjects(camera);
  await phones.inspect(camera, subjects, { ...ground, seen: (each) => void seen.push(each) });
  return { seen, asked: [...phone.asked] };
}

function sources(seen: readonly Sighting[]): string[] {
  return seen.flatMap(({ streams = [] }) => streams.map(({ label, source }) => `${label} ${source}`));
}

describe('phones that are cameras', { timeout: 30_000 }, () => {
  it('with IP Webcam are known by their status, which tells the size of the picture', async () => {
    const { seen } = await look({ app: 'ip-webcam', port: 8080 });
    assert.deepEqual(sources(seen), [
      `main http://${ADDRESS}:8080/video`,
      `h264 rtsp://${ADDRESS}:8080/h264_ulaw.sdp`,
      `snapshot http://${ADDRESS}:8080/shot.jpg`,
    ]);
    const [main] = seen[0]?.streams ?? [];
    assert.deepEqual([main?.codec, main?.width, main?.height], ['mjpeg', 1280, 720]);
    assert.deepEqual([seen[0]?.model, seen[0]?.needsPassword], ['IP Webcam (Android)', undefined]);
    assert.deepEqual(seen[0]?.services, [{ kind: 'phone', port: 8080, url: `http://${ADDRESS}:8080/` }]);
  });

  it('with IP Webcam and a password are known by their server, and say that they want it', async () => {
    const { seen } = await look({ app: 'ip-webcam', port: 8080, locked: true });
    assert.deepEqual([seen.length, seen[0]?.needsPassword, seen[0]?.streams?.length], [1, true, 3]);
  });

  it('with DroidCam tell what they are called, and are not watched, for they have room for one viewer', async () => {
    const { seen, asked } = await look({ app: 'droidcam', port: 4747 });
    assert.deepEqual(sources(seen), [`main http://${ADDRESS}:4747/video`]);
    assert.equal(seen.find(({ name }) => name != null)?.name, "Ada's Pixel 8");
    assert.ok(!asked.includes('/video'));
  });

  it('with an app that streams MJPEG at the usual place are known by the head of the stream', async () => {
    const { seen } = await look({ app: 'mjpeg', port: 8081 });
    assert.deepEqual(sources(seen), [`main http://${ADDRESS}:8081/video`]);
  });

  it('are not what merely listens on the same port', async () => {
    for (const app of ['router', 'garbage'] as const) {
      for (const port of [8080, 4747, 8081]) assert.deepEqual((await look({ app, port })).seen, [], `${app} ${port}`);
    }
  });

  it('are asked on their ports only', () => {
    const services: Service[] = [
      { kind: 'web', port: 80, url: `http://${ADDRESS}/` },
      { kind: 'rtsp', port: 8080, url: `rtsp://${ADDRESS}:8080/` },
    ];
    assert.deepEqual(phones.subjects(phoneWith(services)), []);
  });
});
