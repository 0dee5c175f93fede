import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parseAddress } from '../config/address.ts';
import { StateFolder } from './folder.ts';

const address = (text: string) => parseAddress(text, { cwd: '/' });

/** A folder of its own, and servers on it. */
class Bench implements AsyncDisposable {
  readonly parent: string;
  readonly folder: string;
  readonly warnings: string[] = [];
  readonly #open = new Set<StateFolder>();

  private constructor(parent: string) {
    this.parent = parent;
    this.folder = path.join(parent, 'state');
  }

  static async make(): Promise<Bench> {
    return new Bench(await mkdtemp(path.join(tmpdir(), 'sl-state-')));
  }

  async start(folder: string | null = this.folder): Promise<StateFolder> {
    const state = await StateFolder.open(folder, { warn: (_, message) => void this.warnings.push(message) });
    this.#open.add(state);
    return state;
  }

  async file(): Promise<{ cameras: Record<string, { id: string; goneSince?: string }> }> {
    const text = await readFile(path.join(this.folder, 'state.json'), 'utf8');
    return JSON.parse(text) as { cameras: Record<string, { id: string; goneSince?: string }> };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const state of this.#open) await state.close();
    await rm(this.parent, { recursive: true, force: true });
  }
}

describe('the state folder', () => {
  it('gives a camera the same uid in the next run, also under another name', async () => {
    await using bench = await Bench.make();
    const first = await bench.start();
    const uid = first.uidOf('door');
    first.setSize(uid, { width: 640, height: 360 });
    first.rename(uid, 'front');
    await first.close();
    const second = await bench.start();
    assert.equal(second.uidOf('front'), uid);
    assert.notEqual(second.uidOf('door'), uid);
    assert.deepEqual(second.sizeOf(uid), { width: 640, height: 360 });
    assert.deepEqual([second.localKey, second.secret], [first.localKey, first.secret]);
    assert.match(second.localKey, /^[\w-]{43}$/);
  });

  it('is for its owner only, and closes what others could read', async () => {
    await using bench = await Bench.make();
    const first = await bench.start();
    first.uidOf('door');
    await first.close();
    await chmod(path.join(bench.folder, 'key'), 0o644);
    await bench.start();
    assert.equal((await stat(bench.folder)).mode & 0o777, 0o700);
    for (const name of ['key', 'secret', 'state.json']) {
      assert.equal((await stat(path.join(bench.folder, name))).mode & 0o777, 0o600, name);
    }
    assert.equal(await readFile(path.join(bench.folder, '.gitignore'), 'utf8'), '*\n');
    assert.deepEqual((await readdir(bench.folder)).toSorted(), ['.gitignore', 'key', 'secret', 'state.json']);
  });

  it('keeps a camera that is gone for 30 days, unless it was removed on purpose', async () => {
    await using bench = await Bench.make();
    const first = await bench.start();
    const [door, desk, old] = ['door', 'desk', 'old'].map((id) => first.uidOf(id));
    first.retain(['desk']);
    first.forget(desk!);
    await first.close();
    const state = await bench.file();
    assert.equal(state.cameras[desk!], undefined);
    state.cameras[old!]!.goneSince = '2020-01-01T00:00:00.000Z';
    await writeFile(path.join(bench.folder, 'state.json'), JSON.stringify(state));
    const second = await bench.start();
    assert.equal(second.uidOf('door'), door);
    assert.notEqual(second.uidOf('desk'), desk);
    assert.notEqual(second.uidOf('old'), old);
    await second.flush();
    assert.equal((await bench.file()).cameras[door!]?.goneSince, undefined);
  });

  it('takes in what another server of the same folder wrote', async () => {
    await using bench = await Bench.make();
    const [first, second] = [await bench.start(), await bench.start()];
    assert.equal(first.localKey, second.localKey);
    const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const uids = ids.map((id, index) => (index % 2 === 0 ? first : second).uidOf(id));
    await Promise.all([first.flush(), second.flush()]);
    const { cameras } = await bench.file();
    assert.deepEqual(Object.keys(cameras).toSorted(), uids.toSorted());
    second.retain(ids.filter((_, index) => index % 2 === 1));
    await second.flush();
    first.setSize(uids[0]!, { width: 2, height: 2 });
    await first.flush();
    assert.equal((await bench.file()).cameras[uids[0]!]?.goneSince, undefined);
  });

  it('remembers which source came through the API, until a person writes another', async () => {
    await using bench = await Bench.make();
    const state = await bench.start();
    const uid = state.uidOf('door');
    const [given, other] = [address('rtsp://10.0.0.5/1'), address('rtsp://10.0.0.6/1')];
    assert.equal(state.isGuarded(uid, given), false);
    state.guard(uid, given);
    state.guard(uid, other);
    await state.close();
    const next = await bench.start();
    assert.deepEqual([next.isGuarded(uid, given), next.isGuarded(uid, other)], [true, true]);
    assert.equal(next.isGuarded(uid, address('rtsp://127.0.0.1/')), false);
    assert.equal(next.isGuarded(uid, given), false);
  });

  it('puts a file aside that it does not understand', async () => {
    await using bench = await Bench.make();
    await (await bench.start()).close();
    await writeFile(path.join(bench.folder, 'state.json'), '{ "version": 1, "cam');
    const state = await bench.start();
    state.uidOf('door');
    await state.flush();
    assert.equal(bench.warnings.length, 1);
    assert.equal(await readFile(path.join(bench.folder, 'state.json.broken'), 'utf8'), '{ "version": 1, "cam');
    assert.equal(Object.keys((await bench.file()).cameras).length, 1);
  });

  it('that cannot be made costs a warning, not the server', async () => {
    await using bench = await Bench.make();
    await writeFile(bench.folder, 'a file in its place');
    const state = await bench.start();
    assert.equal(state.path, null);
    assert.match(state.localKey, /^[\w-]{43}$/);
    assert.equal(state.uidOf('door'), state.uidOf('door'));
    await state.close();
    assert.equal(bench.warnings.length, 1);
    const memory = await bench.start(null);
    assert.equal(memory.path, null);
    assert.equal(bench.warnings.length, 1);
  });
});
