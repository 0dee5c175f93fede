import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Journal } from './journal.ts';
import type { Log } from './log.ts';

describe('the journal', () => {
  let folder: string;
  let warnings: string[];
  let log: Log;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sl-journal-'));
    warnings = [];
    const quiet = (): void => undefined;
    log = { debug: quiet, info: quiet, warn: (_fields, message) => void warnings.push(message), error: quiet };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  function fill(journal: Journal, count: number, id: string, text = 'line'): void {
    for (let n = 1; n <= count; n++) {
      journal.note({ level: 'info', about: { uid: `uid-${id}`, id }, text: `${text} ${n}`, code: null });
    }
  }

  const texts = (journal: Journal, uid: string | null, limit = 1000): string[] => {
    return journal.read(uid, limit).map(({ text }) => text);
  };

  it('gives the newest first, and the last thirty of a quiet camera however much a loud one says', () => {
    const journal = new Journal(null, log);
    fill(journal, 40, 'quiet');
    fill(journal, 2000, 'loud');
    assert.deepEqual(texts(journal, null, 2), ['line 2000', 'line 1999']);
    assert.ok(texts(journal, null).length >= 300);
    const quiet = texts(journal, 'uid-quiet');
    assert.deepEqual([quiet[0], quiet.length >= 30], ['line 40', true]);
  });

  it('is read back after a restart, also with a line that a power cut left half written', async () => {
    const first = new Journal(folder, log);
    fill(first, 3, 'door');
    await first.close();
    const file = path.join(folder, 'journal.jsonl');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await appendFile(file, '{"atUs":12,"lev');
    const second = new Journal(folder, log);
    fill(second, 1, 'door', 'later');
    assert.deepEqual(texts(second, 'uid-door'), ['later 1', 'line 3', 'line 2', 'line 1']);
    await second.close();
    const third = new Journal(folder, log);
    assert.deepEqual(texts(third, 'uid-door', 1), ['later 1']);
  });

  it('keeps one older file when it has grown to a megabyte', async () => {
    const journal = new Journal(folder, log);
    fill(journal, 900, 'door', 'x'.repeat(1200));
    await journal.close();
    const next = new Journal(folder, log);
    fill(next, 1, 'door', 'the newest');
    await next.close();
    assert.ok((await stat(path.join(folder, 'journal.old.jsonl'))).size > 1024 * 1024);
    assert.equal((await readFile(path.join(folder, 'journal.jsonl'), 'utf8')).split('\n').length, 2);
  });

  it('goes on in memory where the disk takes nothing, and says so once', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder was');
    const journal = new Journal(folder, log);
    fill(journal, 2, 'door');
    await journal.close();
    fill(journal, 1, 'door', 'more');
    await journal.close();
    assert.deepEqual(texts(journal, null), ['more 1', 'line 2', 'line 1']);
    assert.deepEqual(warnings, ['the journal cannot be written']);
  });
});
