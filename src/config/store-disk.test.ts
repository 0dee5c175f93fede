// The config file on disks that are full, read-only or mounted file by file: needs mounts, so root.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { StateFolder } from '../state/folder.ts';
import { ConfigStore } from './store.ts';

const TEXT = 'cameras:\n  a: { source: rtsp://h/a } # mine\n';

function whyNoMounts(): string | false {
  if (process.getuid?.() !== 0) return 'needs root, to mount';
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'this system lets nobody mount';
  }
}

const skip = whyNoMounts();

class Mounts implements AsyncDisposable {
  readonly folder: string;
  readonly #mounted: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Mounts> {
    return new Mounts(await mkdtemp(path.join(tmpdir(), 'sl-disk-')));
  }

  async tmpfs(size: string): Promise<string> {
    const place = path.join(this.folder, 'disk');
    await mkdir(place);
    this.#mount(['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place]);
    return place;
  }

  bind(from: string, to: string): void {
    this.#mount(['--bind', from, to]);
  }

  remount(place: string, options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, place]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const place of this.#mounted.toReversed()) execFileSync('umount', ['-l', place]);
    await rm(this.folder, { recursive: true, force: true });
  }

  #mount(args: string[]): void {
    execFileSync('mount', args);
    this.#mounted.push(args.at(-1)!);
  }
}

function open(file: string): Promise<ConfigStore> {
  return ConfigStore.open({
    file,
    creates: file,
    fixed: null,
    cameras: [],
    overrides: {},
    insecure: false,
    env: {},
    cwd: '/',
    secret: Buffer.alloc(32),
    log: { error: (_, message) => assert.fail(message) },
  });
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof SightlineError && error.code === 'config-unwritable', String(error));
    return error.message;
  }
  return assert.fail('it was written');
}

describe('a config file on a disk', { skip }, () => {
  it('that is full stays as it was, in the file and in force', async () => {
    await using mounts = await Mounts.make();
    const disk = await mounts.tmpfs('64k');
    const file = path.join(disk, 's.yaml');
    await writeFile(file, TEXT);
    const store = await open(file);
    await assert.rejects(writeFile(path.join(disk, 'ballast'), Buffer.alloc(1 << 20)), { code: 'ENOSPC' });
    const before = store.config;
    const text = await refusal(store.edit((draft) => draft.change('a', { name: 'Door' })));
    assert.match(text, /the disk is full/);
    assert.equal(store.config, before);
    assert.equal(await readFile(file, 'utf8'), TEXT);
    assert.deepEqual((await readdir(disk)).toSorted(), ['ballast', 's.yaml']);
    await rm(path.join(disk, 'ballast'));
    await store.edit((draft) => draft.change('a', { name: 'Door' }));
    assert.match(await readFile(file, 'utf8'), /name: "Door" \} # mine/);
    await store.close();
  });

  it('that is read-only is read and watched, and says why it is not written', async () => {
    await using mounts = await Mounts.make();
    const disk = await mounts.tmpfs('64k');
    const file = path.join(disk, 's.yaml');
    await writeFile(file, TEXT);
    mounts.remount(disk, 'ro');
    const store = await open(file);
    assert.match(await refusal(store.edit((draft) => draft.remove('a'))), /it is read-only/);
    assert.equal(store.config.cameras.length, 1);
    await store.close();
    const warnings: string[] = [];
    const state = await StateFolder.open(path.join(disk, '.sightline'), {
      warn: (_, text) => void warnings.push(text),
    });
    assert.equal(state.path, null);
    assert.equal(warnings.length, 1);
    await state.close();
  });

  it('that is mounted by itself is written in place', async () => {
    await using mounts = await Mounts.make();
    const [outside, inside] = [path.join(mounts.folder, 'outside.yaml'), path.join(mounts.folder, 's.yaml')];
    await writeFile(outside, TEXT, { mode: 0o640 });
    await writeFile(inside, '');
    mounts.bind(outside, inside);
    const { ino } = await stat(outside);
    const store = await open(inside);
    await store.edit((draft) => draft.change('a', { always: true }));
    await store.edit((draft) => draft.change('a', { always: null }));
    await store.edit((draft) => draft.rename('a', 'b'));
    assert.equal(await readFile(outside, 'utf8'), TEXT.replace('a:', 'b:'));
    assert.equal((await stat(outside)).ino, ino);
    assert.equal((await stat(outside)).mode & 0o777, 0o640);
    assert.deepEqual((await readdir(mounts.folder)).toSorted(), ['outside.yaml', 's.yaml']);
    await store.close();
  });
});
