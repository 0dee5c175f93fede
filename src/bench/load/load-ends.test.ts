// How viewers and what they count end: with the server, and with the bench.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { ROOT, TestServer, pause } from '../../../test/fixtures/server.ts';
import { Load } from './load.ts';

const LIMIT = { timeout: 60_000 };
const CARD = 'card=test:?codec=mjpeg&width=320&height=180&fps=25';

interface Went {
  readonly msg: string;
  readonly sent?: number;
}

for (const viewers of [1, 50]) {
  it(`what ${viewers} viewers received is what the server sent them, to the frame`, LIMIT, async () => {
    await using server = await TestServer.start([CARD]);
    await using cleanup = new AsyncDisposableStack();
    const load = await Load.start();
    cleanup.defer(() => load.close());
    await load.open({ url: `${server.url}/camera`, viewers, visits: false });
    await load.window(1000);
    server.signal('SIGTERM');
    const [received] = await Promise.all([load.ended(), server.exited()]);
    const went = server.log.map((line) => JSON.parse(line) as Went).filter(({ msg }) => msg === 'viewer went');
    assert.equal(went.length, viewers);
    assert.equal(
      received,
      went.reduce((sum, { sent = 0 }) => sum + sent, 0),
    );
    assert.ok(received >= 10 * viewers, `${received}`);
  });
}

it('viewers end with the bench, however it ends', LIMIT, async () => {
  await using server = await TestServer.start([CARD]);
  const script = path.join(ROOT, 'test/fixtures/bench-parent.ts');
  const bench = spawn(process.execPath, [script, `${server.url}/camera`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(bench, 'exit');
  const [line] = (await once(createInterface({ input: bench.stdout }), 'line')) as [string];
  const pids = line.split(' ');
  assert.equal(pids.length, 2);
  bench.kill('SIGKILL');
  await gone;
  const deadline = performance.now() + 1000;
  while (pids.some((pid) => existsSync(`/proc/${pid}/exe`)) && performance.now() < deadline) await pause(20);
  assert.deepEqual(
    pids.filter((pid) => existsSync(`/proc/${pid}/exe`)),
    [],
  );
  await server.until('card', (status) => status.viewers === 0);
});
