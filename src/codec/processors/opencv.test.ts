// OpenCV as processors get it: wrapped, and yet as its documentation has it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadCv } from './opencv.ts';

describe('the OpenCV of processors', async () => {
  const loaded = await loadCv();
  const { cv } = loaded;

  it('makes its small values with new', () => {
    assert.deepEqual([...(new cv.Scalar(1, 2) as unknown as Iterable<number>)], [1, 2, 0, 0]);
    assert.equal(new cv.Size(4, 3).height, 3);
    assert.equal(new cv.Rect(1, 2, 3, 4).width, 3);
    const mat = new cv.Mat(2, 2, cv.CV_8UC1, new cv.Scalar(7));
    assert.deepEqual([...mat.data], [7, 7, 7, 7]);
    mat.delete();
  });

  it('counts the Mats that are alive, and says in words what is wrong', () => {
    const before = loaded.liveMats();
    const mat = new cv.Mat(2, 2, cv.CV_8UC1);
    assert.equal(loaded.liveMats(), before + 1);
    assert.throws(() => cv.cvtColor(mat, mat, cv.COLOR_BGR2GRAY), /^Error: cv\.cvtColor: .*channels/);
    mat.delete();
    assert.equal(loaded.liveMats(), before);
  });
});
