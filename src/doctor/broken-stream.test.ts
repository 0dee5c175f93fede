// A stream with every fault that people meet: each is named in words by its own step, and no other step cries wolf. Real
// processes decode the pictures, as for the command.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertOnly, examineSource } from '../../test/fixtures/examined.ts';
import { noise } from '../../test/fixtures/garbage.ts';
import { TcpProxy } from '../../test/fixtures/proxy.ts';
import { LiveCamera } from '../../test/peers/live-camera.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import { nalType } from '../media/h264.ts';

const RTP_HEADER = 12;
/** Of a packet: the headers of RTP, of its fragment and of its slice stay. */
const SPARED_BYTES = 40;
const FU_A = 28;
const SLICE = 1;

/** Loses every packet of video that chance (always the same) picks with this probability. */
function losing(share: number): (data: Buffer, channel: number) => Buffer | null {
  const dice = noise(4096, 7);
  let at = 0;
  return (data, channel) => {
    if (channel !== 0) return data;
    const thrown = dice.readUInt16BE((at += 2) % 4094);
    return thrown < share * 65536 ? null : data;
  };
}

/** Writes noise over the slices of every picture but keyframes, behind their headers (RFC 6184, 5.3 and 5.8). */
function scratching(): (data: Buffer, channel: number) => Buffer {
  const scratch = noise(2048, 3);
  return (data, channel) => {
    if (channel !== 0 || data.length < 2 * SPARED_BYTES) return data;
    const isFragment = nalType(data[RTP_HEADER]!) === FU_A;
    if (nalType(data[RTP_HEADER + (isFragment ? 1 : 0)]!) !== SLICE) return data;
    const scratched = Buffer.from(data);
    scratch.copy(scratched, SPARED_BYTES, 0, data.length - SPARED_BYTES);
    return scratched;
  };
}

describe('a stream with a fault', { concurrency: 2 }, () => {
  it('no keyframe for 20 s is named by the keyframes, and the picture is waited for', async () => {
    await using camera = await LiveCamera.start({ keyframeEverySeconds: 20 });
    const examination = await examineSource(camera.url);
    assert.match(assertOnly(examination, 'keyframes', 'warned').saw, /first keyframe came after 1\d\.\d s/);
    assert.equal(examination.picture, true);
  });

  it('timestamps that never change are named by the timestamps', async () => {
    await using camera = await LiveCamera.start({ timestamp: () => 1234 });
    const examination = await examineSource(camera.url, { windowMs: 5000 });
    assert.match(assertOnly(examination, 'timestamps', 'warned').saw, /the same timestamp/);
    assert.equal(examination.picture, true);
  });

  it('timestamps that jump are named by the timestamps', async () => {
    const timestamp = (picture: number): number => picture * 6000 + Math.floor(picture / 30) * 900_000;
    await using camera = await LiveCamera.start({ timestamp });
    const examination = await examineSource(camera.url, { windowMs: 5000 });
    assert.match(assertOnly(examination, 'timestamps', 'warned').saw, /jumped .*10\.\d s ahead/);
  });

  it('a clock that is an hour ahead is named by the clock', async () => {
    await using camera = await LiveCamera.start({ clockAheadSeconds: 3600 });
    const examination = await examineSource(camera.url, { windowMs: 5000 });
    const { saw, advice } = assertOnly(examination, 'clock', 'warned');
    assert.match(saw, /(?:1 h 0|59) min .*ahead/);
    assert.match(advice, /time zone/);
  });

  it('5 % of the packets lost are named by the loss', async () => {
    await using camera = await startRtspCamera();
    await using proxy = await TcpProxy.start(camera.port);
    proxy.fault = losing(0.05);
    const examination = await examineSource(`rtsp://127.0.0.1:${proxy.port}/camera`);
    const { saw } = assertOnly(examination, 'loss', 'warned');
    const share = Number(/^([\d.]+) %/.exec(saw)?.[1]);
    assert.ok(share > 3 && share < 7, saw);
    assert.equal(examination.picture, true);
  });

  it('pictures that cannot be decoded whole, though no packet is missing, are named by the decoding', async () => {
    await using camera = await startRtspCamera();
    await using proxy = await TcpProxy.start(camera.port);
    proxy.fault = scratching();
    const examination = await examineSource(`rtsp://127.0.0.1:${proxy.port}/camera`, { windowMs: 4000 });
    const { saw } = assertOnly(examination, 'decoding', 'warned');
    const [, decoded, bad] = /^(\d+) pictures were decoded; (\d+) could not be, or only in part/.exec(saw) ?? [];
    assert.ok(Number(bad) > Number(decoded) / 2, saw);
    assert.equal(examination.picture, true);
  });
});
