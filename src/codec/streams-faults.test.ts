// What viewers of codec's pictures see when packets are missing, wrong or stop, and when the origin goes.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CodecRoom, hasEnded, hasSequence } from '../../test/fixtures/codec-room.ts';
import { clip, jpegs } from '../../test/fixtures/origin-clips.ts';
import type { Packet } from '../media/types.ts';

/** A test waits for events; this is only how long until it is called hung. */
const LIMIT = { timeout: 20_000 };

let room: CodecRoom;

beforeEach(() => {
  room = new CodecRoom();
});

afterEach(() => room.close());

describe('codec streams in trouble', LIMIT, () => {
  it('show nothing between a gap and the next keyframe', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 2));
    const viewer = room.watch();
    await viewer.until(hasSequence(2));
    room.port.gap(3);
    room.port.send(...clip.packets.slice(5, 30));
    room.port.send(clip.packets[30]!);
    await viewer.until(hasSequence(31));
    room.port.send({ ...clip.packets[31]!, discontinuity: true }, ...clip.packets.slice(32, 40));
    room.port.send({ ...clip.packets[0]!, sequence: 90 });
    await viewer.until(hasSequence(90));
    assert.deepEqual(
      viewer.jpegs.map((jpeg) => jpeg.sequence),
      [1, 2, 31, 90].slice(-viewer.jpegs.length),
    );
  });

  it('go on after damaged and random packets', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewer = room.watch();
    await viewer.until(hasSequence(1));
    const cut = clip.packets
      .slice(1, 10)
      .map((packet) => ({ ...packet, damaged: true, data: packet.data.subarray(0, 90) }));
    const noise = clip.packets.slice(10, 20).map((packet) => ({ ...packet, data: Buffer.alloc(700, 0xa7) }));
    room.port.send(...cut, ...noise, clip.packets[30]!, clip.packets[31]!);
    await viewer.until(hasSequence(32));
  });

  it('say decode-failed when nothing can be decoded, and take it back', async () => {
    const noise = clip.packets.slice(0, 40).map((packet) => ({ ...packet, data: Buffer.alloc(700, 0xa7) }));
    room.port.keep(clip.track, noise);
    const viewer = room.watch();
    await viewer.until((taker) => taker.states.at(-1)?.reason?.code === 'decode-failed');
    assert.equal(room.streams.reports()[0]?.problem?.code, 'decode-failed');
    room.port.send(...clip.packets.slice(30, 32).map((packet) => ({ ...packet, sequence: packet.sequence + 100 })));
    await viewer.until(hasSequence(132));
    await viewer.until((taker) => taker.states.at(-1)?.state === 'live');
    assert.equal(room.streams.reports()[0]?.problem, null);
  });

  it('say codec-unsupported with the codec’s name', async () => {
    room.port.keep({ ...clip.track, codec: 'aac' }, []);
    const viewer = room.watch();
    await viewer.until((taker) => taker.states.at(-1)?.reason?.code === 'codec-unsupported');
    assert.match(viewer.states.at(-1)?.reason?.text ?? '', /aac/);
  });

  it('say that a stream has no video', async () => {
    room.port.keep({ ...clip.track, kind: 'audio', codec: 'aac' }, []);
    const viewers = [room.watch(), room.watch(320)];
    for (const viewer of viewers) await viewer.until((taker) => taker.states.at(-1)?.reason?.code === 'decode-failed');
    assert.match(viewers[0]?.states.at(-1)?.reason?.text ?? '', /no video/);
  });

  it('tell viewers what the origin says of the camera', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 1));
    const viewer = room.watch();
    await viewer.until(hasSequence(1));
    room.port.state('stalled', 'camera-stalled');
    await viewer.until((taker) => taker.states.at(-1)?.state === 'stalled');
    assert.equal(viewer.states.at(-1)?.reason?.code, 'camera-stalled');
    const late = room.watch();
    await late.until((taker) => taker.states.at(-1)?.state === 'stalled');
    assert.equal(late.jpegs.length, 0);
  });

  it('subscribe again when the origin’s process died, while the viewer’s response goes on', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 2));
    const viewer = room.watch();
    await viewer.until(hasSequence(2));
    room.port.keep(clip.track, clip.packets.slice(30, 33));
    room.port.end('link-closed');
    await viewer.until(hasSequence(33));
    assert.deepEqual(
      viewer.states.map(({ state }) => state),
      ['live', 'opening', 'live'],
    );
    assert.equal(hasEnded(viewer), false);
  });

  it('show a picture once although it comes again with a new subscription', async () => {
    for (const { track, packets } of [clip, jpegs]) {
      room.port.keep(track, packets.slice(0, 2));
      const viewer = room.watch();
      await viewer.until(hasSequence(2));
      const asked = room.port.requests.length;
      room.port.end('link-closed');
      await room.port.subscribed(asked + 1);
      await viewer.until((taker) => taker.states.at(-1)?.state === 'live');
      room.port.send(packets[2]!);
      await viewer.until(hasSequence(3));
      const shown = viewer.jpegs.map((jpeg) => jpeg.sequence);
      assert.deepEqual(shown, [...new Set(shown)]);
      viewer.close();
    }
  });

  it('survive a thousand changed packets of each codec', async () => {
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const changed = (packet: Packet, sequence: number): Packet => {
      const data = Buffer.from(
        packet.data.subarray(0, random(2) === 0 ? packet.data.length : random(packet.data.length)),
      );
      for (let count = random(30); count > 0 && data.length > 0; count--) data[random(data.length)] = random(256);
      return { ...packet, data, sequence, ptsUs: sequence * 33_333, dtsUs: sequence * 33_333 };
    };
    for (const { track, packets } of [clip, jpegs]) {
      room.port.keep(track, packets.slice(0, 1));
      const viewer = room.watch(320);
      await viewer.until(hasSequence(1));
      for (let count = 0; count < 1000; count++) room.port.send(changed(packets[count % packets.length]!, count + 2));
      let sequence = 2000;
      // A decoder that failed pauses before it takes the next keyframe.
      const camera = setInterval(() => room.port.send({ ...packets[0]!, sequence: sequence++ }), 20);
      await viewer.until((taker) => (taker.jpegs.at(-1)?.sequence ?? 0) >= 2000);
      clearInterval(camera);
      viewer.close();
    }
  });

  it('leave nothing behind after a hundred viewers came and went', async () => {
    room.port.keep(clip.track, clip.packets.slice(0, 3));
    const handles = process.getActiveResourcesInfo().length;
    for (let count = 0; count < 100; count++) {
      const viewer = room.watch(count % 3 === 0 ? 320 : null);
      if (count % 5 !== 0) await viewer.until(hasSequence(3));
      viewer.close();
    }
    await room.streams.close();
    assert.equal(room.port.openCount, 0);
    assert.equal(process.getActiveResourcesInfo().length, handles);
  });
});
