// `sightline discover` end to end in a LAN of the test's own, with devices that tell of themselves: by WS-Discovery and
// ONVIF, by multicast DNS, and phones.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FoundCamera } from '../../src/discovery/types.ts';
import { Lab, LAB_REFUSAL, type LabHost } from '../fixtures/lab.ts';
import { startLabDevice } from '../peers/lab-device.ts';
import { startMdnsDevice } from '../peers/mdns-responder.ts';
import { startOnvifDevice } from '../peers/onvif-device.ts';
import { startLabPhone } from '../peers/phone.ts';

const BIN = fileURLToPath(new URL('../../bin/sightline.js', import.meta.url));
const LOGIN = { username: 'admin', password: 'correct horse' };
const RTSP_LOGIN = { user: LOGIN.username, password: LOGIN.password };
const HOUR_MS = 3_600_000;

interface Report {
  readonly cameras: readonly FoundCamera[];
  readonly tookMs: number;
}

/** `sightline discover --json` on a host. */
async function discover(host: LabHost, login: typeof LOGIN | null): Promise<Report> {
  const args = login === null ? [] : ['--user', login.username, '--password-stdin'];
  const [program = '', ...enter] = host.enter;
  const child = spawn(program, [...enter, process.execPath, BIN, 'discover', '--json', ...args], { stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  child.stdin.end(`${login?.password ?? ''}\n`);
  await once(child, 'close');
  assert.equal(child.exitCode, 0, stderr);
  return JSON.parse(stdout) as Report;
}

function at(report: Report, last: number): FoundCamera {
  const address = `192.168.77.${last}`;
  return report.cameras.find((camera) => camera.address === address) ?? assert.fail(`${address} was not found`);
}

function shown({ streams }: FoundCamera): string[] {
  return streams.map(({ label, source, codec, width, confirmed }) => {
    return `${label} ${source} ${codec} ${width}${confirmed ? '' : ' unopened'}`;
  });
}

describe(
  'sightline discover, of devices that tell of themselves',
  { skip: LAB_REFUSAL ?? false, timeout: 120_000 },
  () => {
    let lab: Lab;
    let finder: LabHost;

    const hostAt = (last: number): Promise<LabHost> => {
      const mac = `02:00:00:00:00:${last.toString(16).padStart(2, '0')}`;
      return lab.host({ address: `192.168.77.${last}`, mac });
    };

    before(async () => {
      lab = await Lab.open();
      finder = await hostAt(2);

      const digest = await hostAt(20);
      const named = { login: LOGIN, namedHost: '192.168.1.64', clockOffsetMs: HOUR_MS };
      await startOnvifDevice(digest, { ...named, discovery: 'probe-hikvision', noisy: true });
      const streams = { '/Profile_1?a=1&b=2': '2688x1520', '/Profile_2?a=1&b=2': '640x360' };
      await startLabDevice(digest, [{ port: 554, kind: 'rtsp', camera: { streams, login: RTSP_LOGIN } }]);

      // Multicast does not reach this one, and its clock is an hour behind.
      const token = await hostAt(21);
      await startOnvifDevice(token, { login: LOGIN, accepts: 'token', clockOffsetMs: -HOUR_MS, services: 'media2' });
      const media2 = { '/profile_1_h265?a=1&b=2': '1920x1080', '/profile_2_h264?a=1&b=2': '800x450' };
      await startLabDevice(token, [{ port: 554, kind: 'rtsp', camera: { streams: media2, login: RTSP_LOGIN } }]);

      const axis = await hostAt(22);
      await startMdnsDevice(axis, { name: 'Yard', services: { '_rtsp._tcp': 7070 }, places: 'when asked' });
      await startLabDevice(axis, [{ port: 7070, kind: 'rtsp', camera: { streams: { '/live': '1280x720' } } }]);

      await startLabPhone(await hostAt(23), { app: 'ip-webcam', port: 8080 });
      await startLabPhone(await hostAt(24), { app: 'droidcam', port: 4747 });
      await startLabPhone(await hostAt(25), { app: 'router', port: 8080 });
      await startOnvifDevice(await hostAt(26), { instead: 'endless', discovery: 'probe-axis' });
      await startOnvifDevice(await hostAt(40), { instead: 'garbage', discovery: 'probe-printer', port: 3911 });
    });

    after(async () => {
      await lab[Symbol.asyncDispose]();
    });

    it('lists each with what it says of itself and the streams that the password opens, within 10 s', async () => {
      const report = await discover(finder, LOGIN);
      assert.deepEqual(
        report.cameras.map(({ address }) => Number(address.split('.')[3])),
        [20, 21, 22, 23, 24, 26],
      );
      assert.ok(report.tookMs < 10_000, `${report.tookMs} ms`);

      const hikvision = at(report, 20);
      const { name, model, serial, endpoint, needsPassword } = hikvision;
      assert.deepEqual([name, model, serial], ['HIKVISION DS-2CD2143G2-I', 'Eye 1', 'A-0001']);
      assert.deepEqual([endpoint, needsPassword], ['urn:uuid:5f2b0a64-1c5e-4b6f-8f0e-44a642aa0120', false]);
      assert.deepEqual(shown(hikvision), [
        'main rtsp://192.168.77.20/Profile_1?a=1&b=2 h264 2688',
        'sub rtsp://192.168.77.20/Profile_2?a=1&b=2 h264 640',
        'snapshot http://192.168.77.20/snap/Profile_1.jpg mjpeg 0 unopened',
      ]);
      assert.deepEqual(shown(at(report, 21)).slice(0, 2), [
        'main rtsp://192.168.77.21/profile_1_h265?a=1&b=2 h264 1920',
        'sub rtsp://192.168.77.21/profile_2_h264?a=1&b=2 h264 800',
      ]);
      assert.equal(at(report, 21).name, 'Hall');
      assert.deepEqual(
        [at(report, 22).name, ...shown(at(report, 22))],
        ['Yard', 'main rtsp://192.168.77.22:7070/live h264 1280'],
      );
      assert.ok(shown(at(report, 23)).includes('main http://192.168.77.23:8080/video mjpeg 64'));
      assert.equal(at(report, 24).name, "Ada's Pixel 8");
    });

    it('says of each that wants a password that it does, when none was given', async () => {
      const report = await discover(finder, null);
      for (const last of [20, 21]) assert.equal(at(report, last).needsPassword, true);
      for (const last of [22, 23, 24]) assert.equal(at(report, last).needsPassword, false);
    });
  },
);
