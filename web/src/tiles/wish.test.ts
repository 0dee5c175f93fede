// What tiles ask for.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wishFor } from './wish.ts';

const screen = { density: 1, saving: false };

describe('a tile asks for', () => {
  it('the width that its pixels can show, and fewer pictures the smaller it is', () => {
    assert.deepEqual(wishFor('door', 297, 'wall', screen), { camera: 'door', width: 320, fps: 10 });
    assert.deepEqual(wishFor('door', 708, 'wall', screen), { camera: 'door', width: 960, fps: 15 });
    assert.deepEqual(wishFor('door', 1422, 'wall', screen), { camera: 'door', width: 1920, fps: null });
    assert.equal(wishFor('door', 390, 'wall', { ...screen, density: 3 }).width, 960);
  });

  it('all pictures when it is large, at the camera’s own size when that is what can be seen', () => {
    assert.deepEqual(wishFor('door', 390, 'large', { ...screen, density: 3 }), {
      camera: 'door',
      width: 1280,
      fps: null,
    });
    assert.deepEqual(wishFor('door', 2560, 'large', screen), { camera: 'door', width: null, fps: null });
    assert.deepEqual(wishFor('door', 390, 'zoomed', screen), { camera: 'door', width: null, fps: null });
  });

  it('fewer pictures from a person who saves data', () => {
    assert.equal(wishFor('door', 1422, 'wall', { ...screen, saving: true }).fps, 5);
  });
});
