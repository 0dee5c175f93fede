import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Fanout } from './fanout.ts';
import type { Part } from './part.ts';
import { ViewerSocket } from './viewer-socket.ts';

/** A socket that takes a part when the test says so. */
class SlowSocket {
  readonly taken: Buffer[] = [];
  #callback: (() => void) | null = null;

  write(bytes: Buffer, callback?: () => void): boolean {
    this.taken.push(bytes);
    this.#callback = callback ?? null;
    return true;
  }

  destroySoon(): void {
    this.taken.push(Buffer.from('end'));
  }

  take(): void {
    const callback = this.#callback;
    this.#callback = null;
    callback?.();
  }
}

function viewerOf(socket: SlowSocket, fps: number | null = null): ViewerSocket {
  return new ViewerSocket(socket as unknown as Socket, {
    fps,
    isImage: false,
    kernel: { room: () => null, send: () => -1 },
  });
}

test('a viewer that lags gets the newest picture when its own queue has room, not the one that came first', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let room = 64_000;
  const socket = new SlowSocket();
  const kernel = { room: () => room, send: () => -1 };
  const viewer = new ViewerSocket(socket as unknown as Socket, { fps: null, isImage: false, kernel });
  const fanout = new Fanout();
  fanout.add(viewer);
  const takeAll = (): void => {
    socket.take();
    socket.take();
  };
  fanout.publish(part(1));
  fanout.publish(part(2));
  takeAll();
  room = 0;
  takeAll();
  for (let n = 3; n <= 6; n += 1) fanout.publish(part(n));
  context.mock.timers.tick(20);
  assert.ok(!socket.taken.map(String).join('').includes('3'), 'held while there is no room');
  room = 64_000;
  context.mock.timers.tick(20);
  assert.equal(viewer.dropped, 3);
  viewer.abandon();
  assert.equal(Buffer.concat(socket.taken).toString(), `${body(1)}${body(2)}${body(6)}`);
});

function body(n: number): string {
  return `part ${n}`.padEnd(40, '.');
}

function part(n: number, capturedAtUs = n * 33_333): Part {
  const bytes = Buffer.from(body(n));
  return { bytes, forImage: bytes, capturedAtUs, slate: false, jpeg: null };
}

test('a viewer that has not taken the last picture is skipped, counted, and gets the newest next', () => {
  const fanout = new Fanout();
  const socket = new SlowSocket();
  const viewer = viewerOf(socket);
  fanout.add(viewer);
  for (let n = 1; n <= 5; n += 1) fanout.publish(part(n));
  assert.deepEqual(socket.taken.map(String), [body(1)]);
  socket.take();
  assert.equal(Buffer.concat(socket.taken).toString(), body(1) + body(5));
  socket.take();
  assert.deepEqual({ sent: viewer.sent, dropped: viewer.dropped }, { sent: 2, dropped: 3 });
});

test('fps thins each viewer to its own rate', () => {
  const fanout = new Fanout();
  const rates = [null, 30, 15, 10, 1, 0.5];
  const viewers = rates.map((fps) => {
    const socket = new SlowSocket();
    const viewer = viewerOf(socket, fps);
    fanout.add(viewer);
    return { socket, viewer };
  });
  for (let n = 0; n < 300; n += 1) {
    fanout.publish(part(n, n * 33_333 + ((n * 7919) % 11) * 500));
    for (const { socket } of viewers) socket.take();
  }
  const sent = viewers.map(({ viewer }) => viewer.sent);
  assert.deepEqual([sent[0], sent[1]], [300, 300]);
  for (const [index, wanted] of [150, 100, 10, 5].entries()) {
    assert.ok(Math.abs(sent[index + 2]! - wanted) <= 2, `${String(sent[index + 2])} pictures, wanted ${wanted}`);
  }
  assert.ok(
    viewers.every(({ viewer }) => viewer.dropped === 0),
    'thinning is no dropping',
  );
});

test('all viewers of one picture share one buffer', () => {
  const fanout = new Fanout();
  const sockets = Array.from({ length: 10 }, () => new SlowSocket());
  for (const socket of sockets) fanout.add(viewerOf(socket));
  const one = part(1);
  fanout.publish(one);
  assert.ok(sockets.every((socket) => socket.taken[0] === one.bytes));
});

test('a round that takes long goes on later and reaches everybody once', async () => {
  const fanout = new Fanout();
  const sockets = Array.from({ length: 100 }, () => new SlowSocket());
  const turns = new Set<number>();
  let turn = 0;
  for (const socket of sockets) {
    const viewer = viewerOf(socket);
    const offer = viewer.offer.bind(viewer);
    viewer.offer = (...given) => {
      turns.add(turn);
      const end = performance.now() + 0.3;
      while (performance.now() < end);
      offer(...given);
    };
    fanout.add(viewer);
  }
  fanout.publish(part(1));
  while (sockets.some((socket) => socket.taken.length === 0)) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    turn += 1;
  }
  assert.ok(turns.size > 2, 'the event loop had its turn in between');
  assert.ok(sockets.every((socket) => socket.taken.length === 1));
});

test('a viewer that is removed in mid-round is not written to, and the others are', () => {
  const fanout = new Fanout();
  const sockets = Array.from({ length: 5 }, () => new SlowSocket());
  const viewers = sockets.map((socket) => viewerOf(socket));
  for (const viewer of viewers) fanout.add(viewer);
  fanout.remove(viewers[1]!);
  fanout.remove(viewers[1]!);
  fanout.publish(part(1));
  assert.deepEqual(
    sockets.map(({ taken }) => taken.length),
    [1, 0, 1, 1, 1],
  );
  assert.equal(fanout.size, 4);
});

test('a response ends with its last part whole and the closing boundary', () => {
  const fanout = new Fanout();
  const socket = new SlowSocket();
  const viewer = viewerOf(socket);
  fanout.add(viewer);
  fanout.publish(part(1));
  fanout.publish(part(2));
  viewer.finish();
  viewer.finish();
  assert.deepEqual(socket.taken.map(String), [body(1)]);
  socket.take();
  assert.deepEqual(socket.taken.map(String), [body(1), '--frame--\r\n', 'end']);
});
