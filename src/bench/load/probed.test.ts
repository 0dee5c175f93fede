import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cameraOf } from '../../../test/fixtures/bench-sides.ts';
import { probed } from './probed.ts';

/** Pictures that arrive 40 ms apart; null: its strip could not be read. */
function see(frames: readonly (number | null)[], loopFrames: number | null = null) {
  const pictures = frames.map((frame, at) => {
    return { arrivedUs: at * 40_000, strip: frame === null ? null : { frame, timeUs: at * 40_000 - 30_000 } };
  });
  const seen = probed(pictures, cameraOf({ loopFrames, capturedAtUs: ({ timeUs }) => timeUs }));
  return seen && [seen.unread, seen.lost, seen.repeated, seen.reordered];
}

it('the probe counts frames that did not come, over the end of a loop too', () => {
  assert.deepEqual(see([5, 6, 9, 10]), [0, 2, 0, 0]);
  assert.deepEqual(see([97, 98, 0, 1], 100), [0, 1, 0, 0]);
  assert.deepEqual(see([0, 40, 80, 20, 60, 0], 100), [0, 195, 0, 0]);
});

it('a frame that comes late is out of order, not lost; one that comes again is repeated', () => {
  assert.deepEqual(see([1, 3, 2, 4]), [0, 0, 0, 1]);
  assert.deepEqual(see([1, 2, 2, 3, 2]), [0, 0, 2, 0]);
  assert.deepEqual(see([99, 1, 0, 2, 1], 100), [0, 0, 1, 1]);
  assert.deepEqual(see([3, 1, 4]), [0, 0, 0, 1]);
});

it('a picture whose strip cannot be read is counted as such, and no frame as lost that it may be', () => {
  assert.deepEqual(see([1, null, 3, 6, null]), [2, 2, 0, 0]);
  assert.equal(see([null, null]), null);
  assert.equal(see([]), null);
  assert.equal(probed([{ arrivedUs: 1, strip: { frame: 1, timeUs: 0 } }], cameraOf({ capturedAtUs: null })), null);
});
