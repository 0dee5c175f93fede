// `sightline processor new` and `sightline processor test`, as a person types them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { TemporaryFolder } from '../fixtures/folder.ts';
import { ROOT, pause } from '../fixtures/server.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Made {
  readonly files: readonly string[];
  readonly config: { readonly file: string | null; readonly places: readonly { camera: string; line: number }[] };
}

/** Resolves when a process has ended; nobody tells others than its parent. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '' || /\) Z /.test(stat)) return;
    await pause(20);
  }
}

describe('sightline processor', { timeout: 240_000 }, () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [path.join(ROOT, 'bin/sightline.js'), 'processor', ...args], {
      // As npm does in a checkout: it runs in another folder than the one where the person stands.
      cwd: ROOT,
      env: { ...process.env, INIT_CWD: folder.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  async function sightline(...args: readonly string[]): Promise<Said> {
    const child = start(...args);
    const ended = once(child, 'exit') as Promise<[code: number]>;
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  }
  const read = (name: string): Promise<string> => readFile(path.join(folder.path, name), 'utf8');
  const write = (name: string, content: string): Promise<void> => writeFile(path.join(folder.path, name), content);

  it('new writes a processor whose test passes, and what its editor and Node need', async () => {
    const { code, out } = await sightline('new', 'doorbell');
    assert.equal(code, 0);
    assert.match(out, /processors\/doorbell\.ts /);
    assert.match(out, /this sightline\.yaml[^]*source: 'test:'\n {4}processors:\n {6}doorbell: \{ file: /);
    assert.deepEqual((await readdir(path.join(folder.path, 'processors'))).sort(), [
      'doorbell.test.ts',
      'doorbell.ts',
      'package.json',
      'tsconfig.json',
    ]);
    const { compilerOptions } = JSON.parse(await read('processors/tsconfig.json')) as {
      compilerOptions: { paths: { sightline: string[] } };
    };
    assert.deepEqual(compilerOptions.paths.sightline, [path.join(ROOT, 'src/public/index.ts')]);
    const tested = await sightline('test', 'doorbell');
    assert.deepEqual([tested.code, tested.err], [0, '']);
    assert.match(tested.out, /says once that something bright came/);
  });

  it('new says where in the config file it is to be named, and does not touch it', async () => {
    const config = "cameras:\n  door:\n    source: 'test:'\n    processors:\n      motion: {}\n";
    await write('sightline.yaml', config);
    const { out } = await sightline('new', 'a-1');
    assert.match(out, /on camera door, .*sightline\.yaml, behind line 4:\n\n {6}a-1: \{ file: processors\/a-1\.ts \}/);
    assert.equal(await read('sightline.yaml'), config);
    const { config: said, files } = JSON.parse((await sightline('new', 'b', '--json')).out) as Made;
    assert.deepEqual([said.places.map(({ camera, line }) => [camera, line]), files.length], [[['door', 4]], 2]);
  });

  it('new writes no package.json where modules are the rule, and keeps a tsconfig.json that is there', async () => {
    await write('package.json', '{ "type": "module" }');
    await mkdir(path.join(folder.path, 'processors'));
    await write('processors/tsconfig.json', '{}');
    const { files } = JSON.parse((await sightline('new', 'doorbell', '--json')).out) as Made;
    assert.deepEqual(
      files.map((file) => path.basename(file)),
      ['doorbell.ts', 'doorbell.test.ts'],
    );
    assert.equal(await read('processors/tsconfig.json'), '{}');
  });

  it('new overwrites nothing, half of one neither', async () => {
    await mkdir(path.join(folder.path, 'processors'));
    await write('processors/doorbell.test.ts', '// mine\n');
    const { code, err } = await sightline('new', 'doorbell');
    assert.equal(code, 1);
    assert.match(err, /doorbell\.test\.ts is there already: nothing was written\n {2}Choose another name/);
    assert.deepEqual(await readdir(path.join(folder.path, 'processors')), ['doorbell.test.ts']);
    assert.equal(await read('processors/doorbell.test.ts'), '// mine\n');
  });

  it('new refuses names that cannot be one, and folders that cannot be written to', async () => {
    for (const [args, said] of [
      [['new'], /takes one NAME/],
      [['new', 'a', 'b'], /takes one NAME/],
      [['new', 'Door Bell'], /cannot be called "Door Bell"\n {2}A name is 1 to 63 of a-z/],
      [['new', '../x'], /cannot be called "\.\.\/x"/],
      [['new', 'main'], /main is a stream of each camera itself/],
      [['new', 'motion'], /comes with Sightline\n.*processors: \{ motion: \{\} \}/],
      [['nwe', 'x'], /followed by one of: processor new, processor test/],
    ] as const) {
      const { code, err, out } = await sightline(...args);
      assert.deepEqual([code, out], [2, ''], err);
      assert.match(err, said);
    }
    await write('processors', 'a file\n');
    const { code, err } = await sightline('new', 'doorbell');
    assert.deepEqual([code, err.split('\n')[0]?.includes('it is a file, not a folder')], [2, true], err);
    assert.equal((await readdir(folder.path)).length, 1);
  });

  it('test says what failed, and that it did by its exit code', async () => {
    await sightline('new', 'doorbell');
    await sightline('new', 'other');
    const source = await read('processors/doorbell.ts');
    await write(
      'processors/doorbell.ts',
      source.replace('bright.delete();', '').replace('const bright', '  const bright'),
    );
    const all = await sightline('test');
    assert.equal(all.code, 1);
    assert.match(all.out, /a Mat that was made at processors\/doorbell\.ts:\d+ was not deleted/);
    assert.match(all.err, /^sightline: 1 of 4 tests failed$/m);
    const one = await sightline('test', 'processors/doorbell.ts', '--json');
    const { passed, failed, failures } = JSON.parse(one.out) as {
      passed: number;
      failed: number;
      failures: { test: string; file: string }[];
    };
    assert.deepEqual([one.code, passed, failed], [1, 1, 1]);
    assert.match(failures[0]!.test, /says once/);
    assert.equal(failures[0]!.file, path.join(folder.path, 'processors/doorbell.test.ts'));
    assert.equal((await sightline('test', 'other')).code, 0);
    await write('processors/doorbell.ts', 'export default {');
    assert.equal((await sightline('test', 'doorbell')).code, 1);
  });

  it('test runs in a package of CommonJS too, and says when there is nothing to run', async () => {
    await write('package.json', '{ "type": "commonjs" }');
    assert.match((await sightline('test')).err, /There is no test in [^]*processor new NAME/);
    assert.match((await sightline('test', 'nothing')).err, /There is no test .*processors\/nothing\.test\.ts/);
    assert.match((await sightline('test', 'notes.txt')).err, /notes\.txt is no TypeScript or JavaScript file/);
    await sightline('new', 'doorbell');
    await write('processors/package.json', '{ "type": "commonjs" }');
    const { code, out } = await sightline('test');
    assert.equal(code, 0, out);
  });

  /** Runs a test that hangs; its process, and that of the command. */
  async function hanging() {
    await mkdir(path.join(folder.path, 'processors'));
    await write(
      'processors/hang.test.ts',
      "import { writeFileSync } from 'node:fs';\nwriteFileSync('pid', String(process.pid));\nfor (;;);\n",
    );
    const child = start('test', 'hang');
    child.stdout.resume();
    const names = watch(folder.path);
    for await (const { filename } of names) if (filename === 'pid' && (await read('pid')) !== '') break;
    return { child, pid: Number(await read('pid')) };
  }

  it('test ends a test that hangs when it is ended itself', async () => {
    const { child, pid } = await hanging();
    const exit = once(child, 'exit') as Promise<[code: number]>;
    const said = text(child.stderr);
    child.kill('SIGTERM');
    assert.deepEqual(await exit, [1, null]);
    assert.match(await said, /The tests were ended/);
    await ended(pid);
  });

  it('test leaves no test that hangs behind when it is killed', async () => {
    const { child, pid } = await hanging();
    child.stderr.resume();
    child.kill('SIGKILL');
    await ended(pid);
  });

  it('explains itself', async () => {
    const made = await sightline('new', '--help');
    assert.match(made.out, /Usage:.* sightline processor new \[OPTIONS\] NAME[^]*--json[^]*Examples:/);
    const tested = await sightline('test', '--help');
    assert.match(tested.out, /Usage:.* sightline processor test \[OPTIONS\] \[NAME\|FILE\]/);
  });
});
