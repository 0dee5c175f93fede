// Whatever stands at a camera's address and whatever it sends, at whichever step: the status names the cause within ten
// seconds, it costs little, and the camera beside it goes on.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { drip, flood, noise } from '../fixtures/garbage.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { residentMb } from '../fixtures/process-facts.ts';
import { TestServer, pause } from '../fixtures/server.ts';
import { tinyJpeg } from '../fixtures/tiny-jpeg.ts';
import type { Answer } from '../peers/fake-rtsp-camera.ts';
import { FakeCamera, good, goodBut, picture, reply } from '../peers/fake-rtsp-camera.ts';
import type { Script } from '../peers/http-camera.ts';
import { HttpCamera, head } from '../peers/http-camera.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const NAMED_MS = 10_000;
/** How long the cost of all the others is measured before. */
const BASELINE_MS = 3000;
/** What comes as fast as it is read. */
const COSTLY = [
  'noise instead of any answer',
  'noise in RTP packets',
  'answers that nobody asked for',
  'a picture that never ends',
  'much out of little (gzip)',
];
const NOISE = noise(64 * 1024);
/** A slice of a P picture. */
const PREDICTED = Buffer.from([0x41, 0x9a, 0x02, 0x05, 1, 2, 3]);
const SDP = ['Content-Type: application/sdp'];

/** An answer's head, and what comes behind it. */
const then = (headers: readonly string[], fill: (socket: Parameters<Answer>[1]) => void): Answer => {
  return (asked, socket) => {
    socket.write(reply(asked, 200, headers));
    fill(socket);
  };
};

/** RTP packets with right headers, all 65,536 sequence numbers, and a payload of noise. */
const noisyPackets = Buffer.concat(
  Array.from({ length: 65536 }, (_, at) =>
    picture(at, { marker: at % 3 === 0, payload: NOISE.subarray(at % 999, 1200) }),
  ),
);

