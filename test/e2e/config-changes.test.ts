// Cameras added, changed, renamed, switched off and removed while others are watched: by the API and by an editor.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { ConfigServer } from '../fixtures/config-server.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const sequence = (part: Part): number => Number(part.headers['x-sequence']);

/** A viewer who notices a slate, a break in the numbers and an end. */
class Witness {
  readonly viewer: MjpegViewer;
  readonly #wrong: string[] = [];
  #last = 0;

  constructor(url: string) {
    this.viewer = new MjpegViewer(url);
    this.viewer.on('part', (part) => {
      if (!isPicture(part)) this.#wrong.push('a slate');
      else if (sequence(part) <= this.#last) this.#wrong.push(`${sequence(part)} after ${this.#last}`);
      else this.#last = sequence(part);
    });
    this.viewer.on('end', () => this.#wrong.push('the end'));
  }

  /** Three more pictures come, and nothing was wrong so far. */
  async undisturbed(): Promise<void> {
    for (let count = 0; count < 3; count++) await this.viewer.next(isPicture);
    assert.deepEqual(this.#wrong, []);
  }

  close(): void {
    this.viewer.removeAllListeners();
    this.viewer.close();
  }
}

describe('while a camera is watched', () => {
  const cleanup = new AsyncDisposableStack();
  let camera: Awaited<ReturnType<typeof startRtspCamera>>;
  let other: Awaited<ReturnType<typeof startRtspCamera>>;
  let at: ConfigServer;
  let witness: Witness;

  before(async () => {
    camera = cleanup.use(await startRtspCamera({ size: '320x240', fps: 15 }));
    other = cleanup.use(await startRtspCamera({ size: '640x480', fps: 15, user: 'admin', password: 'p@ss' }));
    const config = `# mine\nserver: { allowedSources: [127.0.0.0/8] }\ncameras:\n  hall: { source: "${camera.url}" } # the hall\n`;
    at = cleanup.use(await ConfigServer.start(config));
    witness = new Witness(`${at.server.url}/cameras/hall/stream.mjpeg`);
    cleanup.defer(() => witness.close());
    await witness.undisturbed();
  });

  after(async () => {
    await cleanup.disposeAsync();
    assert.deepEqual(await at.server.alive(), []);
  });

  it('another one is added through the API, watched at once, and kept in the file without its secrets in the address', async () => {
    const source = other.url.replace('//', '//admin:p%40ss@');
    const { status, body } = await at.ask('POST', '/api/cameras', { name: 'Haustür, vorne', source });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.id, 'haustur-vorne');
    assert.deepEqual([body.config.source, body.config.username, body.config.password], [other.url, 'admin', true]);
    const picture = await fetch(`${at.server.url}/cameras/haustur-vorne/snapshot.jpg`);
    assert.equal(picture.status, 200, await picture.clone().text());
    const text = await at.text();
    assert.match(text, /# mine/);
    assert.match(text, /# the hall/);
    assert.match(text, /password: ["']?p@ss/);
    assert.ok(!JSON.stringify(body).includes('p@ss'));
    await witness.undisturbed();
  });

  it('its id may be taken, its source no device, file or address of another kind', async () => {
    const add = async (body: object): Promise<string | undefined> =>
      (await at.ask('POST', '/api/cameras', body)).body.code;
    assert.equal(await add({ id: 'hall', source: camera.url }), 'taken');
    assert.equal(await add({ source: '/dev/video0' }), 'source-forbidden');
    assert.equal(await add({ source: 'test:' }), 'source-forbidden');
    assert.equal(await add({ source: 'ffmpeg:rtsp://192.0.2.1/' }), 'source-forbidden');
    assert.equal(await add({ source: 'http://169.254.169.254/latest' }), 'source-forbidden');
    assert.equal(await add({ source: `${at.server.url}/camera` }), 'source-forbidden');
    assert.equal(await add({ source: 'rtsp://***@192.0.2.1/' }), 'source-invalid');
    await at.listed('hall', 'haustur-vorne');
  });

  it('it is renamed, and its own viewers go on', async () => {
    const own = new Witness(`${at.server.url}/cameras/haustur-vorne/stream.mjpeg`);
    await own.undisturbed();
    const before = await at.camera('haustur-vorne');
    const { status, body } = await at.ask('PATCH', '/api/cameras/haustur-vorne', { id: 'door', name: null });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.id, body.uid, body.config.name], ['door', before.uid, 'door']);
    await own.undisturbed();
    const after = await at.camera('door');
    assert.deepEqual([after.status.sessions, after.status.restarts], [1, before.status.restarts]);
    await at.write((await at.text()).replace('  door:', '  gate:'));
    await at.listed('hall', 'gate');
    assert.equal((await at.camera('gate')).uid, before.uid);
    await own.undisturbed();
    own.close();
    await witness.undisturbed();
  });

  it('it gets another address, and its open response goes on with the pictures of that', async () => {
    const viewer = new MjpegViewer(`${at.server.url}/cameras/gate/stream.mjpeg?width=160`);
    const last = sequence(await viewer.next(isPicture));
    const revision = (await at.camera('gate')).revision;
    const stale = await at.ask('PATCH', '/api/cameras/gate', { source: camera.url }, { 'if-match': '"0123"' });
    assert.equal(stale.status, 412);
    const done = await at.ask('PATCH', '/api/cameras/gate', { source: camera.url }, { 'if-match': `"${revision}"` });
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.deepEqual([done.body.config.username, done.body.config.password], [null, false], 'secrets of another host');
    await at.server.until('gate', ({ state, width }) => state === 'live' && width === 320);
    assert.ok(sequence(await viewer.next(isPicture)) > last);
    viewer.close();
    await witness.undisturbed();
  });

  it('it is switched off: its viewers are told, and on again: they go on', async () => {
    const viewer = new MjpegViewer(`${at.server.url}/cameras/gate/stream.mjpeg`);
    await viewer.next(isPicture);
    await at.write((await at.text()).replace(/( {2}gate:\n(?: {4}.*\n)*)/, '$1    enabled: false\n'));
    await viewer.next((part) => !isPicture(part));
    const off = await at.server.until('gate', ({ state }) => state === 'disabled');
    assert.equal(off.reason?.code, 'disabled');
    assert.equal((await fetch(`${at.server.url}/cameras/gate/snapshot.jpg?maxAgeMs=0`)).status, 503);
    await at.ask('PATCH', '/api/cameras/gate', { enabled: null });
    await viewer.next(isPicture);
    assert.doesNotMatch(await at.text(), /enabled/);
    viewer.close();
    await witness.undisturbed();
  });

  it('the process that opens cameras is killed in the middle of an edit: both are as they are wished', async () => {
    const { pid } = await at.server.process('ingest');
    const edit = at.ask('PATCH', '/api/cameras/gate', { always: true });
    process.kill(pid, 'SIGKILL');
    assert.equal((await edit).status, 200);
    await at.server.until('gate', ({ state }) => state === 'live');
    witness.close();
    witness = new Witness(`${at.server.url}/cameras/hall/stream.mjpeg`);
    await witness.undisturbed();
  });

  it('a broken file changes nothing, and is said', async () => {
    const good = await at.text();
    await at.write(good.replace('cameras:', 'camras:'));
    const deadline = performance.now() + 5000;
    const problem = async (): Promise<unknown> => {
      return (await at.server.json<{ config: { problem: unknown } }>('/api/system')).config.problem;
    };
    while ((await problem()) === null) assert.ok(performance.now() < deadline);
    await witness.undisturbed();
    await at.write(good);
    while ((await problem()) !== null) assert.ok(performance.now() < deadline);
    await at.listed('hall', 'gate');
  });

  it('it is removed, and its open responses end with their last part whole', async () => {
    const viewer = new MjpegViewer(`${at.server.url}/cameras/gate/stream.mjpeg`);
    await viewer.next(isPicture);
    const ended = once(viewer, 'end');
    const { status } = await at.ask('DELETE', '/api/cameras/gate');
    assert.equal(status, 204);
    await ended;
    await at.listed('hall');
    assert.equal((await fetch(`${at.server.url}/cameras/gate/stream.mjpeg`)).status, 404);
    await witness.undisturbed();
  });

  it('what happened can be read, also after a restart', async () => {
    witness.close();
    const read = async (): Promise<string[]> => {
      const { body } = await at.ask<{ lines: { text: string }[] }>('GET', '/api/log?limit=200');
      return body.lines.map(({ text }) => text).reverse();
    };
    const uid = (await at.camera('hall')).uid;
    const sentences = [
      /was added \(API\)/,
      /renamed from haustur-vorne to door \(API\)/,
      /from door to gate \(config file\)/,
    ];
    const more = [/switched off/, /died and is being replaced/, /config file was refused/, /was removed \(API\)/];
    const lines = await read();
    for (const sentence of [...sentences, ...more])
      assert.ok(
        lines.some((line) => sentence.test(line)),
        String(sentence),
      );
    at = cleanup.use(await at.restarted());
    const again = await read();
    assert.ok(again.some((line) => /was removed \(API\)/.test(line)));
    assert.ok(again.some((line) => /was stopped/.test(line)));
    assert.ok(!again.join().includes('p@ss'));
    const hall = await at.camera('hall');
    assert.deepEqual([hall.uid, hall.status.width], [uid, 320], 'uid and size are remembered');
  });
});
