// The camera's clock by ONVIF: found on the ports where makers have it, and nothing lost by whoever else listens there.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { mjpegClip } from '../../test/fixtures/clips.ts';
import { assertOnly, examineSource } from '../../test/fixtures/examined.ts';
import { head, HttpCamera } from '../../test/peers/http-camera.ts';
import { LiveCamera } from '../../test/peers/live-camera.ts';
import { OnvifDevice } from '../../test/peers/onvif-device.ts';
import { envelope, timeResponse } from '../../test/peers/onvif-responses.ts';
import { DialGuard, UNGUARDED } from '../base/dial-guard.ts';
import { parseAddress } from '../config/address.ts';
import { askOnvifClock } from './onvif-clock.ts';
import { placeOf } from './place.ts';
import type { Ground } from './types.ts';

const HOUR_MS = 3_600_000;
const CLOSED = 1;

function groundOf(url: string, more: Partial<Ground> = {}): Ground {
  const source = parseAddress(url, { cwd: '/' });
  const signal = new AbortController().signal;
  const manner = { tlsVerify: true, digestOnly: false, guard: UNGUARDED, signal };
  return { place: placeOf(source)!, source, ...manner, ...more };
}

const RTSP = groundOf('rtsp://127.0.0.1:554/live');

describe("a camera's clock by ONVIF", { concurrency: 4, timeout: 60_000 }, () => {
  it('is found behind ports that are closed or another server, without a login', async () => {
    await using other = await HttpCamera.open((socket) => head(socket, '404 Not Found', { 'Content-Length': '0' }));
    await using device = await OnvifDevice.start({
      clockOffsetMs: HOUR_MS,
      login: { username: 'admin', password: 'secret' },
    });
    const clock = await askOnvifClock(RTSP, '127.0.0.1', [CLOSED, other.port, device.port]);
    assert.ok(clock !== null && Math.abs(clock.offsetMs - HOUR_MS) <= clock.uncertaintyMs + 20);
    assert.deepEqual(device.asked, [{ operation: 'GetSystemDateAndTime', proof: 'none' }]);
  });

  it('of a web camera is asked at its own port first', async () => {
    await using device = await OnvifDevice.start({});
    await using other = await OnvifDevice.start({});
    const ground = groundOf(`http://127.0.0.1:${device.port}/video`);
    assert.notEqual(await askOnvifClock(ground, '127.0.0.1', [other.port, device.port]), null);
    assert.deepEqual([device.asked.length, other.asked.length], [1, 0]);
  });

  it('is nothing where garbage, no end or no word answers, within 6 s, and at most three are asked', async () => {
    await using devices = new AsyncDisposableStack();
    const ports: number[] = [];
    for (const instead of ['garbage', 'endless', 'nothing'] as const) {
      ports.push(devices.use(await OnvifDevice.start({ instead })).port);
    }
    await using fourth = await OnvifDevice.start({});
    const from = performance.now();
    assert.equal(await askOnvifClock(RTSP, '127.0.0.1', [...ports, fourth.port]), null);
    assert.ok(performance.now() - from < 6000);
    assert.deepEqual(fourth.asked, []);
  });

  it('is not asked of an address outside private networks, nor where clouds hand out secrets', async () => {
    await using device = await OnvifDevice.start({});
    for (const address of ['203.0.113.9', '169.254.169.254', '2001:db8::1', '192.168.1.20.example.org']) {
      assert.equal(await askOnvifClock(RTSP, address, [device.port]), null);
    }
    assert.deepEqual(device.asked, []);
  });

  it('is asked only where the source may be dialled, also behind a redirect', async () => {
    await using device = await OnvifDevice.start({});
    const redirect = createServer((_request, response) => response.writeHead(307, { location: device.url }).end());
    await once(redirect.listen(0, '127.0.0.1'), 'listening');
    const { port } = redirect.address() as AddressInfo;
    const ask = (rules: ConstructorParameters<typeof DialGuard>[0], at: number) =>
      askOnvifClock({ ...RTSP, guard: new DialGuard(rules) }, '127.0.0.1', [at]);
    const allowed = ['127.0.0.0/8'];
    assert.equal(await ask(() => ({ allowed: [], ownPorts: [] }), device.port), null);
    assert.equal(await ask(() => ({ allowed, ownPorts: [device.port] }), port), null);
    assert.deepEqual(device.asked, []);
    assert.notEqual(await ask(() => ({ allowed, ownPorts: [] }), port), null);
    redirect.close();
    redirect.closeAllConnections();
  });

  it('is let be at once when the examination is stopped', async () => {
    const stop = new AbortController();
    const asked = Promise.withResolvers<undefined>();
    const server = createServer(() => asked.resolve(undefined));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const asking = askOnvifClock({ ...RTSP, signal: stop.signal }, '127.0.0.1', [
      (server.address() as AddressInfo).port,
    ]);
    await asked.promise;
    const from = performance.now();
    stop.abort();
    assert.equal(await asking, null);
    assert.ok(performance.now() - from < 1000);
    server.close();
    await once(server, 'close');
  });
});

