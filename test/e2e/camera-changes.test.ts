// Cameras that change their picture in the middle of a session or whose data arrives damaged: their viewers go on, and
// so does every other camera of the same processes.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { jpegSize } from '../../src/media/jpeg.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { mjpegClip } from '../fixtures/clips.ts';
import { TcpProxy } from '../fixtures/proxy.ts';
import { TestServer } from '../fixtures/server.ts';
import { ClipCamera, sizedClip } from '../peers/clip-camera.ts';
import { HttpCamera, head } from '../peers/http-camera.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

/** Pictures that a viewer may miss in a row on a busy machine: half a second. */
const MAX_HOLE = 8;

const sequence = (part: Part): number => Number(part.headers['x-sequence']);

/** Watches a camera that must not notice what its neighbours do. */
class Neighbour {
  readonly #viewer: MjpegViewer;
  #last = 0;
  largestHole = 0;

  constructor(server: TestServer, id: string) {
    this.#viewer = new MjpegViewer(`${server.url}/cameras/${id}/stream.mjpeg`);
    this.#viewer.on('part', (part) => this.#take(part));
  }

  /** Throws when a picture was missing, and waits for one more. */
  async undisturbed(): Promise<void> {
    assert.ok(isPicture(await this.#viewer.next()));
    assert.ok(this.largestHole <= MAX_HOLE, `${this.largestHole} pictures are missing in a row`);
  }

  close(): void {
    this.#viewer.close();
  }

  #take(part: Part): void {
    if (!isPicture(part)) this.largestHole = Infinity;
    if (this.#last > 0) this.largestHole = Math.max(this.largestHole, sequence(part) - this.#last - 1);
    this.#last = sequence(part);
  }
}

/** Sends fifteen pictures a second, until the server goes. */
function send(socket: Socket, picture: () => Buffer): void {
  head(socket, '200 OK', { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' });
  const timer = setInterval(() => {
    const jpeg = picture();
    const part = `--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(part), jpeg, Buffer.from('\r\n')]));
  }, 66);
  socket.once('close', () => clearInterval(timer));
}

/** A picture of another width than before. */
async function ofWidth(viewer: MjpegViewer, width: number): Promise<Part> {
  return viewer.next((part) => isPicture(part) && jpegSize(part.body)?.width === width);
}

describe('with a good camera beside it', () => {
  const cleanup = new AsyncDisposableStack();
  let proxy: TcpProxy;
  let changing: ClipCamera;
  let phone: HttpCamera;
  let phoneSize = 320;
  let server: TestServer;
  let neighbour: Neighbour;
  const small = sizedClip(320, 240);
  const large = sizedClip(640, 368);

  before(async () => {
    const jpegs = new Map<number, Buffer>();
    for (const width of [320, 640]) {
      const clip = await mjpegClip({ graph: `testsrc2=size=${width}x240:rate=15`, frames: 1, width, height: 240 });
      jpegs.set(width, clip.packets[0]!.data);
    }
    phone = cleanup.use(await HttpCamera.open((socket) => send(socket, () => jpegs.get(phoneSize)!)));
    const good = await startRtspCamera({ fps: 15 });
    cleanup.defer(() => good.close());
    const wild = await startRtspCamera({ fps: 15, size: '640x360' });
    cleanup.defer(() => wild.close());
    proxy = cleanup.use(await TcpProxy.start(wild.port));
    changing = cleanup.use(await ClipCamera.start(await small));
    server = await TestServer.start([
      `good=${good.url}`,
      `changing=${changing.url}`,
      `phone=${phone.url()}`,
      `wild=${wild.url.replace(String(wild.port), String(proxy.port))}`,
    ]);
    cleanup.defer(() => server.stop());
    neighbour = new Neighbour(server, 'good');
    cleanup.defer(() => neighbour.close());
    await neighbour.undisturbed();
  });

  after(async () => {
    const processes = await server.processes().finally(() => cleanup.disposeAsync());
    for (const { title, restarts } of processes) {
      assert.equal(restarts, 0, `${title}: ${server.log.filter((line) => line.includes('died')).join('\n')}`);
    }
    assert.deepEqual(await server.alive(), []);
  });

  it('a camera that changes its resolution in mid-stream goes on in the same response, in the same session', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/changing/stream.mjpeg`);
    const scaled = new MjpegViewer(`${server.url}/cameras/changing/stream.mjpeg?width=160`);
    await Promise.all([ofWidth(viewer, 320), ofWidth(scaled, 160)]);
    changing.clip = await large;
    const part = await ofWidth(viewer, 640);
    assert.deepEqual(jpegSize(part.body), { width: 640, height: 368 });
    const { width, height, sessions, restarts } = await server.until('changing', (status) => status.width === 640);
    assert.deepEqual({ width, height, sessions, restarts }, { width: 640, height: 368, sessions: 1, restarts: 0 });
    await scaled.next((next) => isPicture(next) && jpegSize(next.body)?.height === 92);
    changing.clip = await small;
    const back = await ofWidth(viewer, 320);
    assert.ok(sequence(back) > sequence(part));
    assert.equal(changing.fake.asked.filter(({ method }) => method === 'PLAY').length, 1);
    assert.ok(viewer.parts.every(isPicture), 'no slate in between');
    viewer.close();
    scaled.close();
    await neighbour.undisturbed();
  });

  it('an HTTP camera that changes its size goes on in the same response', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/phone/stream.mjpeg`);
    await ofWidth(viewer, 320);
    phoneSize = 640;
    await ofWidth(viewer, 640);
    await server.until('phone', ({ width }) => width === 640);
    assert.equal(phone.connections, 1);
    viewer.close();
    await neighbour.undisturbed();
  });

  it('bytes changed on the way and packets lost cost pictures at most: the camera stays live and open', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/wild/stream.mjpeg`);
    const from = sequence(await viewer.next(isPicture));
    const before = await server.status('wild');
    let packets = 0;
    let spoilt = 0;
    proxy.fault = (data, channel) => {
      if (channel !== 0 || ++packets % 31 !== 0) return data;
      spoilt++;
      if (spoilt % 2 === 0) return null;
      const changed = Buffer.from(data);
      for (let at = 20; at < changed.length; at += 37) changed[at] = changed[at]! ^ 0x5a;
      return changed;
    };
    let shown = 0;
    while (spoilt < 8) if (isPicture(await viewer.next())) shown++;
    assert.ok(shown > 10, `${shown} pictures`);
    proxy.fault = null;
    await viewer.next((part) => isPicture(part) && sequence(part) > from + 30);
    const status = await server.until('wild', ({ state, reason }) => state === 'live' && reason === null);
    assert.equal(status.restarts, before.restarts);
    assert.equal(status.sessions, 1);
    assert.ok(status.frames.dropped > before.frames.dropped, 'what was damaged is counted');
    const clean = await viewer.next(isPicture);
    assert.deepEqual(jpegSize(clean.body), { width: 640, height: 360 });
    viewer.close();
    await neighbour.undisturbed();
  });

  it('RTP packets of random bytes do no harm', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/wild/stream.mjpeg`);
    await viewer.next(isPicture);
    let packets = 0;
    let seed = 1;
    proxy.fault = (data) => {
      if (++packets % 4 !== 0) return data;
      seed = (seed * 48271) % 0x7fffffff;
      return Buffer.from(data.map((byte, at) => (at < (seed % 3) * 6 ? byte : (byte * 31 + seed + at * at) & 0xff)));
    };
    while (packets < 150) await viewer.next();
    proxy.fault = null;
    const { restarts } = await server.status('wild');
    await viewer.next(isPicture);
    assert.ok(restarts <= 1);
    await server.until('wild', ({ state, reason }) => state === 'live' && reason === null);
    viewer.close();
    await neighbour.undisturbed();
  });

  it('a connection that is cut is opened anew, and the response goes on', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/wild/stream.mjpeg`);
    const last = sequence(await viewer.next(isPicture));
    const { restarts } = await server.status('wild');
    proxy.cut();
    await server.until('wild', (status) => status.restarts > restarts && status.state === 'live');
    const numbers: number[] = [];
    while (numbers.length < 5) numbers.push(sequence(await viewer.next(isPicture)));
    assert.ok(numbers[0]! > last);
    viewer.close();
    await neighbour.undisturbed();
  });
});
