import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { readWishes } from './wishes.ts';

const KNOWN = ['fanout', 'memory'];

it('without a name all benchmarks are run', () => {
  assert.deepEqual(readWishes([], KNOWN).names, KNOWN);
  assert.deepEqual(readWishes(['memory'], KNOWN).names, ['memory']);
  assert.throws(() => readWishes(['memry'], KNOWN), /there is no benchmark memry/);
});

it('a soak lasts 20 minutes unless a number is given', () => {
  const minutes = (...argv: string[]) => readWishes(argv, KNOWN).soakMinutes;
  assert.deepEqual([minutes(), minutes('--soak'), minutes('--soak', '3')], [0, 20, 3]);
  assert.deepEqual([minutes('--soak', 'memory'), minutes('--soak', '--hd'), minutes('--soak=7')], [20, 20, 7]);
  assert.throws(() => minutes('--soak=long'), /a number of minutes/);
});

it('what cannot be meant is refused with a reason', () => {
  assert.throws(() => readWishes(['--strict'], KNOWN), /needs --against/);
  assert.throws(() => readWishes(['--keep', '../x'], KNOWN), /a name of small letters/);
  assert.throws(() => readWishes(['--keep', 'a', '--quick'], KNOWN), /not worth keeping/);
  assert.throws(() => readWishes(['--last', 'memory'], KNOWN), /measures nothing/);
  const wishes = readWishes(['--last', '--keep', 'two-cores', '--against', 'a.json', '--strict'], KNOWN);
  assert.deepEqual([wishes.last, wishes.keep, wishes.strict], [true, 'two-cores', true]);
  assert.equal(wishes.against, resolve(process.env['INIT_CWD'] ?? '.', 'a.json'));
});
