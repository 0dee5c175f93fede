// Codec's answers to subscriptions, on real H.264 and JPEG from a port that the test plays.

import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { h264Clip, mjpegClip } from '../../test/fixtures/clips.ts';
import type { Clip } from '../../test/fixtures/clips.ts';
import { FakePort, FeedTaker } from '../../test/fixtures/fake-port.ts';
import { nowUs } from '../base/clock.ts';
import { jpegSize } from '../media/jpeg.ts';
import type { Packet } from '../media/types.ts';
import { nativeStats } from './ffmpeg/native.ts';
import { CodecStreams } from './streams.ts';

const KEY = 'camera/main';
const SIZE = { width: 640, height: 360 };
const GRAPH = 'testsrc2=size=640x360:rate=30';
/** A test waits for events; this is only how long until it is called hung. */
const LIMIT = { timeout: 20_000 };

let clip: Clip;
let jpegs: Clip;
let port: FakePort;
let streams: CodecStreams;
const takers: FeedTaker[] = [];

function watch(width: number | null = null, quality: number | null = null): FeedTaker {
  const taker = new FeedTaker(streams.provide({ kind: 'jpegs', key: KEY, width, quality }));
  takers.push(taker);
  return taker;
}

function snapshot(maxAgeMs: number, width: number | null = null): FeedTaker {
  const taker = new FeedTaker(streams.provide({ kind: 'snapshot', key: KEY, width, quality: null, maxAgeMs }));
  takers.push(taker);
  return taker;
}

const hasEnded = (taker: FeedTaker): boolean => taker.messages.at(-1)?.kind === 'end';
const hasSequence = (sequence: number) => (taker: FeedTaker) => taker.jpegs.at(-1)?.sequence === sequence;

/** The same pictures, captured at this moment. */
function fresh(packets: readonly Packet[]): Packet[] {
  return packets.map((packet) => ({ ...packet, stamp: { capturedAtUs: nowUs(), clock: 'arrival' } }));
}

before(async () => {
  clip = await h264Clip({ graph: GRAPH, frames: 60, ...SIZE });
  jpegs = await mjpegClip({ graph: GRAPH, frames: 5, ...SIZE });
});

beforeEach(() => {
  port = new FakePort();
  streams = new CodecStreams({ port });
});

afterEach(async () => {
  for (const taker of takers.splice(0)) taker.close();
  await streams.close();
  assert.equal(port.openCount, 0);
  assert.equal(nativeStats().calls, 0);
});

