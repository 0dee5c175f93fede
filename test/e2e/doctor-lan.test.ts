// `sightline doctor` in a LAN of the test's own: whether anybody is at an address, which loopback cannot tell, and a
// camera whose clock ONVIF tells at the port where it usually is.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Examination } from '../../src/link/examination.ts';
import { assertOnly } from '../fixtures/examined.ts';
import { Lab, LAB_REFUSAL } from '../fixtures/lab.ts';
import type { LabHost } from '../fixtures/lab.ts';
import { ROOT } from '../fixtures/server.ts';
import { startLabDevice } from '../peers/lab-device.ts';
import { startOnvifDevice } from '../peers/onvif-device.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const BIN = path.join(ROOT, 'bin', 'sightline.js');

/** `sightline doctor --json` on a host. */
async function examineFrom(host: LabHost, source: string): Promise<Examination> {
  const [program = '', ...enter] = host.enter;
  const child = spawn(program, [...enter, process.execPath, BIN, 'doctor', source, '--json']);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await once(child, 'close');
  return JSON.parse(said) as Examination;
}

function sawAt({ steps }: Examination, step: string): string {
  return steps.find((report) => report.step === step)?.saw ?? '';
}

describe('doctor in a LAN', { skip: LAB_REFUSAL ?? false, timeout: 120_000, concurrency: 3 }, () => {
  let lab: Lab;
  let finder: LabHost;

  before(async () => {
    lab = await Lab.open();
    finder = await lab.host({ address: '192.168.77.2', mac: '02:00:00:00:00:02' });
  });

  after(() => lab[Symbol.asyncDispose]());

  it('says of a host that refuses every port that it is there, and which port is closed', async () => {
    const camera = await lab.host({ address: '192.168.77.20', mac: 'c0:56:e3:00:00:20' });
    const examination = await examineFrom(finder, `rtsp://${camera.address}/live`);
    const { saw } = assertOnly(examination, 'port', 'failed');
    assert.equal(saw, 'Port 554 is closed: nothing listens there.');
    assert.match(
      sawAt(examination, 'reach'),
      /^192\.168\.77\.20 answers in .*, with the MAC address c0:56:e3:00:00:20: it refused the connection\.$/,
    );
    assert.match(sawAt(examination, 'route'), /in the network 192\.168\.77\.0\/24 that this machine is plugged into/);
  });

  it('names the port that is open instead of the one that is closed', async () => {
    const camera = await lab.host({ address: '192.168.77.21', mac: 'c0:56:e3:00:00:21' });
    await startLabDevice(camera, [{ port: 8554, kind: 'is mute' }]);
    const { saw, advice } = assertOnly(await examineFrom(finder, `rtsp://${camera.address}/live`), 'port', 'failed');
    assert.match(saw, /Open there: 8554\./);
    assert.match(advice, /192\.168\.77\.21:8554/);
  });

  it('says of an address for which nobody answers that nobody is there', async () => {
    const examination = await examineFrom(finder, 'rtsp://192.168.77.99/live');
    const { saw, advice } = assertOnly(examination, 'reach', 'failed');
    assert.match(saw, /^Nobody is at 192\.168\.77\.99: no device of the network 192\.168\.77\.0\/24 answers/);
    assert.match(advice, /switched on and plugged in/);
  });

  it('says of a camera that is gone, though it is remembered, that nobody is there', async () => {
    const remembered = 'neigh replace 192.168.77.98 lladdr c0:56:e3:00:00:98 dev eth0 nud stale';
    await finder.run('ip', remembered.split(' '));
    const examination = await examineFrom(finder, 'rtsp://192.168.77.98/live');
    assert.match(assertOnly(examination, 'reach', 'failed').saw, /^Nobody is at 192\.168\.77\.98/);
  });

  it('says of a host that answers ARP and drops the rest that it has the address, and no more', async () => {
    const camera = await lab.host({ address: '192.168.77.23', mac: 'c0:56:e3:00:00:23' });
    // What it answers goes to a card that nobody has; ARP is answered to whoever asks.
    const lost = `neigh replace ${finder.address} lladdr 02:00:00:00:00:fe dev eth0 nud permanent`;
    await camera.run('ip', lost.split(' '));
    const examination = await examineFrom(finder, `rtsp://${camera.address}/live`);
    assert.match(
      assertOnly(examination, 'port', 'failed').saw,
      /^Port 554 does not answer: a firewall .* or the camera went away a moment ago\.$/,
    );
    assert.match(
      sawAt(examination, 'reach'),
      /^c0:56:e3:00:00:23 has the address 192\.168\.77\.23, but does not answer to TCP\.$/,
    );
  });

  it('passes a sound camera whose clock ONVIF tells, too', async () => {
    const camera = await lab.host({ address: '192.168.77.24', mac: 'c0:56:e3:00:00:24' });
    await using gstreamer = await startRtspCamera({ place: camera, port: 554, mounts: { '/live': '320x240' } });
    await startOnvifDevice(camera, { port: 2020 });
    const { steps } = await examineFrom(finder, gstreamer.url);
    assert.ok(
      steps.every(({ state }) => state === 'passed'),
      JSON.stringify(steps, null, 1),
    );
  });
});
