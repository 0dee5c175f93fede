import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventClient } from '../../../test/fixtures/event-client.ts';
import { makeEvent } from '../../../test/fixtures/events.ts';
import { inRoom, makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { withGateway } from '../../../test/fixtures/gateway.ts';
import { SightlineError } from '../../base/errors.ts';
import type { ProblemDocument } from '../api/contract.ts';
import type { EventList } from '../api/contract-events.ts';

const from = (first: number, last: number): number[] => {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};
const events = (first: number, last: number): ReturnType<typeof makeEvent>[] =>
  from(first, last).map((id) => makeEvent(id));
const NOT_KEPT = new SightlineError('not-found', 'It is not kept.').toProblem();

async function problemOf(response: Response): Promise<[number, string]> {
  const { code } = (await response.json()) as ProblemDocument;
  return [response.status, code];
}

describe('the stream of events', () => {
  test('gives each as JSON with its id when it comes, to every reader', async () => {
    await withGateway({}, async ({ url, view }) => {
      using first = await EventClient.open(`${url}/api/events`);
      using second = await EventClient.open(`${url}/api/events`);
      view.events.add([makeEvent(5, { data: { text: 'a\nb\r\n\u2028' } })]);
      view.events.add([makeEvent(6)]);
      for (const client of [first, second]) {
        await client.until(({ ids }) => ids.length === 2);
        assert.deepEqual(
          client.messages.map(({ type, lastEventId }) => [type, lastEventId]),
          [
            ['message', '5'],
            ['message', '6'],
          ],
        );
      }
      const { headers } = first.response;
      assert.equal(headers['content-type'], 'text/event-stream');
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(first.retry, 2000);
      assert.deepEqual(first.events[0], {
        ...{ id: 5, camera: 'door', uid: 'uid-door', processor: 'motion', type: 'started' },
        ...{ capturedAt: '2026-01-15T08:30:00.000Z', clock: 'rtcp', sequence: 5 },
        ...{ boxes: [{ x: 0.25, y: 0.5, width: 0.125, height: 0.25 }], data: { text: 'a\nb\r\n\u2028' } },
        snapshot: '/api/events/5/snapshot.jpg',
      });
    });
  });

  test('begins with the newest that are kept when that is asked for', async () => {
    await withGateway({}, async ({ url, view }) => {
      view.events.add(events(1, 20));
      using none = await EventClient.open(`${url}/api/events`);
      using some = await EventClient.open(`${url}/api/events?recent=3`);
      view.events.add([makeEvent(21)]);
      await some.until(({ ids }) => ids.includes(21));
      await none.until(({ ids }) => ids.includes(21));
      assert.deepEqual([some.ids, none.ids], [[18, 19, 20, 21], [21]]);
    });
  });

  test('goes on after the last one that a reader had, said by header or address; the header knows better', async () => {
    await withGateway({}, async ({ url, view }) => {
      view.events.add(events(1, 500));
      const ways: [string, Record<string, string>, number][] = [
        ['?recent=2', { 'last-event-id': '100' }, 101],
        ['?recent=2&lastEventId=200', {}, 201],
        ['?lastEventId=200', { 'last-event-id': '300' }, 301],
        ['?recent=2', { 'last-event-id': 'nonsense' }, 499],
      ];
      for (const [query, headers, first] of ways) {
        using client = await EventClient.open(`${url}/api/events${query}`, headers);
        await client.until(({ ids }) => ids.includes(500));
        assert.deepEqual(client.ids, from(first, 500), query);
        assert.equal(client.dropped, 0);
      }
    });
  });

  test('misses nothing for a reader that was cut off before its first event', async () => {
    await withGateway({}, async ({ url, view }) => {
      view.events.add([makeEvent(1)]);
      const first = await EventClient.open(`${url}/api/events`);
      await first.until(({ lastEventId }) => lastEventId !== '');
      first[Symbol.dispose]();
      view.events.add([makeEvent(2)]);
      using second = await EventClient.open(`${url}/api/events`, { 'last-event-id': first.lastEventId });
      await second.until(({ ids }) => ids.length > 0);
      assert.deepEqual(second.ids, [2]);
    });
  });

  test('gives none twice to a reader that had more from another worker, and does not wait for ids of a clock set back', async () => {
    await withGateway({}, async ({ url, view }) => {
      view.events.add(events(1, 3));
      using ahead = await EventClient.open(`${url}/api/events`, { 'last-event-id': '5' });
      using astray = await EventClient.open(`${url}/api/events`, { 'last-event-id': '9000000000000000' });
      view.events.add(events(4, 7));
      await ahead.until(({ ids }) => ids.includes(7));
      await astray.until(({ ids }) => ids.includes(7));
      assert.deepEqual(
        [ahead.ids, astray.ids],
        [
          [6, 7],
          [4, 5, 6, 7],
        ],
      );
    });
  });

  test('is filtered by cameras, types and processors, and follows a camera that is renamed', async () => {
    await withGateway({}, async ({ url, view }) => {
      const yard = { uid: 'uid-yard', camera: 'yard' };
      using both = await EventClient.open(`${url}/api/events?camera=door&camera=yard&type=ended&type=seen`);
      using one = await EventClient.open(`${url}/api/events?camera=yard&processor=qr`);
      view.events.add([makeEvent(1), makeEvent(2, { type: 'ended' }), makeEvent(3, yard)]);
      view.events.add([makeEvent(4, { ...yard, processor: 'qr', type: 'seen' })]);
      view.events.add([makeEvent(5, { uid: 'uid-yard', camera: 'garden', processor: 'qr', type: 'seen' })]);
      await both.until(({ ids }) => ids.includes(5));
      await one.until(({ ids }) => ids.includes(5));
      assert.deepEqual(
        [both.ids, one.ids],
        [
          [2, 4, 5],
          [4, 5],
        ],
      );
      assert.deepEqual(await problemOf(await fetch(`${url}/api/events?camera=none`)), [404, 'not-found']);
      assert.deepEqual(await problemOf(await fetch(`${url}/api/events?recent=-1`)), [400, 'request-invalid']);
    });
  });

  test('tells a reader that never read how many it lost, and gives it those that are kept', async () => {
    await withGateway({}, async ({ url, view }) => {
      using slow = await EventClient.begin(`${url}/api/events`);
      using quick = await EventClient.open(`${url}/api/events`);
      const total = 1000;
      for (const id of from(1, total)) {
        view.events.add([makeEvent(id, { data: { text: 'x'.repeat(15_000) } })]);
        if (id % 50 === 0) await quick.until(({ events }) => events.at(-1)?.id === id);
      }
      slow.read();
      await slow.until((client) => client.events.at(-1)?.id === total);
      assert.ok(slow.dropped > 0, 'it lost some');
      assert.equal(slow.ids.length + slow.dropped, total);
      assert.deepEqual(
        slow.ids,
        slow.ids.toSorted((a, b) => a - b),
      );
      assert.deepEqual([quick.ids.length, quick.dropped], [total, 0]);
    });
  });

  test('says that it lives, and closes a reader that takes nothing', async () => {
    await withGateway({ limits: { heartbeatMs: 20, unreachableMs: 2000 } }, async ({ url, view, gateway }) => {
      using slow = await EventClient.begin(`${url}/api/events`);
      using quick = await EventClient.open(`${url}/api/events`);
      await quick.until(({ comments }) => comments > 2);
      for (const id of from(1, 1000)) {
        view.events.add([makeEvent(id, { data: { text: 'x'.repeat(15_000) } })]);
        if (id % 50 === 0) await quick.until(({ events }) => events.at(-1)?.id === id);
      }
      const beats = quick.comments;
      await quick.until(({ comments }) => comments > beats + 120);
      assert.equal(await slow.read().ended(), false, 'it was cut');
      await gateway.stop({ graceMs: 500 });
      assert.equal(await quick.ended(), true, 'the other ends as it should');
    });
  });

  test('is opened by a token in the address, and ends when that is taken back', async () => {
    await withGateway({ server: { host: '0.0.0.0', token: 'sesame' } }, async ({ url, view }) => {
      assert.equal((await fetch(`${url}/api/events`)).status, 401);
      using client = await EventClient.open(`${url}/api/events?token=sesame`);
      await client.until(({ lastEventId }) => lastEventId !== '');
      view.table = { ...view.table, version: 2, tokenDigest: null };
      view.changed();
      assert.equal(await client.ended(), true);
    });
  });

  test('is not opened by HEAD', async () => {
    await withGateway({}, async ({ url }) => {
      const response = await fetch(`${url}/api/events?camera=door`, { method: 'HEAD' });
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/event-stream']);
      assert.equal((await fetch(`${url}/api/events?camera=none`, { method: 'HEAD' })).status, 404);
    });
  });
});

test('the list of events has the newest first, filtered', async () => {
  await withGateway({ server: { basePath: '/cams' } }, async ({ url, view }) => {
    view.events.add([...events(1, 5), makeEvent(6, { type: 'ended' })]);
    const list = async (query: string): Promise<EventList['events']> => {
      return ((await (await fetch(`${url}/api/events/recent${query}`)).json()) as EventList).events;
    };
    assert.deepEqual(
      (await list('')).map(({ id }) => id),
      [6, 5, 4, 3, 2, 1],
    );
    assert.deepEqual(
      (await list('?type=started&limit=2')).map(({ id }) => id),
      [5, 4],
    );
    assert.deepEqual(await list('?camera=yard'), []);
    assert.equal((await list('?limit=1'))[0]?.snapshot, '/cams/api/events/6/snapshot.jpg');
  });
});

describe('the picture of an event', () => {
  test('is asked for where the camera is decoded, and carries its capture time', async () => {
    await withGateway({}, async ({ url, view, media }) => {
      view.events.add([makeEvent(7, { sequence: 4711 })]);
      const asked = fetch(`${url}/api/events/7/snapshot.jpg`);
      const { request, handlers } = await media.next('kept');
      assert.deepEqual(request, { kind: 'kept', key: 'uid-door/main', sequence: 4711 });
      handlers.jpeg?.(inRoom(makeJpeg(4711)));
      const response = await asked;
      assert.equal(response.headers.get('content-type'), 'image/jpeg');
      assert.equal(response.headers.get('x-sequence'), '4711');
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), makeJpeg(4711).bytes);
      assert.equal(media.open.size, 0);
      const head = await fetch(`${url}/api/events/7/snapshot.jpg`, { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'image/jpeg']);
      assert.equal(media.all.length, 1);
    });
  });

  test('is 404 when it is not kept any more, and for an event that is not', async () => {
    await withGateway({}, async ({ url, view, media }) => {
      view.events.add(events(1, 70));
      assert.deepEqual(await problemOf(await fetch(`${url}/api/events/1/snapshot.jpg`)), [404, 'not-found']);
      assert.deepEqual(await problemOf(await fetch(`${url}/api/events/71/snapshot.jpg`)), [404, 'not-found']);
      assert.deepEqual(await problemOf(await fetch(`${url}/api/events/x/snapshot.jpg`)), [400, 'request-invalid']);
      assert.equal(media.all.length, 0);
      const asked = fetch(`${url}/api/events/70/snapshot.jpg`);
      media.end(await media.next('kept'), NOT_KEPT);
      assert.deepEqual(await problemOf(await asked), [404, 'not-found']);
      const list = (await (await fetch(`${url}/api/events/recent`)).json()) as EventList;
      assert.deepEqual(
        list.events.filter(({ snapshot }) => snapshot === null).map(({ id }) => id),
        from(1, 6).reverse(),
      );
    });
  });

  test('is not waited for without end, nor when the server stops', async () => {
    await withGateway({ limits: { firstPictureMs: 50 } }, async ({ url, view, media, gateway }) => {
      view.events.add([makeEvent(1)]);
      assert.deepEqual(await problemOf(await fetch(`${url}/api/events/1/snapshot.jpg`)), [503, 'picture-timeout']);
      assert.equal(media.open.size, 0);
      await gateway.stop({ graceMs: 500 });
    });
    await withGateway({}, async ({ url, view, media, gateway }) => {
      view.events.add([makeEvent(1)]);
      const asked = fetch(`${url}/api/events/1/snapshot.jpg`);
      await media.next('kept');
      await gateway.stop({ graceMs: 500 });
      assert.deepEqual(await problemOf(await asked), [503, 'stopping']);
    });
  });
});
