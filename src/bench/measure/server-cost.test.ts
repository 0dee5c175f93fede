import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { CameraSessions } from './camera-sessions.ts';
import { canReadProcesses, killAll, ProcessTree } from './process-tree.ts';
import { ServerCost } from './server-cost.ts';

const BURN = 'while (process.cpuUsage().user < 400_000) for (let i = 0; i < 1e6; i++);';

/** A program that says a word when it has done what `script` does, and stays until it is killed. */
async function program(
  script: string,
): Promise<{ child: ChildProcess; said: AsyncIterator<string> } & AsyncDisposable> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await once(child, 'spawn');
  return {
    child,
    said,
    async [Symbol.asyncDispose]() {
      // One whose camera went away has ended by itself.
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

describe('the cost of a server', { skip: !canReadProcesses() && 'needs /proc' }, () => {
  it('counts the CPU of children that ended in the window, once', async () => {
    await using running = await program(`
      const { spawnSync } = require('node:child_process');
      process.stdin.on('data', () => {
        spawnSync(process.execPath, ['-e', ${JSON.stringify(BURN)}]);
        console.log('done');
      });
      console.log('ready');
      setInterval(() => 0, 1000);
    `);
    await running.said.next();
    const tree = new ProcessTree([running.child.pid!]);
    const before = tree.read().cpuSeconds;
    running.child.stdin!.write('go\n');
    await running.said.next();
    const spent = tree.read().cpuSeconds - before;
    assert.ok(spent >= 0.38 && spent < 0.9, `${spent} s`);
    assert.deepEqual(tree.read().pids, [running.child.pid]);
  });

  it('counts memory and threads of grandchildren, also when the process between has ended', async () => {
    const grandchild = 'console.log(process.pid); setInterval(() => 0, 1000)';
    const between = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: ['ignore', 'inherit', 'ignore'] });
      setInterval(() => 0, 1000);
    `;
    await using running = await program(`
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(between)}], { stdio: ['ignore', 'inherit', 'ignore'] });
      child.on('exit', () => console.log('gone'));
      process.stdin.on('data', () => child.kill('SIGKILL'));
    `);
    const pid = Number((await running.said.next()).value);
    const tree = new ProcessTree([running.child.pid!]);
    try {
      const whole = tree.read();
      assert.equal(whole.pids.length, 3);
      assert.ok(whole.threads > 3);
      assert.ok((tree.pssMb() ?? 0) > 20);
      running.child.stdin!.write('end\n');
      await running.said.next();
      assert.deepEqual(new Set(tree.read().pids), new Set([running.child.pid, pid]));
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('counts the sessions of the tree with the camera, and not those of anybody else', async () => {
    const sockets: Socket[] = [];
    const camera = createServer((socket) => sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(camera, 'listening');
    const { port } = camera.address() as AddressInfo;
    const connect = `require('node:net').connect(${port}, '127.0.0.1').on('connect', () => console.log('open'))`;
    await using stranger = await program(connect);
    await using running = await program(`const a = ${connect}; process.stdin.on('data', () => a.destroy())`);
    await Promise.all([stranger.said.next(), running.said.next()]);
    const sessions = await CameraSessions.of({ host: 'localhost', port });
    const cost = new ServerCost([running.child.pid!], sessions);
    assert.equal(cost.sessions(), 1);
    running.child.stdin!.write('end\n');
    const after = await cost.aftermath(0, 5, new AbortController().signal);
    assert.ok(after.closedAfterS !== null && after.closedAfterS < 4);
    assert.ok(after.quietAfterS !== null);
    for (const socket of sockets) socket.destroy();
    camera.close();
    await once(camera, 'close');
  });

  it('says that a server is not quiet within the limit when it works on', async () => {
    await using running = await program("console.log('ready'); setImmediate(function on() { setImmediate(on); });");
    await running.said.next();
    const cost = new ServerCost([running.child.pid!], null);
    const { quietAfterS, closedAfterS } = await cost.aftermath(0, 1.5, new AbortController().signal);
    assert.deepEqual({ quietAfterS, closedAfterS }, { quietAfterS: null, closedAfterS: null });
  });

  it('takes CPU a second and CPU a part from the same window', async () => {
    await using running = await program("console.log('ready'); setImmediate(function on() { setImmediate(on); });");
    await running.said.next();
    const cost = new ServerCost([running.child.pid!], null);
    const mark = cost.mark();
    await cost.cores(new AbortController().signal);
    const spent = cost.since(mark, { parts: 100, seconds: 1 });
    assert.ok(spent.cores > 0.1 && spent.cores < 1.5, `${spent.cores} cores`);
    assert.ok(Math.abs(spent.cpuUsPerPart! / (spent.cores * 1e4) - 1) < 1e-9, `${spent.cpuUsPerPart}`);
    assert.equal(cost.since(mark, { parts: 0, seconds: 1 }).cpuUsPerPart, null);
  });
});

describe('ending processes at once', () => {
  it('ends the rest when one has ended by itself meanwhile', async () => {
    await using first = await program('');
    await using rest = await program('setInterval(() => 0, 1000)');
    if (first.child.exitCode === null) await once(first.child, 'exit');
    const gone = once(rest.child, 'exit');
    killAll([first.child.pid!, rest.child.pid!]);
    assert.deepEqual(await gone, [null, 'SIGKILL']);
  });
});
