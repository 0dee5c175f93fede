import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Hub } from '../base/hub.ts';
import { Due } from '../media/due.ts';
import type { Jpeg } from '../media/types.ts';
import type { Frame } from './ffmpeg/frame.ts';
import { JpegEncoding } from './jpeg-encoding.ts';
import { StreamStatus } from './stream-status.ts';

const frame = (sequence: number) =>
  ({
    sequence,
    stamp: { capturedAtUs: sequence * 33_333, clock: 'rtcp' },
    retain: () => undefined,
    release: () => undefined,
  }) as unknown as Frame;

describe('an encoding that sheds load', () => {
  it('takes every second frame, also when the first one that comes is one that it leaves out', async () => {
    const frames = new Hub<Frame>({
      name: 'frames',
      traits: { bytes: () => 1, startsGroup: () => true },
      graceMs: 0,
      keep: null,
      open: () => Promise.resolve(() => Promise.resolve()),
    });
    const encoder = {
      encode: ({ sequence }: Frame) => Promise.resolve({ sequence } as Jpeg),
      close: () => Promise.resolve(),
    };
    const status = new StreamStatus();
    status.load = 2;
    const seen: number[] = [];
    const encoding = new JpegEncoding({ frames, status, demand: new Due(null) }, encoder, ({ sequence }) => {
      seen.push(sequence);
    });
    for (let sequence = 1; sequence <= 6; sequence++) {
      frames.publish(frame(sequence));
      await new Promise(setImmediate);
    }
    await encoding.close();
    assert.deepEqual(seen, [2, 4, 6]);
    assert.equal(status.counters.dropped, 3);
  });
});
