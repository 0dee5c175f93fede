// One fresh picture, and slates, as the link gets them from codec.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CodecRoom, fresh, hasEnded, hasSequence } from '../../test/fixtures/codec-room.ts';
import { FeedTaker } from '../../test/fixtures/fake-port.ts';
import { clip } from '../../test/fixtures/origin-clips.ts';
import { nowUs } from '../base/clock.ts';
import { jpegSize } from '../media/jpeg.ts';

/** A test waits for events; this is only how long until it is called hung. */
const LIMIT = { timeout: 20_000 };

let room: CodecRoom;

beforeEach(() => {
  room = new CodecRoom();
});

afterEach(() => room.close());

describe('snapshots', LIMIT, () => {
  it('answer from the newest JPEG while the size is being watched', async () => {
    room.port.keep(clip.track, fresh(clip.packets.slice(0, 1)));
    const viewer = room.watch(320);
    await viewer.until(hasSequence(1));
    const asked = room.snapshot(10_000, 320);
    assert.deepEqual(
      asked.messages.map(({ kind }) => kind),
      ['jpeg', 'end'],
    );
    assert.equal(asked.jpegs[0], viewer.jpegs[0]);
  });

  it('decode the kept group for its last picture, once for all who ask', async () => {
    room.port.keep(clip.track, fresh(clip.packets.slice(0, 10)));
    const asked = Array.from({ length: 20 }, () => room.snapshot(10_000));
    for (const one of asked) await one.until(hasEnded);
    assert.deepEqual(new Set(asked.map((one) => one.jpegs[0]?.sequence)), new Set([10]));
    assert.equal(room.streams.reports()[0]?.encoded, 1);
    assert.equal(room.streams.reports()[0]?.decoded, 10);
    assert.equal(room.port.requests.length <= 2, true);
  });

  it('wait for the next picture when the kept one is too old', async () => {
    const [old] = fresh(clip.packets.slice(0, 1));
    const asLongAgo = { ...old!, stamp: { capturedAtUs: nowUs() - 5e6, clock: 'arrival' } as const };
    room.port.keep(clip.track, [asLongAgo]);
    const patient = room.watch();
    const asked = room.snapshot(1000);
    await patient.until(hasSequence(1));
    assert.equal(asked.jpegs.length, 0);
    room.port.send(...fresh(clip.packets.slice(1, 2)));
    await asked.until(hasEnded);
    assert.equal(asked.jpegs[0]?.sequence, 2);
  });
});

describe('slates', LIMIT, () => {
  it('are JPEGs of a bounded size, made once', async () => {
    const lines = ['The camera is not answering', 'since 12:00: nothing listens on that port, so check the address'];
    const request = { kind: 'slate', width: 100_000, height: 721, lines } as const;
    const [first, second] = [
      new FeedTaker(room.streams.provide(request)),
      new FeedTaker(room.streams.provide(request)),
    ];
    await Promise.all([first.until(hasEnded), second.until(hasEnded)]);
    assert.deepEqual(jpegSize(first.jpegs[0]!.bytes), { width: 1920, height: 720 });
    assert.equal(first.jpegs[0], second.jpegs[0]);
  });
});
