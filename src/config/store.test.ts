import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { configFromArguments } from './load.ts';
import type { Config } from './load.ts';
import { ConfigStore } from './store.ts';
import type { StoreOptions } from './store.ts';
import type { ConfigInfo } from './store-types.ts';

const secret = Buffer.alloc(32, 7);
const LIMIT_MS = 10_000;

/** A store on a file of its own folder, with what it told its listeners. */
class Bench implements AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  readonly log: string[] = [];
  readonly changes: Config[] = [];
  readonly infos: ConfigInfo[] = [];
  readonly #wakers = new Set<() => void>();
  #store: ConfigStore | null = null;

  private constructor(folder: string, file: string) {
    this.folder = folder;
    this.file = file;
  }

  /** `text` null: there is no file yet. */
  static async open(text: string | null, options: Partial<StoreOptions> = {}): Promise<Bench> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-store-'));
    const bench = new Bench(folder, options.file ?? path.join(folder, 's.yaml'));
    if (text !== null && options.file === undefined) await writeFile(bench.file, text);
    await bench.start(text === null ? { file: null, ...options } : options);
    return bench;
  }

  async start(options: Partial<StoreOptions> = {}): Promise<ConfigStore> {
    const note = (_: object, message: string) => void this.log.push(message);
    this.#store = await ConfigStore.open({
      file: this.file,
      creates: this.file,
      fixed: null,
      cameras: configFromArguments(['test:'], this.folder),
      overrides: {},
      insecure: false,
      env: { SECRET: 's3cret' },
      cwd: this.folder,
      secret,
      log: { error: note },
      ...options,
    });
    this.#store.onChange((config) => {
      this.changes.push(config);
      this.#wake();
    });
    this.#store.onInfo((info) => {
      this.infos.push(info);
      this.#wake();
    });
    return this.#store;
  }

  get store(): ConfigStore {
    assert.ok(this.#store);
    return this.#store;
  }

  ids(): string[] {
    return this.store.config.cameras.map((camera) => camera.id);
  }

  /** Resolves once the store has told something after which `done` holds. */
  async until(done: (bench: this) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (done(this)) resolve(undefined);
    };
    const limit = setTimeout(
      () => reject(new Error(`still ${JSON.stringify([this.ids(), this.store.info])}`)),
      LIMIT_MS,
    );
    this.#wakers.add(look);
    look();
    await promise.finally(() => {
      clearTimeout(limit);
      this.#wakers.delete(look);
    });
  }

  text(): Promise<string> {
    return readFile(this.file, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #wake(): void {
    for (const look of this.#wakers) look();
  }
}

const camera = (id: string, source = `rtsp://h/${id}`): string => `  ${id}: { source: ${source} }\n`;
const cameras = (...ids: string[]): string => `cameras:\n${ids.map((id) => camera(id)).join('')}`;

/** As an editor does that looks whether the file changed before it saves: all in one moment. */
function appendByHand(file: string, line: string): void {
  writeFileSync(`${file}~`, readFileSync(file, 'utf8') + line);
  renameSync(`${file}~`, file);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    return error.code;
  }
  return 'no error';
}

