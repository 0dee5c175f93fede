import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConfigInfo } from '../link/control-view.ts';
import { tellConfig, type Note } from './log.ts';

const FINE: ConfigInfo = { file: '/a/sightline.yaml', fixed: null, problem: null, restartNeeded: [] };
const BROKEN = { code: 'config-invalid', text: 'line 3: nonsense', hint: 'Correct this line.' } as const;

/** What is told of these readings of the config, one after the other. */
function told(readings: readonly ConfigInfo[]): string[] {
  const notes: Note[] = [];
  const nothing = (): void => undefined;
  const books = {
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    journal: { note: (note: Note) => void notes.push(note) },
  };
  readings.forEach((now, index) => tellConfig(books, now, readings[index - 1] ?? FINE));
  return notes.map(({ level, text }) => `${level}: ${text}`);
}

describe('of each reading of the config file', () => {
  test('a fault is told once, and that it is over', () => {
    const broken = { ...FINE, problem: BROKEN };
    assert.deepEqual(told([FINE, broken, broken, FINE, FINE]), [
      'error: the config file was refused, the last good one stays in force: line 3: nonsense',
      'info: the config file is in order again',
    ]);
  });

  test('keys that wait for a restart are told when they change', () => {
    const one = { ...FINE, restartNeeded: ['server.port'] };
    const two = { ...FINE, restartNeeded: ['server.port', 'server.workers'] };
    assert.deepEqual(told([one, one, two, FINE]), [
      'warn: server.port of the config file: waits for a restart',
      'warn: server.port, server.workers of the config file: waits for a restart',
    ]);
  });
});
