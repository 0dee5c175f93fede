// Events in words.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wordsOf } from './event-words.ts';
import type { CameraEvent } from './feed.ts';

function event(processor: string, type: string, data: CameraEvent['data']): CameraEvent {
  const of = { id: 1, camera: 'door', uid: 'u', capturedAt: '2026-01-02T03:04:05.000Z', clock: 'rtcp' as const };
  return { ...of, processor, type, sequence: 1, boxes: [], data, snapshot: null };
}

it('what the built-in processors find is said in sentences', () => {
  const begin = wordsOf(event('motion', 'start', { share: 0.123 }), undefined);
  assert.deepEqual(begin, { title: 'Motion began', rest: '12 % of the picture' });
  const end = wordsOf(event('motion', 'end', { peak: 0.02, durationMs: 3200 }), undefined);
  assert.deepEqual(end, { title: 'Motion ended', rest: 'after 3.2 s, at most 2 % of the picture' });
  assert.equal(wordsOf(event('qr', 'seen', { text: 'gate 4' }), undefined).title, 'QR code: gate 4');
});

it('what others find is said with the names that they gave, as words', () => {
  const { title, rest } = wordsOf(
    event('plates', 'licencePlate', { sureOf: 0.9, waitedMs: 80, known: true }),
    undefined,
  );
  assert.deepEqual([title, rest], ['licence plate', 'sure of 0.9, waited 80 ms, known yes']);
});
