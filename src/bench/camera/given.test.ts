// Cameras of others: what is learned of them in one look, and what is said when there is nothing to see.

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { startRtspCamera } from '../../../test/peers/rtsp-camera.ts';
import { nowUs } from '../../base/clock.ts';
import { parseAddress } from '../../config/address.ts';
import { openCameraUnderTest } from './open.ts';
import { endpointOf, fullSource } from './source-text.ts';

const look = (source: string, user: { username?: string; password?: string } = {}) =>
  openCameraUnderTest({ source, ...user, cwd: tmpdir(), signal: new AbortController().signal });

test("a given camera's codec, size and rate are learned; it has no strip and so no times", async () => {
  await using camera = await startRtspCamera({ size: '640x480', fps: 15 });
  const found = await look(camera.url);
  assert.deepEqual([found.kind, found.codec, found.width, found.height], ['given', 'h264', 640, 480]);
  assert.ok(Math.abs(found.fps - 15) < 3, `${found.fps} pictures a second`);
  assert.equal(found.capturedAtUs, null);
  assert.deepEqual(found.endpoint, { host: '127.0.0.1', port: camera.port });
  assert.equal(found.source, camera.url);
  await found.stop();
});

test('the test card of another Sightline on this machine has times', async () => {
  const other = await openCameraUnderTest({
    ...{ source: 'test:?width=640&height=360', cwd: tmpdir(), signal: new AbortController().signal },
    python: '/nonexistent/python3',
  });
  const found = await look(other.source);
  assert.deepEqual([found.kind, found.codec, found.width], ['given', 'mjpeg', 640]);
  const arrivedUs = nowUs();
  const timeUs = Math.round((performance.timeOrigin + performance.now()) * 1000) - 50_000;
  const capturedUs = found.capturedAtUs!({ frame: 1, timeUs }, arrivedUs)!;
  assert.ok(Math.abs(arrivedUs - capturedUs - 50_000) < 20_000);
  await other.stop();
});

test('user and password given aside stand in what servers open, and nowhere else', async () => {
  const secret = { username: 'admin', password: 'p@ss/w:rd' };
  await using camera = await startRtspCamera({ user: secret.username, password: secret.password });
  const found = await look(camera.url, secret);
  assert.deepEqual(parseAddress(found.source, { cwd: '/' }).credentials, secret);
  const shown = JSON.stringify({ ...found, source: '' });
  assert.ok(!shown.includes('p@ss') && !shown.includes('p%40ss'));
  await assert.rejects(look(camera.url, { ...secret, password: 'wrong' }), { code: 'camera-unauthorized' });
});

test('an address where no camera is says so, with what to do', async () => {
  const refused = { code: 'camera-refused', hint: /check the port/ };
  await assert.rejects(look('rtsp://127.0.0.1:1/'), refused);
  await assert.rejects(look('rtps://127.0.0.1/'), { code: 'source-invalid' });
  await assert.rejects(look('test:?fps=1000'), { code: 'source-invalid' });
  await assert.rejects(look('/nonexistent/clip.mp4'), { code: 'file-missing' });
});

test('a full source is read back as the same address, whatever user and password are', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !/\p{Cc}/u.test(value));
  fc.assert(
    fc.property(text, text, (username, password) => {
      for (const target of ['rtsp://cam.example:8554/a?b=c', 'https://[::1]/x', 'ffmpeg:srt://10.0.0.1:9000']) {
        const address = parseAddress(target, { cwd: '/', username, password });
        assert.deepEqual(parseAddress(fullSource(address), { cwd: '/' }).credentials, { username, password });
        assert.equal(parseAddress(fullSource(address), { cwd: '/' }).target, address.target);
      }
    }),
  );
});

test('sessions are counted at the default port of a scheme, and not for what has no address', () => {
  const endpoint = (source: string) => endpointOf(parseAddress(source, { cwd: '/' }));
  assert.deepEqual(endpoint('rtsp://cam/x'), { host: 'cam', port: 554 });
  assert.deepEqual(endpoint('rtsps://cam/x'), { host: 'cam', port: 322 });
  assert.deepEqual(endpoint('http://[fe80::1]/x'), { host: 'fe80::1', port: 80 });
  assert.deepEqual(endpoint('https://cam/x'), { host: 'cam', port: 443 });
  assert.equal(endpoint('clip.mp4'), null);
  assert.equal(endpoint('/dev/video0'), null);
});
