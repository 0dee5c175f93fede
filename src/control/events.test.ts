import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { measureWallOffsetUs, nowUs, setWallOffsetUs, wallUs } from '../base/clock.ts';
import type { KeptEvent, ProcessorEvent } from '../link/processors.ts';
import { Events } from './events.ts';
import type { Note } from './log.ts';

const DOOR = { uid: 'uid-door', id: 'door' };

function found(more: Partial<ProcessorEvent> = {}): ProcessorEvent {
  const frame = { capturedAtUs: nowUs(), clock: 'rtcp', sequence: 7 } as const;
  return { uid: DOOR.uid, processor: 'motion', type: 'started', ...frame, boxes: [], data: {}, ...more };
}

const many = (count: number, more: Partial<ProcessorEvent> = {}): ProcessorEvent[] => {
  return Array.from({ length: count }, (_, index) => found({ sequence: index, ...more }));
};

describe('the events that control takes', () => {
  let warnings: string[];
  let notes: Note[];
  let events: Events;

  const make = (): Events => {
    const quiet = (): void => undefined;
    const log = {
      debug: quiet,
      info: quiet,
      warn: (_: object, text: string) => void warnings.push(text),
      error: quiet,
    };
    return new Events({ log, journal: { note: (note) => void notes.push(note) } });
  };
  const all = (of = events): readonly KeptEvent[] => of.kept.after(0);

  beforeEach(() => {
    warnings = [];
    notes = [];
    events = make();
  });

  it("carry their camera's id of then and their capture time on the wall", () => {
    const event = found({ data: { peak: 3 } });
    events.take(DOOR, [event]);
    events.take({ ...DOOR, id: 'gate' }, [found()]);
    const [first, second] = all();
    assert.deepEqual([first?.camera, second?.camera], ['door', 'gate']);
    assert.equal(first?.capturedUnixUs, Math.round(wallUs(event.capturedAtUs)));
    assert.deepEqual([first.data, first.sequence, first.clock], [{ peak: 3 }, 7, 'rtcp']);
    assert.ok(!('capturedAtUs' in first), 'no monotonic time goes out');
  });

  it('have ids that rise: all of one moment, after a restart, and when the clock is set back', () => {
    events.take(DOOR, many(50));
    const restarted = make();
    restarted.take(DOOR, [found()]);
    try {
      setWallOffsetUs(measureWallOffsetUs() - 3600e6);
      restarted.take(DOOR, [found()]);
    } finally {
      setWallOffsetUs(measureWallOffsetUs());
    }
    const ids = [...all(), ...all(restarted)].map(({ id }) => id);
    assert.equal(ids.length, 52);
    assert.deepEqual(
      ids,
      [...new Set(ids)].toSorted((a, b) => a - b),
    );
    assert.ok(Math.abs(ids[0]! - wallUs(nowUs())) < 60e6, 'Unix time in microseconds');
  });

  it('are limited where a processor floods, which is said once, and does not touch another', () => {
    for (let round = 0; round < 5; round++) events.take(DOOR, many(100));
    events.take(DOOR, [found({ processor: 'qr' })]);
    const byProcessor = Map.groupBy(all(), ({ processor }) => processor);
    assert.ok(byProcessor.get('motion')!.length <= 200, 'a second may have ended meanwhile');
    assert.equal(byProcessor.get('qr')?.length, 1);
    assert.deepEqual(warnings, ['the processor gave more than 100 events in a second: the rest is dropped']);
    assert.deepEqual(
      notes.map(({ about, level }) => [about?.id, level]),
      [['door', 'warn']],
    );
  });

  it('are dropped when they are too large, which is said once', () => {
    const large = found({ data: { text: 'x'.repeat(20_000) } });
    events.take(DOOR, [large, found(), large]);
    assert.equal(all().length, 1);
    assert.deepEqual(warnings, ['the processor gave an event of more than 16 KB: such are dropped']);
  });

  it('are counted by type, of which there is a bounded number', () => {
    events.take(DOOR, [found(), found(), found({ type: 'ended' })]);
    events.take(
      DOOR,
      Array.from({ length: 40 }, (_, index) => found({ processor: 'wild', type: `t${index}` })),
    );
    const counts = events.counts();
    assert.deepEqual(
      counts.filter(({ processor }) => processor === 'motion').map(({ type, count }) => [type, count]),
      [
        ['started', 2],
        ['ended', 1],
      ],
    );
    const wild = counts.filter(({ processor }) => processor === 'wild');
    assert.equal(wild.length, 33);
    assert.equal(wild.find(({ type }) => type === 'other')?.count, 8);
  });

  it('go with their camera', () => {
    events.take(DOOR, [found()]);
    events.take({ uid: 'uid-yard', id: 'yard' }, [found({ uid: 'uid-yard' })]);
    events.retain(new Set(['uid-yard']));
    assert.deepEqual(
      all().map(({ camera }) => camera),
      ['yard'],
    );
    assert.deepEqual(
      events.counts().map(({ uid }) => uid),
      ['uid-yard'],
    );
  });
});
