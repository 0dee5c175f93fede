import assert from 'node:assert/strict';
import os from 'node:os';
import { it } from 'node:test';
import { machine } from './machine.ts';

it('a report names processor, cores, memory and system, and neither host, person nor folder', () => {
  const told = machine();
  assert.ok(told.cores >= 1 && told.memoryMb > 100);
  for (const name of ['cpu', 'system', 'node', 'sightline'] as const) assert.notEqual(told[name], '');
  const text = JSON.stringify(told);
  for (const secret of [os.hostname(), os.homedir(), process.cwd()]) assert.ok(!text.includes(secret), secret);
  assert.match(told.system, new RegExp(`${os.type()} \\d+`));
});