describe('the config while the server runs', () => {
  it('takes a file that an editor put in place of the old one, and tells once', async () => {
    await using bench = await Bench.open(cameras('a'));
    // vim: the old file gets another name, a new one is written, the old one goes.
    await rename(bench.file, `${bench.file}~`);
    await writeFile(bench.file, cameras('a', 'b'));
    await unlink(`${bench.file}~`);
    await bench.until(() => bench.ids().includes('b'));
    await writeFile(path.join(bench.folder, 'new'), cameras('a', 'b', 'c'));
    await rename(path.join(bench.folder, 'new'), bench.file);
    await bench.until(() => bench.ids().includes('c'));
    assert.deepEqual(
      bench.changes.map((config) => config.cameras.length),
      [2, 3],
    );
    assert.deepEqual(bench.infos, []);
  });

  it('takes a file that was written in place, and does not take an empty moment for the end of all cameras', async () => {
    await using bench = await Bench.open(cameras('a', 'b'));
    await writeFile(bench.file, '');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await writeFile(bench.file, cameras('a', 'b', 'c'));
    await bench.until(() => bench.ids().includes('c'));
    assert.deepEqual(
      bench.changes.map((config) => config.cameras.length),
      [3],
    );
    assert.deepEqual(bench.infos, []);
  });

  it('does not take a file that is being written for one with fewer cameras', async () => {
    await using bench = await Bench.open(cameras('a', 'b', 'c'));
    await writeFile(bench.file, cameras('a'));
    await new Promise((resolve) => setTimeout(resolve, 130));
    await writeFile(bench.file, camera('b') + camera('c') + camera('d'), { flag: 'a' });
    await bench.until(() => bench.ids().includes('d'));
    assert.equal(bench.changes.length, 1);
    await writeFile(bench.file, cameras('d'));
    await bench.until(() => bench.ids().length === 1);
  });

  it('follows a symbolic link that is pointed elsewhere, as mounted config maps are', async () => {
    await using bench = await Bench.open(null);
    const { folder } = bench;
    for (const [name, id] of [
      ['v1', 'a'],
      ['v2', 'b'],
    ] as const) {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, 's.yaml'), cameras(id));
    }
    await symlink('v1', path.join(folder, '..data'));
    await symlink('..data/s.yaml', bench.file);
    await bench.until(() => bench.ids().includes('a'));
    await symlink('v2', path.join(folder, '..next'));
    await rename(path.join(folder, '..next'), path.join(folder, '..data'));
    await bench.until(() => bench.ids().includes('b'));
    await bench.store.edit((draft) => draft.add('c', { source: 'rtsp://h/c' }));
    assert.match(await readFile(path.join(folder, 'v2', 's.yaml'), 'utf8'), /^ {2}c:/m);
    assert.ok((await stat(bench.file)).isFile());
  });

  it('goes on with the last good file while the new one is broken, and says line and key', async () => {
    await using bench = await Bench.open(cameras('a'));
    await writeFile(bench.file, 'cameras:\n  a: { source: rtsp://h/a, alwys: true }\n');
    await bench.until(() => bench.store.info.problem !== null);
    assert.match(
      bench.store.info.problem!.text,
      /s\.yaml:2:28: cameras\.a\.alwys: unknown key "alwys": did you mean always/,
    );
    assert.deepEqual(bench.ids(), ['a']);
    await writeFile(bench.file, 'cameras:\n  a: { source: rtsp://h/a, alwys: true } # still\n');
    assert.equal(await codeOf(bench.store.edit((draft) => draft.remove('a'))), 'config-unwritable');
    await writeFile(bench.file, cameras('a', 'b'));
    await bench.until(() => bench.store.info.problem === null);
    assert.deepEqual(bench.ids(), ['a', 'b']);
    assert.equal(bench.infos.length, 2);
  });

  it('goes on when the file is deleted, says so, and takes it again when it is back', async () => {
    await using bench = await Bench.open(cameras('a'));
    await unlink(bench.file);
    await bench.until(() => bench.store.info.problem !== null);
    assert.match(bench.store.info.problem!.text, /there is no such file/);
    assert.deepEqual(bench.ids(), ['a']);
    await writeFile(bench.file, cameras('a'));
    await bench.until(() => bench.store.info.problem === null);
    assert.deepEqual(bench.changes, []);
  });

  it('goes on when a pipe or a device stands in its place, which would never end, and takes edits again afterwards', async () => {
    await using bench = await Bench.open('cameras: { a: { source: "test:" } }\n');
    await unlink(bench.file);
    await symlink('/dev/zero', bench.file);
    await bench.until(({ store }) => store.info.problem?.text.includes('a pipe or a device') === true);
    assert.deepEqual(bench.ids(), ['a']);
    const add = () => bench.store.edit((draft) => draft.add('b', { source: 'rtsp://192.0.2.1/' }));
    await assert.rejects(add, { code: 'config-unwritable' });
    await unlink(bench.file);
    await writeFile(bench.file, 'cameras: { a: { source: "test:" } }\n');
    await bench.until(({ store }) => store.info.problem === null);
    await add();
    assert.deepEqual(bench.ids(), ['a', 'b']);
  });

  it('takes keys of the server that can change, and names those that wait for a restart', async () => {
    await using bench = await Bench.open('server: { port: 1 }\n', { overrides: { host: '0.0.0.0' }, insecure: true });
    await writeFile(bench.file, 'server: { host: "::1", port: 2, token: t, basePath: /x }\n');
    await bench.until(() => bench.store.config.server.token === 't' && bench.store.info.restartNeeded.length > 0);
    const { host, port, basePath } = bench.store.config.server;
    assert.deepEqual([host, port, basePath], ['0.0.0.0', 1, '/']);
    assert.deepEqual(bench.store.info.restartNeeded, ['server.port', 'server.basePath']);
    await writeFile(bench.file, 'server: { port: 1, token: t }\n');
    await bench.until(() => bench.store.info.restartNeeded.length === 0);
  });

  it('does not take away the last protection of a server that others can reach', async () => {
    await using bench = await Bench.open('server: { host: 0.0.0.0, token: t }\n');
    await writeFile(bench.file, 'server: { host: 0.0.0.0 }\n');
    await bench.until(() => bench.store.info.problem !== null);
    assert.equal(bench.store.info.problem!.code, 'unsafe-bind');
    assert.equal(bench.store.config.server.token, 't');
    await writeFile(bench.file, 'server: { host: 0.0.0.0, users: [{ name: anna, password: p }] }\n');
    await bench.until(() => bench.store.info.problem === null);
    assert.equal(bench.store.config.server.token, undefined);
  });

  it('closes its watches and timers', async () => {
    const bench = await Bench.open(cameras('a'));
    const count = () => process.getActiveResourcesInfo().filter((name) => /FSEvent|Timeout/.test(name)).length;
    await writeFile(bench.file, '');
    const edit = bench.store.edit((draft) => draft.remove('a'));
    const [code] = await Promise.all([codeOf(edit), bench.store.close()]);
    assert.equal(code, 'stopping');
    assert.equal(count(), 0);
    await bench[Symbol.asyncDispose]();
  });
});

