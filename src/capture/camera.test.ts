// One camera under the hands of a fake source: sessions, states, numbers.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { drained } from '../../test/fixtures/drained.ts';
import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { Feed } from '../link/types.ts';
import { CaptureCamera } from './camera.ts';
import { FakeSource, H264_TRACK, MJPEG_TRACK, unit } from '../../test/fixtures/fake-source.ts';
import { feedOf } from './feeds.ts';

const KEY = 'uid-1/main';
const opened: CaptureCamera[] = [];

function spec(changes: Partial<CameraSpec> = {}): CameraSpec {
  return {
    uid: 'uid-1',
    id: 'door',
    address: parseAddress('rtsp://127.0.0.1/x', { cwd: '/' }),
    always: false,
    enabled: true,
    tlsVerify: true,
    sequenceBase: 0,
    epochBase: 0,
    guard: null,
    ...changes,
  };
}

function camera(source: FakeSource, changes: Partial<CameraSpec> = {}): CaptureCamera {
  const made = new CaptureCamera({ spec: spec(changes), source, onChange: () => undefined, graceMs: 0 });
  opened.push(made);
  return made;
}

function packets(made: CaptureCamera): Feed {
  return feedOf(made, { kind: 'packets', key: KEY, reader: { start: 'group', policy: 'groups' } });
}

function kinds(feed: Feed): string[] {
  return drained(feed).map((message) => (message.kind === 'state' ? message.state.state : message.kind));
}

async function until(made: CaptureCamera, done: () => boolean): Promise<void> {
  if (done()) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const unlisten = made.listen(() => done() && resolve(undefined));
  await promise;
  unlisten();
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((made) => made.close()));
});

describe('a camera', () => {
  it('is opened by its first reader and is one session for a thousand', async () => {
    const source = new FakeSource();
    const made = camera(source);
    assert.equal(made.state.state, 'idle');
    const feeds = Array.from({ length: 1000 }, () => packets(made));
    const sink = await source.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit());
    for (const feed of feeds) assert.deepEqual(kinds(feed), ['live', 'tracks', 'packet']);
    assert.equal(source.sessions, 1);
    for (const feed of feeds) feed.close();
    await until(made, () => made.state.state === 'idle');
    assert.equal(source.open, 0);
  });

  it('drops what comes before the first keyframe, yet counts it in the sequence', async () => {
    const source = new FakeSource();
    const feed = packets(camera(source));
    const sink = await source.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit({ key: false }));
    sink.unit(unit({ key: false }));
    sink.unit(unit());
    const [packet] = drained(feed).flatMap((message) => (message.kind === 'packet' ? [message.packet] : []));
    assert.equal(packet?.sequence, 3);
    assert.equal(packet.group, 3);
    assert.equal(packet.discontinuity, true);
  });

  it('says failed with the reason, tries again, and is live again with a new epoch and rising numbers', async () => {
    const source = new FakeSource();
    const made = camera(source);
    const feed = packets(made);
    const first = await source.opened();
    first.begin([H264_TRACK]);
    first.unit(unit());
    drained(feed);
    source.fail(new SightlineError('camera-refused', 'connect to 127.0.0.1:554 was refused'));
    await until(made, () => made.state.state === 'failed');
    assert.equal(made.state.reason?.code, 'camera-refused');
    const second = await source.opened();
    second.begin([H264_TRACK]);
    second.unit(unit());
    const messages = drained(feed);
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ['state', 'tracks', 'packet'],
    );
    const packet = messages.find((message) => message.kind === 'packet');
    assert.equal(packet?.packet.epoch, 2);
    assert.equal(packet.packet.sequence, 2);
    assert.equal(made.state.state, 'live');
  });

  it('keeps saying since when there is no picture while the reason changes', async () => {
    const source = new FakeSource();
    const made = camera(source);
    packets(made);
    await source.opened();
    source.fail(new SightlineError('camera-stalled', 'nothing came for 5 s'));
    await until(made, () => made.state.state === 'stalled');
    const { sinceUs } = made.state;
    await source.opened();
    source.fail(new SightlineError('camera-refused', 'connect was refused'));
    await until(made, () => made.state.state === 'failed');
    assert.equal(made.state.sinceUs, sinceUs);
  });

  it('begins an epoch when its tracks change in mid-stream, and old packets are not mixed with new tracks', async () => {
    const source = new FakeSource();
    const feed = packets(camera(source));
    const sink = await source.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit());
    sink.begin([{ ...H264_TRACK, width: 640, height: 360 }]);
    sink.unit(unit());
    const tracks = drained(feed).flatMap((message) => (message.kind === 'tracks' ? [message.tracks[0]?.width] : []));
    assert.deepEqual(tracks, [640]);
  });

  it('goes on with the numbers that control gives after its process was replaced', async () => {
    const source = new FakeSource();
    const made = camera(source, { sequenceBase: 5000, epochBase: 40 });
    const feed = packets(made);
    const sink = await source.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit());
    const packet = drained(feed).find((message) => message.kind === 'packet');
    assert.equal(packet?.packet.sequence, 5001);
    assert.equal(packet.packet.epoch, 41);
  });

  it('stays open without a reader when it is configured so', async () => {
    const source = new FakeSource();
    const made = camera(source, { always: true });
    const sink = await source.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit());
    assert.equal(made.state.state, 'live');
    assert.equal(made.report().sessions, 1);
  });
});

