// Looking closer.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { panBy, WHOLE, zoomAt, type View } from './zoom-view.ts';

const size = { width: 800, height: 450 };

it('the point under the pointer stays where it is', () => {
  const view = zoomAt(WHOLE, 2, { x: 200, y: 100 }, size);
  assert.deepEqual(view, { scale: 2, x: -200, y: -100 });
});

it('a picture covers its stage whatever is done to it, and back at its own size it lies as before', () => {
  const at = fc.record({ x: fc.integer({ min: 0, max: 800 }), y: fc.integer({ min: 0, max: 450 }) });
  const step = fc.tuple(fc.double({ min: 0.2, max: 4, noNaN: true }), at);
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let view: View = WHOLE;
      for (const [factor, point] of steps) {
        view = panBy(zoomAt(view, factor, point, size), { x: point.y - 200, y: point.x - 400 }, size);
        assert.ok(view.x <= 0 && view.y <= 0);
        assert.ok(view.x + size.width * view.scale >= size.width - 1e-6);
        assert.ok(view.y + size.height * view.scale >= size.height - 1e-6);
      }
      assert.deepEqual(zoomAt(view, 0.01, { x: 1, y: 1 }, size), WHOLE);
    }),
  );
});
