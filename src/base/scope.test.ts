import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Scope } from './scope.ts';

describe('Scope', () => {
  it('closes in reverse, once, after its signal aborted', async () => {
    const scope = new Scope();
    const log: string[] = [];
    scope.signal.addEventListener('abort', () => log.push('abort'));
    await scope.add(() => void log.push('first'));
    await scope.add(async () => {
      await Promise.resolve();
      log.push('second');
    });
    await Promise.all([scope.close(), scope.close()]);
    assert.deepEqual(log, ['abort', 'second', 'first']);
  });

  it('closes the rest when one fails, and throws that failure', async () => {
    const scope = new Scope();
    let closed = false;
    await scope.add(() => void (closed = true));
    await scope.add(() => Promise.reject(new Error('stuck')));
    await assert.rejects(scope.close(), /stuck/);
    assert.ok(closed);
  });

  it('closes at once what is added too late, and closes with its parent', async () => {
    const parent = new AbortController();
    const scope = new Scope(parent.signal);
    parent.abort();
    const log: string[] = [];
    await scope.add(() => void log.push('closed'));
    assert.deepEqual(log, ['closed']);
    assert.ok(scope.closed && scope.signal.aborted);
  });
});
