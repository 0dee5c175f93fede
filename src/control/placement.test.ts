// Where cameras are opened and decoded, and what becomes of those whose decoding kills its process.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CrashLedger } from './crash-ledger.ts';
import { Placement, processesFor } from './placement.ts';

const uids = (count: number) => Array.from({ length: count }, (_, index) => `uid-${index}`);
const NONE = new Set<string>();

describe('placement', () => {
  it('uses one process for up to sixteen cameras and never more than there are cores', () => {
    assert.deepEqual(
      [0, 1, 16, 17, 33, 500].map((count) => processesFor(count, 2)),
      [1, 1, 1, 2, 2, 2],
    );
  });

  it('shares cameras evenly between processes', () => {
    const places = [...new Placement(2).assign(uids(64), NONE).values()];
    assert.equal(places.filter((place) => place === '1').length, 32);
  });

  it('moves no camera when another comes', () => {
    const placement = new Placement(4);
    const before = new Map(placement.assign(uids(20), NONE));
    const after = placement.assign(uids(21), NONE);
    for (const [uid, place] of before) assert.equal(after.get(uid), place);
  });

  it('gives a suspected camera a process alone and leaves the others', () => {
    const places = new Placement(2).assign(uids(3), new Set(['uid-1']));
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