describe('an edit that is written back', () => {
  it('is in file and force, is told once, and gives the camera another revision', async () => {
    await using bench = await Bench.open(cameras('a', 'b'));
    const { store } = bench;
    const [a, b] = [store.revisionOf('a'), store.revisionOf('b')];
    assert.match(a ?? '', /^[0-9a-f]{16}$/);
    const config = await store.edit((draft) => draft.change('a', { name: 'Door' }));
    assert.equal(config, store.config);
    assert.equal(config.cameras[0]?.name, 'Door');
    assert.notEqual(store.revisionOf('a'), a);
    assert.equal(store.revisionOf('b'), b);
    await store.edit((draft) => draft.change('a', { name: null }));
    assert.equal(store.revisionOf('a'), a);
    assert.equal(await bench.text(), cameras('a', 'b'));
    await store.edit((draft) => draft.add('z', { source: '0' }));
    assert.equal(bench.changes.length, 3);
    assert.deepEqual(
      (await readdir(bench.folder)).filter((name) => name !== 's.yaml'),
      [],
    );
  });

  it('makes the file with the first camera, for its owner only', async () => {
    await using bench = await Bench.open(null);
    const { store } = bench;
    assert.deepEqual([bench.ids(), store.info.file], [['camera1'], null]);
    assert.match(store.revisionOf('camera1') ?? '', /^[0-9a-f]{16}$/);
    await store.edit((draft) => {
      assert.ok(draft.has('camera1') && draft.isFree('camera1'));
      draft.add('camera1', { source: 'rtsp://h/', username: 'u', password: '${SECRET}' });
    });
    assert.deepEqual(bench.ids(), ['camera1']);
    assert.equal(store.config.cameras[0]?.source.credentials?.password, '${SECRET}');
    assert.equal((await stat(bench.file)).mode & 0o777, 0o600);
    assert.equal(store.info.file, bench.file);
    await store.edit((draft) => draft.remove('camera1'));
    assert.match(await bench.text(), /cameras: \{\}\n$/);
  });

  it('writes out the test card that is shown without a file when somebody changes it', async () => {
    await using bench = await Bench.open(null);
    await bench.store.edit((draft) => {
      draft.rename('camera1', 'card');
      draft.change('card', { name: 'Test' });
    });
    assert.match(await bench.text(), /cameras:\n {2}card:\n {4}source: "test:"\n {4}name: Test\n$/);
    assert.deepEqual(bench.ids(), ['card']);
  });

  it('is refused where cameras come from the command line', async () => {
    const fixed = new SightlineError('config-fixed', 'cameras come from the command line').toProblem();
    await using bench = await Bench.open(cameras('a'), { fixed });
    assert.deepEqual(bench.ids(), ['camera1']);
    assert.equal(await codeOf(bench.store.edit((draft) => draft.remove('camera1'))), 'config-fixed');
    await writeFile(bench.file, 'server: { token: t }\n');
    await bench.until(() => bench.store.config.server.token === 't');
    assert.deepEqual(bench.ids(), ['camera1']);
  });

  it('sees what a person wrote just before, and judges by it', async () => {
    await using bench = await Bench.open(cameras('a'));
    const seen = bench.store.revisionOf('a');
    await writeFile(bench.file, cameras('a').replace('rtsp://h/a', 'rtsp://h/x'));
    const edit = bench.store.edit((draft) => {
      if (draft.revisionOf('a') !== seen) throw new SightlineError('revision-mismatch', 'changed meanwhile');
      draft.change('a', { name: 'lost' });
    });
    assert.equal(await codeOf(edit), 'revision-mismatch');
    assert.match(await bench.text(), /h\/x/);
    assert.equal(bench.changes.length, 1);
  });

  it('loses nothing of two who write at once', async () => {
    await using bench = await Bench.open(cameras('a', 'b'));
    const ROUNDS = 60;
    for (let round = 0; round < ROUNDS; round++) {
      const edit = bench.store.edit((draft) => draft.change('a', { name: `api ${round}` }));
      // At any moment of the edit.
      for (let turns = round % 12; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      appendByHand(bench.file, `# hand ${round}\n`);
      await edit;
      const now = await bench.text();
      assert.match(now, new RegExp(`api ${round}\\b`));
      assert.equal(now.match(/# hand/g)?.length, round + 1, now);
    }
  });

  it('keeps mode, line ends, byte order mark and a missing end of line', async () => {
    await using bench = await Bench.open('\ufeffcameras:\r\n  a: { source: rtsp://h/a }');
    await chmod(bench.file, 0o640);
    await bench.store.edit((draft) => draft.change('a', { always: true }));
    await bench.store.edit((draft) => draft.add('b', { source: 'rtsp://h/b' }));
    const expected = '\ufeffcameras:\r\n  a: { source: rtsp://h/a, always: true }\r\n  b:\r\n    source: rtsp://h/b';
    assert.equal(await bench.text(), expected);
    assert.equal((await stat(bench.file)).mode & 0o777, 0o640);
  });
});
