import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { makeJpeg } from '../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../test/fixtures/gateway.ts';
import { Viewers } from './viewers.ts';

const facts = { cameraId: 'door', uid: 'uid-door', stream: 'main', address: '127.0.0.1' } as const;

test('what a camera was given never falls, also when viewers go', () => {
  const viewers = new Viewers(pino({ level: 'silent' }));
  const first = viewers.enter({ ...facts, via: 'mjpeg', counters: () => ({ sent: 5, dropped: 1, bytes: 500 }) });
  viewers.enter({ ...facts, via: 'mjpeg', counters: () => ({ sent: 2, dropped: 0, bytes: 200 }) });
  viewers.enter({ ...facts, via: 'tiles', counters: () => ({ sent: 1, dropped: 0, bytes: 100 }) });
  const mjpeg = { uid: 'uid-door', via: 'mjpeg', viewers: 2, sent: 7, dropped: 1, bytes: 700 };
  const tiles = { uid: 'uid-door', via: 'tiles', viewers: 1, sent: 1, dropped: 0, bytes: 100 };
  assert.deepEqual(viewers.counts(), [mjpeg, tiles]);
  first.leave('it closed');
  first.leave('it closed');
  assert.deepEqual(viewers.counts(), [{ ...mjpeg, viewers: 1 }, tiles]);
  viewers.forget(() => false);
  assert.equal(viewers.counts().length, 2, 'somebody still watches');
});

test('a delay that a page measured is shown', () => {
  const viewers = new Viewers(pino({ level: 'silent' }));
  const counters = () => ({ sent: 0, dropped: 0, bytes: 0 });
  const one = viewers.enter({ ...facts, via: 'tiles', counters });
  assert.equal(viewers.list('uid-door')[0]?.delayMs, null);
  one.delay(85.5, 4);
  assert.deepEqual(
    viewers.list('uid-door').map(({ delayMs, uncertaintyMs }) => [delayMs, uncertaintyMs]),
    [[85.5, 4]],
  );
  one.delay(null, null);
  assert.equal(viewers.list('uid-door')[0]?.delayMs, null);
});

test('control is told when somebody comes or goes, with pictures and bytes', async () => {
  await withGateway({}, async ({ port, media, view, url, gateway }) => {
    const client = RawClient.get(port, '/camera');
    await media.next('jpegs');
    media.picture(makeJpeg(1, { bytes: 3000 }));
    await client.until('X-Sequence: 1');
    assert.equal(gateway.viewers('uid-door').length, 1);
    assert.equal(view.reports.at(-1)?.counts[0]?.viewers, 1);
    const closed = media.closed();
    client.socket.destroy();
    await closed;
    await fetch(`${url}/healthz`);
    const [count] = view.reports.at(-1)?.counts ?? [];
    assert.deepEqual([count?.via, count?.viewers, count?.sent, count?.dropped], ['mjpeg', 0, 1, 0]);
    assert.ok((count?.bytes ?? 0) > 3000);
  });
});