const RTSP: Readonly<Record<string, Answer>> = {
  'silence after connecting': () => undefined,
  'noise instead of any answer': (_, socket) => flood(socket, NOISE),
  'a header line without end': goodBut('OPTIONS', (_, socket) => {
    socket.write('RTSP/1.0 200 OK\r\nX-Long: ');
    flood(socket, Buffer.from('a'));
  }),
  'headers without end': goodBut('OPTIONS', (_, socket) => {
    socket.write('RTSP/1.0 200 OK\r\n');
    flood(socket, Buffer.from('X-More: 1\r\n'));
  }),
  'noise after DESCRIBE': goodBut('DESCRIBE', (_, socket) => flood(socket, NOISE)),
  'a description of 10 GB': goodBut(
    'DESCRIBE',
    then([...SDP, 'Content-Length: 9999999999'], (socket) => flood(socket, NOISE)),
  ),
  'a description that never ends': goodBut(
    'DESCRIBE',
    then([...SDP, 'Content-Length: 100000'], (socket) => drip(socket, 'v')),
  ),
  'a description of noise': goodBut('DESCRIBE', (asked, socket) => {
    socket.write(reply(asked, 200, SDP, noise(4000).toString('latin1').replaceAll('\0', ' ')));
  }),
  'silence after PLAY': goodBut('PLAY', (asked, socket) => void socket.write(good(asked))),
  'noise after PLAY': goodBut(
    'PLAY',
    then([], (socket) => flood(socket, NOISE)),
  ),
  'noise in RTP packets': goodBut(
    'PLAY',
    then([], (socket) => flood(socket, noisyPackets)),
  ),
  'answers that nobody asked for': goodBut(
    'PLAY',
    then([], (socket) => flood(socket, Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n'))),
  ),
  'pictures without a keyframe': goodBut(
    'PLAY',
    then([], (socket) => {
      let sequence = 0;
      const timer = setInterval(() => socket.write(picture(sequence++, { payload: PREDICTED })), 66);
      socket.once('close', () => clearInterval(timer));
    }),
  ),
  'questions without end': goodBut(
    'PLAY',
    then([], (socket) => flood(socket, Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n'))),
  ),
};

const MULTIPART = { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' };
const JPEG = { 'Content-Type': 'image/jpeg' };

function body(headers: Readonly<Record<string, string>>, fill: (socket: Parameters<Script>[0]) => void): Script {
  return (socket) => {
    head(socket, '200 OK', headers);
    fill(socket);
  };
}

const HTTP: Readonly<Record<string, Script>> = {
  'silence after the request': () => undefined,
  'noise instead of an answer': (socket) => flood(socket, NOISE),
  'an endless header': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Long: ');
    flood(socket, Buffer.from('a'));
  },
  'silence instead of pictures': body(MULTIPART, () => undefined),
  'noise instead of pictures': body(MULTIPART, (socket) => flood(socket, NOISE)),
  'a picture of 10 GB': body({ ...JPEG, 'Content-Length': '9999999999' }, (socket) => flood(socket, NOISE)),
  'a picture that never ends': body(JPEG, (socket) => {
    socket.write(tinyJpeg(1).subarray(0, -2));
    flood(socket, Buffer.alloc(1000, 0x11));
  }),
  'part headers without end': body(MULTIPART, (socket) => flood(socket, Buffer.from('--b\r\nX-More: 1\r\n'))),
  'a picture drop by drop': body(JPEG, (socket) => drip(socket, 'x')),
  'much out of little (gzip)': body({ ...MULTIPART, 'Content-Encoding': 'gzip' }, (socket) => {
    socket.write(gzipSync(Buffer.alloc(256 * 1024 * 1024)));
  }),
  'a web page without end': body({ 'Content-Type': 'text/html' }, (socket) => flood(socket, Buffer.from('<p>'))),
};

/** Seconds of processor time that a process has used. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function sum(pids: readonly number[], of: (pid: number) => Promise<number>): Promise<number> {
  const amounts = await Promise.all(pids.map(of));
  return amounts.reduce((total, amount) => total + amount, 0);
}

interface Bad {
  readonly id: string;
  readonly what: string;
  readonly url: string;
}

describe('with a good camera beside it', () => {
  const cleanup = new AsyncDisposableStack();
  const bad: Bad[] = [];
  let server: TestServer;

  before(async () => {
    for (const [what, answer] of Object.entries(RTSP)) {
      const camera = cleanup.use(await FakeCamera.start(answer));
      bad.push({ id: `rtsp-${bad.length}`, what, url: camera.url });
    }
    for (const [what, script] of Object.entries(HTTP)) {
      const camera = cleanup.use(await HttpCamera.open(script));
      bad.push({ id: `http-${bad.length}`, what, url: camera.url() });
    }
    const camera = await startRtspCamera({ fps: 15 });
    cleanup.defer(() => camera.close());
    server = await TestServer.start([`good=${camera.url}`, ...bad.map(({ id, url }) => `${id}=${url}`)]);
    cleanup.defer(() => server.stop());
  });

  after(async () => {
    await cleanup.disposeAsync();
    assert.deepEqual(await server.alive(), []);
  });

  it('the status names the cause within ten seconds, whatever comes and at whichever step', async () => {
    const neighbour = new MjpegViewer(`${server.url}/cameras/good/stream.mjpeg`);
    await neighbour.next(isPicture);
    await Promise.all(bad.map((camera) => named(server, camera)));
    const parts: Part[] = [];
    neighbour.on('part', (part) => void parts.push(part));
    while (parts.length < 17) await neighbour.next();
    assert.ok(parts.every(isPicture));
    const sequences = parts.map(({ headers }) => Number(headers['x-sequence']));
    const missed = sequences.at(-1)! - sequences[0]! - (parts.length - 1);
    assert.ok(missed <= 8, `${missed} pictures of the good camera are missing`);
    neighbour.close();
    for (const { title, restarts } of await server.processes()) assert.equal(restarts, 0, title);
  });

  for (const what of COSTLY) {
    it(`${what}: costs under a tenth of a core and 64 MB while somebody waits for it`, async () => {
      const { id } = bad.find((camera) => camera.what === what)!;
      const ingests = (await server.processes()).filter(({ role }) => role === 'ingest').map(({ pid }) => pid);
      const mbBefore = await sum(ingests, residentMb);
      const others = await coresOf(ingests, () => pause(BASELINE_MS));
      const first = fetch(`${server.url}/cameras/${id}/stream.mjpeg`);
      await server.until(id, ({ reason }) => reason !== null, NAMED_MS);
      const cores = (await coresOf(ingests, () => first)) - others;
      const grownMb = (await sum(ingests, residentMb)) - mbBefore;
      assert.ok(cores < 0.1, `${cores.toFixed(3)} of a core`);
      assert.ok(grownMb < 64, `${grownMb.toFixed(0)} MB`);
    });
  }
});

/** Cores that processes use while something goes on. */
async function coresOf(pids: readonly number[], act: () => Promise<unknown>): Promise<number> {
  const before = await sum(pids, cpuSeconds);
  const from = performance.now();
  await act();
  return ((await sum(pids, cpuSeconds)) - before) / ((performance.now() - from) / 1000);
}

/** Asks for a camera that sends garbage, and looks at how its status explains it. */
async function named(server: TestServer, { id, what }: Bad): Promise<void> {
  const from = performance.now();
  const answer = fetch(`${server.url}/cameras/${id}/stream.mjpeg`);
  const { state, reason } = await server.until(id, (status) => status.reason !== null, NAMED_MS);
  assert.ok(performance.now() - from < NAMED_MS, what);
  assert.match(state, /failed|stalled|opening/, what);
  assert.match(reason!.code, /camera-(protocol|timeout|stalled)/, what);
  assert.ok(reason!.text.length > 20 && reason!.hint.length > 20, what);
  assert.match(reason!.text, /^[\x20-\x7e]+$/, 'nothing of what was sent is quoted');
  assert.equal((await answer).status, 503, what);
}
