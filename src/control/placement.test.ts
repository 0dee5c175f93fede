// Where cameras are opened and decoded, and what becomes of those whose decoding kills its process.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CrashLedger } from './crash-ledger.ts';
import { Placement, processesFor } from './placement.ts';
import type { PlacementNeeds } from './placement.ts';

const uids = (count: number) => Array.from({ length: count }, (_, index) => `uid-${index}`);
const NONE = new Set<string>();

/** Places cameras of which all are at work and none may be moved, unless said otherwise. */
function assign(placement: Placement, uids: readonly string[], changes: Partial<PlacementNeeds> = {}) {
  return placement.assign({ uids, alone: NONE, working: uids.length, movable: () => false, ...changes });
}

describe('placement', () => {
  it('uses one process for up to sixteen cameras and never more than there are cores', () => {
    assert.deepEqual(
      [0, 1, 16, 17, 33, 500].map((count) => processesFor(count, 2)),
      [1, 1, 1, 2, 2, 2],
    );
  });

  it('shares cameras evenly between processes', () => {
    const places = [...assign(new Placement(2), uids(64)).values()];
    assert.equal(places.filter((place) => place === '1').length, 32);
  });

  it('needs no second process for cameras that are not at work', () => {
    const places = new Set(assign(new Placement(2), uids(64), { working: 3 }).values());
    assert.deepEqual([...places], ['1']);
  });

  it('moves only what may be moved when a second process comes', () => {
    const placement = new Placement(2);
    assign(placement, uids(40), { working: 16 });
    const busy = new Set(uids(17));
    const after = assign(placement, uids(40), { working: 17, movable: (uid) => !busy.has(uid) });
    for (const uid of busy) assert.equal(after.get(uid), '1');
    assert.equal([...after.values()].filter((place) => place === '2').length, 20);
  });

  it('moves no camera when another comes', () => {
    const placement = new Placement(4);
    const before = new Map(assign(placement, uids(20)));
    const after = assign(placement, uids(21));
    for (const [uid, place] of before) assert.equal(after.get(uid), place);
  });

  it('gives a suspected camera a process alone and leaves the others', () => {
    const places = assign(new Placement(2), uids(3), { alone: new Set(['uid-1']) });
    assert.deepEqual([...places.values()], ['1', 'alone-uid-1', '1']);
  });
});

describe('the crash ledger', () => {
  const SECOND_US = 1_000_000;

  it('isolates a stream at its second death and quarantines it at the fifth', () => {
    const ledger = new CrashLedger();
    const sentences = [1, 2, 3, 4, 5].map((second) => {
      ledger.note(['uid-1'], second * SECOND_US);
      return ledger.sentence('uid-1');
    });
    assert.deepEqual(sentences, ['shared', 'alone', 'alone', 'alone', 'quarantined']);
  });

  it('forgives deaths that are ten minutes old', () => {
    const ledger = new CrashLedger();
    ledger.note(['uid-1'], 0);
    ledger.note(['uid-1'], 601 * SECOND_US);
    assert.equal(ledger.sentence('uid-1'), 'shared');
  });
});
