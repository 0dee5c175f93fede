import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import pino from 'pino';
import { App } from './app.ts';
import { makeRuntimeFolder } from './runtime-folder.ts';
import { openSettings } from './settings.ts';

const log = pino({ level: 'silent' });

async function startApp(port = 0): Promise<App> {
  const settings = await openSettings({
    file: null,
    sources: ['test:?width=320&height=180', 'phone=http://127.0.0.1:9/video'],
    state: null,
    overrides: { port },
    insecure: false,
    cwd: tmpdir(),
    env: {},
    log,
  });
  return App.start({ ...settings, insecure: false, log });
}

/** What would keep this process alive, and the runtime folders of its servers. */
async function held(): Promise<{ resources: string[]; folders: string[] }> {
  for (let turns = 0; turns < 5; turns++) await turn();
  return { resources: process.getActiveResourcesInfo().toSorted(), folders: await readdir(tmpdir()) };
}

const usual = process.env['TMPDIR'];

before(async () => {
  process.env['TMPDIR'] = await mkdtemp(path.join(tmpdir(), 'sl-app-'));
});

after(async () => {
  await rm(tmpdir(), { recursive: true });
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
});

describe('a server in this process', () => {
  it('leaves no timer, socket, process or folder behind, however often it is started and stopped', async () => {
    await (await startApp()).stop();
    const first = await held();
    for (let round = 0; round < 5; round++) {
      const app = await startApp();
      const picture = await fetch(`${app.url}cameras/camera1/snapshot.jpg`, { headers: { connection: 'close' } });
      assert.equal(picture.status, 200);
      await picture.arrayBuffer();
      await app.stop();
      await app.stop();
    }
    // Stopped before its children have said a word.
    for (let round = 0; round < 15; round++) await (await startApp()).stop();
    assert.deepEqual(await held(), first);
    assert.deepEqual(first.folders, ['.sightline']);
  });

  it('that cannot listen leaves nothing either', async () => {
    const app = await startApp();
    const port = Number(new URL(app.url).port);
    const first = await held();
    await assert.rejects(startApp(port), { code: 'port-in-use' });
    assert.deepEqual((await held()).folders, first.folders);
    await app.stop();
  });
});

describe('the folder of the media sockets', () => {
  it('is refused in one sentence where none can be made', async () => {
    await assert.rejects(makeRuntimeFolder('/nonexistent'), { code: 'folder-unusable', message: /does not exist/ });
  });

  it('stands elsewhere when the temporary folder has too long a path for a socket', async () => {
    const folder = await makeRuntimeFolder(`/nonexistent/${'x'.repeat(80)}`);
    assert.match(folder, /^\/tmp\/sightline-/);
    await rm(folder, { recursive: true });
  });
});
