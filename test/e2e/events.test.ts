// Events as a person gets them: a processor of one's own in the config file, its events over HTTP while they happen,
// resumed at whichever worker answers, and the pictures that they were found in.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createClient } from '../../src/public/client.ts';
import { EventClient } from '../fixtures/event-client.ts';
import { TestServer } from '../fixtures/server.ts';
import { servingPids, untilAllServe } from '../fixtures/workers.ts';

/** Counts the frames that it sees: a number that is missing or there twice shows. */
const COUNTER = `import { defineProcessor, z } from 'sightline';
export default defineProcessor({
  input: { width: 160, format: 'gray', fps: 10 },
  options: z.object({ many: z.number().default(1), bytes: z.number().default(0) }),
  events: { seen: z.object({ n: z.number(), text: z.string() }) },
  setup({ options: { many, bytes } }) {
    let n = 0;
    const event = () => ({ type: 'seen', data: { n: ++n, text: 'x'.repeat(bytes) } });
    return { process: () => ({ events: Array.from({ length: many }, event) }) };
  },
});
`;
const LIMIT = { timeout: 120_000 };

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sl-events-'));
  await writeFile(path.join(folder, 'counter.ts'), COUNTER);
});
after(() => rm(folder, { recursive: true }));

async function start(options: object, ...args: readonly string[]): Promise<TestServer> {
  const config = path.join(folder, `${Object.keys(options).length}-${args.length}.yaml`);
  const counter = { file: 'counter.ts', options };
  const door = { source: 'test:?width=320&height=180&fps=10', processors: { counter } };
  await writeFile(config, JSON.stringify({ cameras: { door } }));
  return TestServer.start(['--config', config, ...args]);
}

const numbers = (events: EventClient['events']): number[] => events.map(({ data }) => (data as { n: number }).n);
function assertWhole(all: readonly number[]): void {
  assert.deepEqual(
    all,
    all.map((_, index) => all[0]! + index),
  );
}

for (const workers of [1, 2]) {
  describe(`events of a server with ${workers === 1 ? 'one process' : 'two workers'} that answer`, LIMIT, () => {
    it('come while they happen, none lost or twice over reconnections, with pictures, and end with the server', async () => {
      await using server = await start({}, '--workers', String(workers));
      const address = `${server.url}/api/events?camera=door&processor=counter&type=seen`;
      const all: EventClient['events'] = [];
      let lastEventId = '';
      for (let round = 0; round < 6; round++) {
        using client = await EventClient.open(address, lastEventId === '' ? {} : { 'last-event-id': lastEventId });
        await client.until(({ events }) => events.length >= 3);
        all.push(...client.events);
        ({ lastEventId } = client);
        assert.equal(client.dropped, 0);
      }
      assertWhole(numbers(all));
      const { snapshot, sequence } = all.at(-1)!;
      const picture = await fetch(server.url + String(snapshot));
      assert.deepEqual([picture.status, picture.headers.get('x-sequence')], [200, String(sequence)]);
      assert.equal(Buffer.from(await picture.arrayBuffer()).readUInt16BE(0), 0xffd8);
      const { events: recent } = await createClient({ baseUrl: server.url }).listEvents({ query: { limit: 1 } });
      assert.equal(recent[0]?.processor, 'counter');
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      assert.match(metrics, /^sightline_events_total\{camera="door",processor="counter",type="seen"\} [1-9]/m);
      using last = await EventClient.open(address);
      await last.until(({ events }) => events.length > 0);
      server.signal('SIGTERM');
      assert.equal(await last.ended(), true, 'the answer ends as it should');
      assert.equal((await server.exited()).code, 0);
      assert.deepEqual(await server.alive(), []);
    });
  });
}

it('a worker that replaces another one has the events from before', LIMIT, async () => {
  await using server = await start({ many: 1 }, '--workers', '2');
  const first = await EventClient.open(`${server.url}/api/events`);
  await first.until(({ events }) => events.length >= 5);
  const [seen] = first.events;
  assert.ok(seen);
  const killed = await servingPids(server);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await first.ended();
  await untilAllServe(server, 2, killed);
  for (let round = 0; round < 6; round++) {
    using client = await EventClient.open(`${server.url}/api/events`, { 'last-event-id': String(seen.id) });
    await client.until(({ events }) => events.length >= first.events.length);
    assertWhole([...numbers([seen]), ...numbers(client.events)]);
  }
});

it('a reader that never reads is told how many events it lost', LIMIT, async () => {
  await using server = await start({ many: 6, bytes: 15_000 });
  using slow = await EventClient.begin(`${server.url}/api/events`);
  using quick = await EventClient.open(`${server.url}/api/events`);
  await quick.until(({ events }) => events.length >= 600);
  const { data } = quick.events.at(-1)!;
  slow.read();
  await slow.until(({ events }) => numbers(events.slice(-1))[0]! >= (data as { n: number }).n);
  assert.ok(slow.dropped > 0, 'it lost some');
  const all = numbers(slow.events);
  assert.equal(all.at(-1)! - all[0]! + 1, all.length + slow.dropped);
});
