// Codec's answers to subscriptions, on real H.264 and JPEG from a port that the test plays.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { h264Clip } from '../../test/fixtures/clips.ts';
import { CodecRoom, hasSequence } from '../../test/fixtures/codec-room.ts';
import { FeedTaker } from '../../test/fixtures/fake-port.ts';
import { clip, jpegs } from '../../test/fixtures/origin-clips.ts';
import { jpegSize } from '../media/jpeg.ts';

/** A test waits for events; this is only how long until it is called hung. */
const LIMIT = { timeout: 20_000 };

let room: CodecRoom;

beforeEach(() => {
  room = new CodecRoom();
});

afterEach(() => room.close());

describe('codec streams', LIMIT, () => {
  it('show the last kept picture first, then the live ones', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 20));
    const viewer = room.watch();
    await viewer.until(hasSequence(20));
    assert.equal(viewer.jpegs.length, 1);
    assert.equal(room.streams.reports()[0]?.decoded, 20);
    assert.equal(viewer.states[0]?.state, 'live');
    for (const packet of clip.packets.slice(20, 23)) {
      room.port.send(packet);
      await viewer.until(hasSequence(packet.sequence));
    }
    assert.equal(viewer.jpegs.length, 4);
    assert.equal(viewer.jpegs[3]?.stamp, clip.packets[22]?.stamp);
  });

  it('encode each picture once for all who watch the same size', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [room.watch(320), room.watch(320), room.watch(300), room.watch(320, 80)];
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    room.port.send(clip.packets[1]!);
    for (const viewer of viewers) await viewer.until(hasSequence(2));
    assert.equal(room.streams.reports()[0]?.encoded, 2);
    assert.equal(room.streams.reports()[0]?.encodings, 1);
    assert.equal(viewers[0]?.jpegs[1], viewers[3]?.jpegs[1]);
    assert.equal(room.port.requests.length, 1);
  });

  it('encode no picture that nobody wants, and give each reader as many as it asked for', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const every = room.watch(160);
    const few = [room.watch(320, null, 10), room.watch(null, null, 10)];
    for (const taker of [every, ...few]) await taker.until(hasSequence(1));
    const send = async (from: number, to: number) => {
      for (const packet of clip.packets.slice(from, to)) {
        room.port.send(packet);
        await every.until(hasSequence(packet.sequence));
      }
      for (const { jpegs: shown } of few) assert.ok(Math.abs(shown.length - to / 3) <= 2, `${shown.length} of ${to}`);
    };
    await send(1, 30);
    const { encoded } = room.streams.reports()[0]!;
    assert.ok(Math.abs(encoded - 30 - 20) <= 4, `${encoded}`);
    const all = room.watch(320);
    await send(30, 60);
    assert.ok(all.jpegs.length >= 28, `${all.jpegs.length}`);
    assert.ok(room.streams.reports()[0]!.encoded - encoded <= 30 + 30 + 12);
  });

  it('refuse a ninth encoding of a camera and take it when another has ended', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [30, 40, 50, 60, 70, 80, 90].map((quality) => room.watch(320, quality));
    viewers.push(room.watch(160));
    assert.throws(() => room.watch(480), { code: 'too-many-encodings', status: 429 });
    room.watch(160);
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    viewers[0]!.close();
    await room.watch(480).until(hasSequence(1));
    assert.equal(room.streams.reports()[0]?.encodings, 8);
  });

  it('give pixels to programs that ask for them, once for all who want the same, beside the JPEGs', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [room.watchPixels('bgr', 320), room.watchPixels('bgr', 300), room.watch(320)];
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    const [pixels, same, jpeg] = viewers.map(({ jpegs: [first] }) => first!);
    assert.equal(pixels, same);
    assert.deepEqual([pixels!.pixels, pixels!.width, pixels!.height], ['bgr', 320, 180]);
    assert.equal(pixels!.bytes.length, 320 * 180 * 3);
    assert.equal(jpeg!.pixels, undefined);
    assert.equal(pixels!.stamp, jpeg!.stamp);
    assert.equal(room.streams.reports()[0]?.encodings, 2);
  });

  it('refuse a fourth shape of pixels, whatever JPEGs there are', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [room.watchPixels('gray'), room.watchPixels('gray', 320), room.watchPixels('rgba', 320)];
    assert.throws(() => room.watchPixels('bgr', 160), { code: 'too-many-encodings', status: 429 });
    viewers.push(room.watchPixels('rgba', 320), room.watch(160), room.watch(160, 30));
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    viewers[0]!.close();
    await room.watchPixels('bgr', 160).until(hasSequence(1));
  });

  it('stop decoding when nobody watches, and begin again', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 3));
    for (let round = 0; round < 3; round++) {
      const viewer = room.watch(160);
      await viewer.until(hasSequence(3));
      viewer.close();
      assert.equal(room.streams.reports()[0]?.encodings, 0);
    }
    assert.equal(room.streams.reports()[0]?.decoded, 9);
  });

  it('follow a change of size in mid-stream', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 2));
    const viewer = room.watch();
    await viewer.until(hasSequence(2));
    const size = { width: 320, height: 240 };
    const other = await h264Clip({
      graph: 'testsrc2=size=320x240:rate=30',
      frames: 2,
      ...size,
      epoch: 2,
      firstSequence: 3,
    });
    room.port.tracks(other.track, 2);
    room.port.send(...other.packets);
    await viewer.until(hasSequence(4));
    assert.deepEqual(jpegSize(viewer.jpegs.at(-1)!.bytes), size);
  });

  it('pass a camera’s own JPEGs through untouched, and decode them for other sizes', async () => {
    room.port.keep(jpegs.track, jpegs.packets.slice(0, 1));
    const viewer = room.watch();
    await viewer.until(hasSequence(1));
    assert.equal(viewer.jpegs[0]?.bytes, jpegs.packets[0]?.data);
    assert.equal(room.streams.reports()[0]?.decoding, false);
    assert.equal(room.streams.reports()[0]?.decoded, 0);
    const small = room.watch(320);
    await small.until(hasSequence(1));
    assert.deepEqual(jpegSize(small.jpegs[0]!.bytes), { width: 320, height: 180 });
    room.port.send(jpegs.packets[1]!);
    await Promise.all([small.until(hasSequence(2)), viewer.until(hasSequence(2))]);
    assert.equal(viewer.jpegs[1]?.bytes, jpegs.packets[1]?.data);
  });

  it('keep an open response through a change of codec, both ways', async () => {
    room.port.keep(jpegs.track, jpegs.packets.slice(0, 1));
    const viewer = room.watch();
    await viewer.until(hasSequence(1));
    room.port.keep(clip.track, clip.packets.slice(0, 5));
    room.port.tracks(clip.track, 2);
    room.port.keep(clip.track, clip.packets.slice(0, 5));
    await viewer.until(hasSequence(5));
    assert.notEqual(viewer.jpegs.at(-1)?.bytes, clip.packets[4]?.data);
    room.port.tracks(jpegs.track, 3);
    room.port.keep(jpegs.track, jpegs.packets.slice(0, 2));
    await viewer.until((taker) => taker.jpegs.at(-1)?.bytes === jpegs.packets[1]?.data);
  });

  it('give a slow viewer the newest picture and say how many it missed', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const quick = room.watch();
    await quick.until(hasSequence(1));
    const slow = room.streams.provide({ kind: 'jpegs', key: 'camera/main', width: null, quality: null });
    for (const packet of clip.packets.slice(1, 6)) {
      room.port.send(packet);
      await quick.until(hasSequence(packet.sequence));
    }
    const late = new FeedTaker(slow);
    room.taking(late);
    const said = late.messages.map((message) => (message.kind === 'gap' ? message.dropped : message.kind));
    assert.deepEqual(said, ['state', 5, 'jpeg']);
    assert.equal(late.jpegs[0], quick.jpegs.at(-1));
  });

  it('skip pictures, never delay them, when packets come faster than they can be encoded', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [room.watch(null, 90), room.watch(null, 70), room.watch(480)];
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    room.port.send(...clip.packets.slice(1));
    for (const viewer of viewers) await viewer.until(hasSequence(60));
    for (const { jpegs: shown } of viewers) {
      assert.ok(shown.length < 20, `${shown.length} of 60`);
      assert.ok(shown.every((jpeg, index) => index === 0 || jpeg.sequence > shown[index - 1]!.sequence));
    }
    assert.equal(room.streams.reports()[0]?.decoded, 60);
  });

  it('end every subscription with stopping when they close', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewer = room.watch();
    await viewer.until(hasSequence(1));
    await room.streams.close();
    const end = viewer.messages.at(-1);
    assert.equal(end?.kind === 'end' && end.problem?.code, 'stopping');
    assert.throws(() => room.watch(), { code: 'stopping' });
  });
});