// Each on an address of loopback of its own, so that ONVIF has one of its usual ports there.
describe('an examination', { concurrency: 2, timeout: 120_000 }, () => {
  it('of a camera that reports no clock names the hour that ONVIF tells, and nothing else', async () => {
    await using camera = await LiveCamera.start({ clockAheadSeconds: null, host: '127.0.7.1' });
    await using device = await OnvifDevice.start({ host: '127.0.7.1', port: 8899, clockOffsetMs: -HOUR_MS });
    const { saw, advice } = assertOnly(await examineSource(camera.url, { windowMs: 2000 }), 'clock', 'warned');
    assert.match(saw, /is (?:1 h 0|59) min .*behind this machine's, by ONVIF\.$/);
    assert.match(advice, /time zone/);
    assert.equal(device.asked.length, 1);
  });

  it('of a camera whose clock is right passes it by ONVIF', async () => {
    await using camera = await LiveCamera.start({ clockAheadSeconds: null, host: '127.0.7.2' });
    await using device = await OnvifDevice.start({ host: '127.0.7.2', port: 8899 });
    const { steps } = await examineSource(camera.url, { windowMs: 2000 });
    const told = JSON.stringify(steps, null, 1);
    assert.ok(
      steps.every(({ state }) => state === 'passed'),
      told,
    );
    assert.match(told, /agrees with this machine's to a few seconds, by ONVIF/);
    assert.equal(device.asked.length, 1);
  });

  it('of a camera beside which garbage, no end and no word answer loses nothing by them', async () => {
    const host = '127.0.7.3';
    await using camera = await LiveCamera.start({ clockAheadSeconds: null, host });
    await using devices = new AsyncDisposableStack();
    for (const [port, instead] of [
      [8899, 'nothing'],
      [8000, 'garbage'],
      [5000, 'endless'],
    ] as const) {
      devices.use(await OnvifDevice.start({ host, port, instead }));
    }
    const { steps, tookMs } = await examineSource(camera.url, { windowMs: 2000 });
    const told = JSON.stringify(steps, null, 1);
    for (const { step, state } of steps) assert.equal(state, step === 'clock' ? 'skipped' : 'passed', told);
    assert.match(told, /does not speak ONVIF/);
    assert.ok(tookMs < 15_000, String(tookMs));
  });

  it('of a web camera names the hour that ONVIF tells at its own port, whatever its answers are dated', async () => {
    const size = { width: 320, height: 240 };
    const { packets } = await mjpegClip({ graph: 'testsrc2=size=320x240:rate=30', frames: 1, ...size });
    const picture = packets[0]!.data;
    await using camera = await HttpCamera.open((socket, { path }) => {
      const date = { Date: new Date().toUTCString() };
      if (path === '/onvif/device_service') {
        const body = envelope(timeResponse(new Date(Date.now() + HOUR_MS)));
        head(socket, '200 OK', {
          ...date,
          'Content-Type': 'application/soap+xml',
          'Content-Length': String(body.length),
        });
        socket.write(body);
        return;
      }
      head(socket, '200 OK', { ...date, 'Content-Type': 'image/jpeg', 'Content-Length': String(picture.length) });
      socket.write(picture);
    }, '127.0.7.4');
    const { saw } = assertOnly(await examineSource(camera.url('/shot.jpg')), 'clock', 'warned');
    assert.match(saw, /(?:1 h 0|59) min .*ahead of this machine's, by ONVIF\.$/);
  });
});