describe('a camera that sends JPEG', () => {
  it('is passed through untouched, newest picture first', async () => {
    const source = new FakeSource();
    const made = camera(source);
    const feed = feedOf(made, { kind: 'jpegs', key: KEY, width: null, quality: null });
    const sink = await source.opened();
    sink.begin([MJPEG_TRACK]);
    const data = Buffer.from('newest');
    sink.unit(unit());
    sink.unit(unit());
    sink.unit(unit({ data }));
    const messages = drained(feed);
    const jpeg = messages.find((message) => message.kind === 'jpeg');
    assert.equal(jpeg?.jpeg.bytes, data);
    assert.equal(messages.find((message) => message.kind === 'gap')?.dropped, 2);
  });

  it('is passed through as often as was asked for', async () => {
    const source = new FakeSource();
    const feed = feedOf(camera(source), { kind: 'jpegs', key: KEY, width: null, quality: null, fps: 10 });
    const sink = await source.opened();
    sink.begin([MJPEG_TRACK]);
    let passed = 0;
    for (let n = 0; n < 60; n += 1) {
      sink.unit(unit({ stamp: { capturedAtUs: (n * 1e6) / 30, clock: 'arrival' } }));
      passed += drained(feed).filter(({ kind }) => kind === 'jpeg').length;
    }
    assert.ok(Math.abs(passed - 20) <= 2, `${passed}`);
  });

  it('answers one who asks for its pictures with stream-moved when it turns out to send H.264', async () => {
    const source = new FakeSource();
    const feed = feedOf(camera(source), { kind: 'jpegs', key: KEY, width: null, quality: null });
    const sink = await source.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit());
    const end = drained(feed).find((message) => message.kind === 'end');
    assert.equal(end?.problem?.code, 'stream-moved');
  });

  it('gives a snapshot from what it keeps when that is young, else the next picture', async () => {
    const source = new FakeSource();
    const made = camera(source);
    packets(made);
    const sink = await source.opened();
    sink.begin([MJPEG_TRACK]);
    sink.unit(unit());
    const young = feedOf(made, { kind: 'snapshot', key: KEY, width: null, quality: null, maxAgeMs: 1000 });
    assert.deepEqual(kinds(young), ['live', 'jpeg', 'end']);
    const fresh = feedOf(made, { kind: 'snapshot', key: KEY, width: null, quality: null, maxAgeMs: 0 });
    assert.deepEqual(kinds(fresh), ['live']);
    sink.unit(unit());
    assert.deepEqual(kinds(fresh), ['jpeg', 'end']);
  });
});
