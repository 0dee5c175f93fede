import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cutAndMark } from './footage.ts';
import { readMark } from '../../src/bench/camera/unit-mark.ts';

const START = [0, 0, 0, 1];
const AUD = [...START, 0x09, 0xf0];
const STREAM = Buffer.from(
  [
    AUD,
    [...START, 0x67, 1],
    [...START, 0x68, 2],
    [...START, 0x06, 9],
    [0, 0, 1, 0x65, 3],
    AUD,
    [0, 0, 1, 0x41, 4],
  ].flat(),
);

it('the footage is cut into units without delimiters and the SEI of its encoder', () => {
  const { file, units } = cutAndMark(STREAM);
  assert.deepEqual(
    units.map(({ key }) => key),
    [true, false],
  );
  assert.equal(file.length, units[0]!.length + units[1]!.length);
  assert.equal(file.includes(Buffer.from([0x09, 0xf0])), false);
  assert.deepEqual([...file.subarray(0, 12)], [...START, 0x67, 1, ...START, 0x68, 2]);
});

it('a number and a time written over the digits of a unit are read back', () => {
  const { file, units } = cutAndMark(STREAM);
  file.write('0000000042' + '0000001234567890', units[1]!.digits, 'latin1');
  const second = file.subarray(units[1]!.offset, units[1]!.offset + units[1]!.length);
  assert.deepEqual(readMark(second), { number: 42, pushedUs: 1_234_567_890 });
  assert.deepEqual(readMark(file), { number: 0, pushedUs: 0 });
  assert.equal(readMark(Buffer.from('nothing here')), null);
});
