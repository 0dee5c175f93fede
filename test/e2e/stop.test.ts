// How the server ends: by a signal, by two, by a fault of its own start; and that nothing is left of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { MjpegViewer } from '../fixtures/mjpeg-viewer.ts';
import { ROOT, TestServer } from '../fixtures/server.ts';

const BIN = path.join(ROOT, 'bin', 'sightline.js');

async function run(args: readonly string[], cwd: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: { ...process.env, INIT_CWD: cwd } });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, out, err };
}

async function inEmptyFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sl-cli-'));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('stopping the server', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`${signal} ends every response with its last part whole and leaves no process, socket or folder`, async () => {
      const server = await TestServer.start(['test:']);
      const viewer = new MjpegViewer(`${server.url}/camera`);
      await viewer.next();
      const atMs = performance.now();
      server.signal(signal);
      assert.deepEqual(await server.exited(), { code: 0, signal: null });
      assert.ok(performance.now() - atMs < 2000, `took ${performance.now() - atMs} ms`);
      if (!viewer.ended) await once(viewer, 'end');
      const last = viewer.parts.at(-1)!;
      assert.equal(last.body.readUInt16BE(last.body.length - 2), 0xffd9);
      assert.deepEqual(await server.alive(), []);
      assert.deepEqual(await server.leftovers(), []);
      await server.stop();
    });
  }

  it('takes the same signal twice within milliseconds as one', async () => {
    const server = await TestServer.start(['test:']);
    server.signal('SIGINT');
    server.signal('SIGINT');
    assert.deepEqual(await server.exited(), { code: 0, signal: null });
    assert.deepEqual(await server.alive(), []);
    await server.stop();
  });

  it('ends under npm too, by one SIGTERM to npm', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-npm-'));
    const npm = spawn('npm', ['--silent', 'start', '--', 'test:', '--port', '0', '--json'], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(npm.stdout, 'data')) as [Buffer];
    const { pid } = JSON.parse(line.toString()) as { pid: number };
    npm.kill('SIGTERM');
    await once(npm, 'exit');
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await rm(folder, { recursive: true, force: true });
  });

  it('when main is killed its children end within a second and take their sockets along', async () => {
    const server = await TestServer.start(['test:', 'phone=http://127.0.0.1:9/video']);
    await server.process('codec');
    await server.process('ingest');
    server.signal('SIGKILL');
    await server.exited();
    const deadline = performance.now() + 1500;
    while ((await server.alive()).length > 0) assert.ok(performance.now() < deadline, 'children are still there');
    assert.deepEqual(await server.leftovers(), []);
    await server.stop();
  });
});

describe('starting it wrongly', () => {
  it('a port in use is one clear line and exit code 1', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as net.AddressInfo;
    await inEmptyFolder(async (folder) => {
      const { code, err } = await run(['test:', '--port', String(port)], folder);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`sightline: .*${port}.*in use`));
      assert.doesNotMatch(err, /\n {4}at /);
    });
    blocker.close();
  });

  it('a wrong option is exit code 2 and names it', async () => {
    await inEmptyFolder(async (folder) => {
      const { code, err } = await run(['--prot', '80'], folder);
      assert.equal(code, 2);
      assert.match(err, /--prot/);
    });
  });

  it('a wrong address is exit code 2 and says what is allowed', async () => {
    await inEmptyFolder(async (folder) => {
      const { code, err } = await run(['rtps://h/x'], folder);
      assert.equal(code, 2);
      assert.match(err, /rtps/);
      assert.match(err, /rtsp:\/\//);
    });
  });

  it('a config error names file, line, path, what was found and what is allowed', async () => {
    await inEmptyFolder(async (folder) => {
      await writeFile(path.join(folder, 'sightline.yaml'), 'cameras:\n  door:\n    sorce: "test:"\n');
      const { code, err } = await run([], folder);
      assert.equal(code, 2);
      assert.match(err, /sightline\.yaml:3:\d+/);
      assert.match(err, /cameras\.door\.sorce/);
      assert.match(err, /source/);
    });
  });

  it('an address that others can reach needs a token or --insecure', async () => {
    await inEmptyFolder(async (folder) => {
      const { code, err } = await run(['test:', '--host', '0.0.0.0', '--port', '0'], folder);
      assert.equal(code, 1);
      assert.match(err, /token/);
      assert.match(err, /--insecure/);
    });
  });

  it('--help and --version answer without starting anything', async () => {
    await inEmptyFolder(async (folder) => {
      const help = await run(['--help'], folder);
      assert.equal(help.code, 0);
      assert.match(help.out, /Usage: sightline serve/);
      const version = await run(['--version'], folder);
      assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
    });
  });
});
