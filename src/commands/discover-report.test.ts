import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FoundCamera } from '../discovery/types.ts';
import { cameraBlocks } from './discover-report.ts';

const SOURCE = 'rtsp://192.168.1.20/cam?channel=1&subtype=0';
const CAMERA: FoundCamera = {
  ...{ id: 'address:192.168.1.20', address: '192.168.1.20', otherAddresses: [], mac: '02:00:00:00:00:20' },
  ...{ serial: null, endpoint: null, name: null, maker: 'Dahua', model: null, ways: ['neighbours', 'ports'] },
  services: [{ kind: 'rtsp', port: 554, url: 'rtsp://192.168.1.20/' }],
  streams: [
    {
      ...{ source: SOURCE, label: 'main', way: 'paths', confirmed: true },
      ...{ codec: 'h264', width: 1920, height: 1080, fps: 15 },
    },
  ],
  needsPassword: false,
};

describe('what sightline discover says', () => {
  it('of a camera that it could not open with the password is how to learn why, for it may ask for it in clear', () => {
    const text = cameraBlocks([{ ...CAMERA, needsPassword: true }], 'admin');
    assert.match(text, /not opened with this password: sightline doctor 'rtsp:.*subtype=0' --user admin says why/);
  });

  it('for the config file can be taken for all cameras at once: each has its own number, and the password its place', () => {
    const text = cameraBlocks([CAMERA, CAMERA], 'admin');
    assert.deepEqual(text.match(/camera\d:/g), ['camera1:', 'camera2:']);
    assert.match(text, /password: \$\{CAMERA_PASSWORD\} {2}# from the environment; or write it here/);
  });

  it('of a camera behind a router is not that ARP found it', () => {
    assert.doesNotMatch(cameraBlocks([{ ...CAMERA, mac: null }], null), /ARP/);
    assert.match(cameraBlocks([CAMERA], null), /found by {2}ARP, open ports/);
  });
});
