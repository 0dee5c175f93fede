// One line to one camera, whose other end is the test's.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakePort, type FakeSubscription } from '../../../test/fixtures/fake-media.ts';
import { tinyJpeg } from '../../../test/fixtures/tiny-jpeg.ts';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { PushedPicture } from '../../media/types.ts';
import { PushLines } from './push-lines.ts';

const PICTURE: PushedPicture = {
  ...{ bytes: tinyJpeg(1), width: 64, height: 48, arrivedUs: 1, capturedAtUs: null },
  number: null,
};

function scene(patienceMs = 5000): {
  lines: PushLines;
  media: FakePort;
  put: (number: number) => Promise<number | string | null>;
  other: () => FakeSubscription;
} {
  const media = new FakePort();
  const lines = new PushLines({ media, patienceMs });
  const put = (number: number): Promise<number | string | null> =>
    lines.put('uid', { ...PICTURE, number }).catch((error: unknown) => (error as SightlineError).code);
  return { lines, media, put, other: () => media.of('push')[0]! };
}

const numbers = ({ sent }: FakeSubscription): (number | null)[] => sent.map(({ number }) => number);
const away = { state: 'opening', sinceUs: nowUs(), reason: null } as const;

describe('the line to a camera that is sent its pictures', () => {
  it('sends one when it is asked for one, and says the number that each got', async () => {
    const { lines, put, other } = scene();
    const first = put(1);
    assert.deepEqual(numbers(other()), []);
    other().handlers.taken?.(100);
    assert.deepEqual(numbers(other()), [1]);
    other().handlers.taken?.(101);
    assert.equal(await first, 101);
    const second = put(2);
    other().handlers.taken?.(102);
    assert.equal(await second, 102);
    lines.stop();
  });

  it('holds one picture beside the one that is under way, the newest', async () => {
    const { lines, put, other } = scene();
    const outcomes = [put(1)];
    other().handlers.taken?.(0);
    outcomes.push(...[2, 3, 4].map(put));
    assert.deepEqual(numbers(other()), [1]);
    other().handlers.taken?.(1);
    other().handlers.taken?.(2);
    assert.deepEqual(numbers(other()), [1, 4]);
    assert.deepEqual(await Promise.all(outcomes), [1, null, null, 2]);
    lines.stop();
  });

  it('sends again what was on the way when the other end went, unless a newer one waits', async () => {
    const { lines, put, other } = scene();
    const lost = put(1);
    const { handlers } = other();
    handlers.taken?.(0);
    handlers.state?.(away);
    handlers.taken?.(0);
    assert.deepEqual(numbers(other()), [1, 1]);
    const newer = put(2);
    handlers.state?.(away);
    assert.equal(await lost, null);
    handlers.taken?.(0);
    handlers.taken?.(1);
    assert.equal(await newer, 1);
    assert.deepEqual(numbers(other()), [1, 1, 2]);
    lines.stop();
  });

  it('gives up a picture that nobody takes in time, and takes the next', async () => {
    const { lines, put, other } = scene(20);
    const late = put(1);
    other().handlers.taken?.(0);
    assert.equal(await late, 'link-closed');
    const next = put(2);
    other().handlers.taken?.(1);
    other().handlers.taken?.(2);
    assert.equal(await next, 2);
    lines.stop();
  });

  it('hears why, when the camera is gone, and begins anew with the next picture', async () => {
    const { lines, media, put, other } = scene();
    const lost = [put(1), put(2)];
    const ended = other();
    media.end(ended, new SightlineError('not-found', 'It is gone.').toProblem());
    assert.deepEqual(await Promise.all(lost), [null, 'not-found']);
    assert.equal(lines.size, 0);
    const next = put(3);
    assert.notEqual(other(), ended);
    lines.stop();
    assert.equal(await next, 'stopping');
    assert.equal(await put(4), 'stopping');
    assert.equal(media.open.size, 0);
  });
});