describe('codec streams', LIMIT, () => {
  it('show the last kept picture first, then the live ones', async () => {
    port.keep(clip.track, clip.packets.slice(0, 20));
    const viewer = watch();
    await viewer.until(hasSequence(20));
    assert.equal(viewer.jpegs.length, 1);
    assert.equal(streams.reports()[0]?.decoded, 20);
    assert.equal(viewer.states[0]?.state, 'live');
    for (const packet of clip.packets.slice(20, 23)) {
      port.send(packet);
      await viewer.until(hasSequence(packet.sequence));
    }
    assert.equal(viewer.jpegs.length, 4);
    assert.equal(viewer.jpegs[3]?.stamp, clip.packets[22]?.stamp);
  });

  it('encode each picture once for all who watch the same size', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [watch(320), watch(320), watch(300), watch(320, 80)];
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    port.send(clip.packets[1]!);
    for (const viewer of viewers) await viewer.until(hasSequence(2));
    assert.equal(streams.reports()[0]?.encoded, 2);
    assert.equal(streams.reports()[0]?.encodings, 1);
    assert.equal(viewers[0]?.jpegs[1], viewers[3]?.jpegs[1]);
    assert.equal(port.requests.length, 1);
  });

  it('refuse a ninth encoding of a camera and take it when another has ended', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [30, 40, 50, 60, 70, 80, 90].map((quality) => watch(320, quality));
    viewers.push(watch(160));
    assert.throws(() => watch(480), { code: 'too-many-encodings', status: 429 });
    watch(160);
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    viewers[0]!.close();
    await watch(480).until(hasSequence(1));
    assert.equal(streams.reports()[0]?.encodings, 8);
  });

  it('stop decoding when nobody watches, and begin again', async () => {
    port.keep(clip.track, clip.packets.slice(0, 3));
    for (let round = 0; round < 3; round++) {
      const viewer = watch(160);
      await viewer.until(hasSequence(3));
      viewer.close();
      assert.equal(streams.reports()[0]?.encodings, 0);
    }
    assert.equal(streams.reports()[0]?.decoded, 9);
  });

  it('follow a change of size in mid-stream', async () => {
    port.keep(clip.track, clip.packets.slice(0, 2));
    const viewer = watch();
    await viewer.until(hasSequence(2));
    const size = { width: 320, height: 240 };
    const other = await h264Clip({
      graph: 'testsrc2=size=320x240:rate=30',
      frames: 2,
      ...size,
      epoch: 2,
      firstSequence: 3,
    });
    port.tracks(other.track, 2);
    port.send(...other.packets);
    await viewer.until(hasSequence(4));
    assert.deepEqual(jpegSize(viewer.jpegs.at(-1)!.bytes), size);
  });

  it('pass a camera’s own JPEGs through untouched, and decode them for other sizes', async () => {
    port.keep(jpegs.track, jpegs.packets.slice(0, 1));
    const viewer = watch();
    await viewer.until(hasSequence(1));
    assert.equal(viewer.jpegs[0]?.bytes, jpegs.packets[0]?.data);
    assert.equal(streams.reports()[0]?.decoding, false);
    assert.equal(streams.reports()[0]?.decoded, 0);
    const small = watch(320);
    await small.until(hasSequence(1));
    assert.deepEqual(jpegSize(small.jpegs[0]!.bytes), { width: 320, height: 180 });
    port.send(jpegs.packets[1]!);
    await Promise.all([small.until(hasSequence(2)), viewer.until(hasSequence(2))]);
    assert.equal(viewer.jpegs[1]?.bytes, jpegs.packets[1]?.data);
  });

  it('keep an open response through a change of codec, both ways', async () => {
    port.keep(jpegs.track, jpegs.packets.slice(0, 1));
    const viewer = watch();
    await viewer.until(hasSequence(1));
    port.keep(clip.track, clip.packets.slice(0, 5));
    port.tracks(clip.track, 2);
    port.keep(clip.track, clip.packets.slice(0, 5));
    await viewer.until(hasSequence(5));
    assert.notEqual(viewer.jpegs.at(-1)?.bytes, clip.packets[4]?.data);
    port.tracks(jpegs.track, 3);
    port.keep(jpegs.track, jpegs.packets.slice(0, 2));
    await viewer.until((taker) => taker.jpegs.at(-1)?.bytes === jpegs.packets[1]?.data);
  });

  it('show nothing between a gap and the next keyframe', async () => {
    port.keep(clip.track, clip.packets.slice(0, 2));
    const viewer = watch();
    await viewer.until(hasSequence(2));
    port.gap(3);
    port.send(...clip.packets.slice(5, 30));
    port.send(clip.packets[30]!);
    await viewer.until(hasSequence(31));
    port.send({ ...clip.packets[31]!, discontinuity: true }, ...clip.packets.slice(32, 40));
    port.send({ ...clip.packets[0]!, sequence: 90 });
    await viewer.until(hasSequence(90));
    assert.deepEqual(
      viewer.jpegs.map((jpeg) => jpeg.sequence),
      [1, 2, 31, 90].slice(-viewer.jpegs.length),
    );
  });

  it('go on after damaged and random packets', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const viewer = watch();
    await viewer.until(hasSequence(1));
    const cut = clip.packets
      .slice(1, 10)
      .map((packet) => ({ ...packet, damaged: true, data: packet.data.subarray(0, 90) }));
    const noise = clip.packets.slice(10, 20).map((packet) => ({ ...packet, data: Buffer.alloc(700, 0xa7) }));
    port.send(...cut, ...noise, clip.packets[30]!, clip.packets[31]!);
    await viewer.until(hasSequence(32));
  });

  it('say decode-failed when nothing can be decoded, and take it back', async () => {
    const noise = clip.packets.slice(0, 40).map((packet) => ({ ...packet, data: Buffer.alloc(700, 0xa7) }));
    port.keep(clip.track, noise);
    const viewer = watch();
    await viewer.until((taker) => taker.states.at(-1)?.reason?.code === 'decode-failed');
    assert.equal(streams.reports()[0]?.problem?.code, 'decode-failed');
    port.send(...clip.packets.slice(30, 32).map((packet) => ({ ...packet, sequence: packet.sequence + 100 })));
    await viewer.until(hasSequence(132));
    await viewer.until((taker) => taker.states.at(-1)?.state === 'live');
    assert.equal(streams.reports()[0]?.problem, null);
  });

  it('say codec-unsupported with the codec’s name', async () => {
    port.keep({ ...clip.track, codec: 'aac' }, []);
    const viewer = watch();
    await viewer.until((taker) => taker.states.at(-1)?.reason?.code === 'codec-unsupported');
    assert.match(viewer.states.at(-1)?.reason?.text ?? '', /aac/);
  });

  it('say that a stream has no video', async () => {
    port.keep({ ...clip.track, kind: 'audio', codec: 'aac' }, []);
    const viewers = [watch(), watch(320)];
    for (const viewer of viewers) await viewer.until((taker) => taker.states.at(-1)?.reason?.code === 'decode-failed');
    assert.match(viewers[0]?.states.at(-1)?.reason?.text ?? '', /no video/);
  });

  it('tell viewers what the origin says of the camera', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const viewer = watch();
    await viewer.until(hasSequence(1));
    port.state('stalled', 'camera-stalled');
    await viewer.until((taker) => taker.states.at(-1)?.state === 'stalled');
    assert.equal(viewer.states.at(-1)?.reason?.code, 'camera-stalled');
    const late = watch();
    await late.until((taker) => taker.states.at(-1)?.state === 'stalled');
    assert.equal(late.jpegs.length, 0);
  });

  it('subscribe again when the origin’s process died, while the viewer’s response goes on', async () => {
    port.keep(clip.track, clip.packets.slice(0, 2));
    const viewer = watch();
    await viewer.until(hasSequence(2));
    port.keep(clip.track, clip.packets.slice(30, 33));
    port.end('link-closed');
    await viewer.until(hasSequence(33));
    assert.deepEqual(
      viewer.states.map(({ state }) => state),
      ['live', 'opening', 'live'],
    );
    assert.equal(hasEnded(viewer), false);
  });

  it('give a slow viewer the newest picture and say how many it missed', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const quick = watch();
    await quick.until(hasSequence(1));
    const slow = streams.provide({ kind: 'jpegs', key: KEY, width: null, quality: null });
    for (const packet of clip.packets.slice(1, 6)) {
      port.send(packet);
      await quick.until(hasSequence(packet.sequence));
    }
    const late = new FeedTaker(slow);
    takers.push(late);
    const said = late.messages.map((message) => (message.kind === 'gap' ? message.dropped : message.kind));
    assert.deepEqual(said, ['state', 5, 'jpeg']);
    assert.equal(late.jpegs[0], quick.jpegs.at(-1));
  });

  it('show a picture once although it comes again with a new subscription', async () => {
    for (const { track, packets } of [clip, jpegs]) {
      port.keep(track, packets.slice(0, 2));
      const viewer = watch();
      await viewer.until(hasSequence(2));
      const asked = port.requests.length;
      port.end('link-closed');
      await port.subscribed(asked + 1);
      await viewer.until((taker) => taker.states.at(-1)?.state === 'live');
      port.send(packets[2]!);
      await viewer.until(hasSequence(3));
      const shown = viewer.jpegs.map((jpeg) => jpeg.sequence);
      assert.deepEqual(shown, [...new Set(shown)]);
      viewer.close();
    }
  });

  it('skip pictures, never delay them, when packets come faster than they can be encoded', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const viewers = [watch(null, 90), watch(null, 70), watch(480)];
    for (const viewer of viewers) await viewer.until(hasSequence(1));
    port.send(...clip.packets.slice(1));
    for (const viewer of viewers) await viewer.until(hasSequence(60));
    for (const { jpegs: shown } of viewers) {
      assert.ok(shown.length < 20, `${shown.length} of 60`);
      assert.ok(shown.every((jpeg, index) => index === 0 || jpeg.sequence > shown[index - 1]!.sequence));
    }
    assert.equal(streams.reports()[0]?.decoded, 60);
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
      port.keep(track, packets.slice(0, 1));
      const viewer = watch(320);
      await viewer.until(hasSequence(1));
      for (let count = 0; count < 1000; count++) port.send(changed(packets[count % packets.length]!, count + 2));
      let sequence = 2000;
      // A decoder that failed pauses before it takes the next keyframe.
      const camera = setInterval(() => port.send({ ...packets[0]!, sequence: sequence++ }), 20);
      await viewer.until((taker) => (taker.jpegs.at(-1)?.sequence ?? 0) >= 2000);
      clearInterval(camera);
      viewer.close();
    }
  });

  it('leave nothing behind after a hundred viewers came and went', async () => {
    port.keep(clip.track, clip.packets.slice(0, 3));
    const handles = process.getActiveResourcesInfo().length;
    for (let count = 0; count < 100; count++) {
      const viewer = watch(count % 3 === 0 ? 320 : null);
      if (count % 5 !== 0) await viewer.until(hasSequence(3));
      viewer.close();
    }
    await streams.close();
    assert.equal(port.openCount, 0);
    assert.equal(process.getActiveResourcesInfo().length, handles);
  });

  it('end every subscription with stopping when they close', async () => {
    port.keep(clip.track, clip.packets.slice(0, 1));
    const viewer = watch();
    await viewer.until(hasSequence(1));
    await streams.close();
    const end = viewer.messages.at(-1);
    assert.equal(end?.kind === 'end' && end.problem?.code, 'stopping');
    assert.throws(() => watch(), { code: 'stopping' });
  });
});

