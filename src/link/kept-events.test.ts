import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeEvent } from '../../test/fixtures/events.ts';
import { KeptEvents } from './kept-events.ts';
import { KEPT_PICTURES } from './processors.ts';

const ids = (events: readonly { readonly id: number }[]): number[] => events.map(({ id }) => id);
const from = (first: number, last: number, step = 1): number[] => {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
};

describe('kept events', () => {
  it('are found by id, and those after any id, kept or not', () => {
    const kept = new KeptEvents();
    kept.add(from(10, 100, 10).map((id) => makeEvent(id)));
    assert.deepEqual(ids(kept.after(0)), from(10, 100, 10));
    assert.deepEqual(ids(kept.after(80)), [90, 100]);
    assert.deepEqual(ids(kept.after(85)), [90, 100]);
    assert.deepEqual(ids(kept.after(100)), []);
    assert.deepEqual(ids(kept.after(Number.MAX_SAFE_INTEGER)), []);
    assert.deepEqual(
      [kept.find(50)?.id, kept.find(55), kept.find(0), kept.find(101)],
      [50, undefined, undefined, undefined],
    );
    assert.equal(kept.newestId, 100);
  });

  it('are the newest thousand', () => {
    const kept = new KeptEvents();
    kept.add(from(1, 900).map((id) => makeEvent(id)));
    kept.add(from(901, 1500).map((id) => makeEvent(id)));
    assert.deepEqual(ids(kept.after(0)), from(501, 1500));
  });

  it('are no more than two megabytes', () => {
    const kept = new KeptEvents();
    const size = JSON.stringify(makeEvent(100, { data: { text: 'x'.repeat(10_000) } })).length;
    for (const id of from(100, 500)) kept.add([makeEvent(id, { data: { text: 'x'.repeat(10_000) } })]);
    const left = kept.after(0);
    assert.equal(left.length, Math.floor((2 * 1024 * 1024) / size));
    assert.equal(left.at(-1)?.id, 500);
    kept.retain(new Set());
    kept.add(from(501, 1400).map((id) => makeEvent(id)));
    assert.equal(kept.after(0).length, 900, 'what was forgotten takes no room');
  });

  it('are given newest first in, oldest first out, where they match', () => {
    const kept = new KeptEvents();
    kept.add(from(1, 20).map((id) => makeEvent(id, { type: id % 2 === 0 ? 'even' : 'odd' })));
    assert.deepEqual(ids(kept.newest(3)), [18, 19, 20]);
    assert.deepEqual(ids(kept.newest(3, ({ type }) => type === 'odd')), [15, 17, 19]);
    assert.deepEqual(ids(kept.newest(0)), []);
  });

  it('are kept already when listeners hear of them, and are heard of no more after the end', () => {
    const kept = new KeptEvents();
    const heard: number[] = [];
    const end = kept.listen((events) => {
      assert.equal(kept.find(events[0]!.id), events[0]);
      heard.push(...ids(events));
    });
    kept.add([makeEvent(1), makeEvent(2)]);
    kept.add([]);
    end();
    kept.add([makeEvent(3)]);
    assert.deepEqual(heard, [1, 2]);
  });

  it('have a picture while their frame is among the newest with events of its camera', () => {
    const kept = new KeptEvents();
    kept.add(
      from(1, KEPT_PICTURES + 1).flatMap((n) => [
        makeEvent(2 * n, { sequence: n }),
        makeEvent(2 * n + 1, { sequence: n }),
      ]),
    );
    kept.add([makeEvent(1000, { uid: 'uid-yard', sequence: 1 })]);
    const pictured = kept.after(0).filter((event) => kept.hasPicture(event));
    assert.deepEqual(ids(pictured), [...from(4, 2 * KEPT_PICTURES + 3), 1000]);
  });
});
