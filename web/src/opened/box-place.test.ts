// Where what was found is marked.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { placeBox } from './box-place.ts';

const middle = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };

it('a box lies on the part of the picture that it names when picture and room have one shape', () => {
  assert.deepEqual(placeBox(middle, 16 / 9, 16 / 9), middle);
});

it('a box leaves the bands beside and above a picture of another shape alone', () => {
  assert.deepEqual(placeBox(middle, 1, 2), { x: 0.375, y: 0.25, width: 0.25, height: 0.5 });
  assert.deepEqual(placeBox(middle, 2, 1), { x: 0.25, y: 0.375, width: 0.5, height: 0.25 });
});

it('a box ends where the picture ends', () => {
  assert.deepEqual(placeBox({ x: -0.5, y: 0.5, width: 1, height: 2 }, 1, 1), { x: 0, y: 0.5, width: 0.5, height: 0.5 });
});