describe('snapshots', LIMIT, () => {
  it('answer from the newest JPEG while the size is being watched', async () => {
    port.keep(clip.track, fresh(clip.packets.slice(0, 1)));
    const viewer = watch(320);
    await viewer.until(hasSequence(1));
    const asked = snapshot(10_000, 320);
    assert.deepEqual(
      asked.messages.map(({ kind }) => kind),
      ['jpeg', 'end'],
    );
    assert.equal(asked.jpegs[0], viewer.jpegs[0]);
  });

  it('decode the kept group for its last picture, once for all who ask', async () => {
    port.keep(clip.track, fresh(clip.packets.slice(0, 10)));
    const asked = Array.from({ length: 20 }, () => snapshot(10_000));
    for (const one of asked) await one.until(hasEnded);
    assert.deepEqual(new Set(asked.map((one) => one.jpegs[0]?.sequence)), new Set([10]));
    assert.equal(streams.reports()[0]?.encoded, 1);
    assert.equal(streams.reports()[0]?.decoded, 10);
    assert.equal(port.requests.length <= 2, true);
  });

  it('wait for the next picture when the kept one is too old', async () => {
    const [old] = fresh(clip.packets.slice(0, 1));
    const asLongAgo = { ...old!, stamp: { capturedAtUs: nowUs() - 5e6, clock: 'arrival' } as const };
    port.keep(clip.track, [asLongAgo]);
    const patient = watch();
    const asked = snapshot(1000);
    await patient.until(hasSequence(1));
    assert.equal(asked.jpegs.length, 0);
    port.send(...fresh(clip.packets.slice(1, 2)));
    await asked.until(hasEnded);
    assert.equal(asked.jpegs[0]?.sequence, 2);
  });
});

describe('slates', LIMIT, () => {
  it('are JPEGs of a bounded size, made once', async () => {
    const lines = ['The camera is not answering', 'since 12:00: nothing listens on that port, so check the address'];
    const request = { kind: 'slate', width: 100_000, height: 721, lines } as const;
    const [first, second] = [new FeedTaker(streams.provide(request)), new FeedTaker(streams.provide(request))];
    await Promise.all([first.until(hasEnded), second.until(hasEnded)]);
    assert.deepEqual(jpegSize(first.jpegs[0]!.bytes), { width: 1920, height: 720 });
    assert.equal(first.jpegs[0], second.jpegs[0]);
  });
});
