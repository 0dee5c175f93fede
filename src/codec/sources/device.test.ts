// The device source without a device: the list, the order of attempts, the errors. No camera is needed to run this.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { addressOf, runSession } from '../../../test/fixtures/session.ts';
import { listDevices } from '../../config/device-list.ts';
import { DEVICE_ATTEMPTS, createDeviceSource } from './device.ts';

describe('the list of devices', () => {
  test('has the cameras by number with the names of their drivers, without nodes for metadata', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-devices-'));
    const node = async (entry: string, name: string, index: string): Promise<void> => {
      await mkdir(join(folder, entry));
      await writeFile(join(folder, entry, 'name'), `${name}\n`);
      await writeFile(join(folder, entry, 'index'), `${index}\n`);
    };
    try {
      await node('video10', 'Loopback', '0');
      await node('video0', 'HD Webcam', '0');
      await node('video1', 'HD Webcam', '1');
      await node('v4l-subdev0', 'sensor', '0');
      await mkdir(join(folder, 'video3'));
      assert.deepEqual(await listDevices(folder), [
        { path: '/dev/video0', name: 'HD Webcam' },
        { path: '/dev/video3', name: 'video3' },
        { path: '/dev/video10', name: 'Loopback' },
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('is empty on a system without any', async () => {
    assert.deepEqual(await listDevices('/nonexistent'), []);
  });
});

describe('the device source', () => {
  test('says that a device is not there, and which are', async () => {
    const devices = await listDevices();
    const found = devices.length === 0 ? 'none' : devices.map(({ path, name }) => `${path} (${name})`).join(', ');
    await assert.rejects(runSession(createDeviceSource({ address: addressOf('device', '/dev/video987') }), 1), {
      code: 'device-missing',
      message: `There is no camera at /dev/video987; found: ${found}.`,
    });
  });

  test('says that something else is no camera', async () => {
    for (const path of ['/dev/null', '/etc/hostname']) {
      const source = createDeviceSource({ address: addressOf('device', path) });
      await assert.rejects(runSession(source, 1), { code: 'device-missing' }, path);
    }
  });

  test('asks for the JPEGs of the camera first and takes whatever it has last', () => {
    assert.equal(DEVICE_ATTEMPTS[0]?.['input_format'], 'mjpeg');
    assert.deepEqual(DEVICE_ATTEMPTS.at(-1), {});
  });
});
