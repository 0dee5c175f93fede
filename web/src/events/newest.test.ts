// What the list of events keeps.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withEvents } from './newest.ts';

const events = (...ids: number[]): { id: number }[] => ids.map((id) => ({ id }));

it('the newest event stands first, and one that comes twice stands once', () => {
  assert.deepEqual(withEvents(events(3, 1), events(2, 3, 4), 10), events(4, 3, 2, 1));
});

it('the list never grows beyond its room: the oldest goes', () => {
  assert.deepEqual(withEvents(events(3, 2, 1), events(4, 5), 3), events(5, 4, 3));
});
