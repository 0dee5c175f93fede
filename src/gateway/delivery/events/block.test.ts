import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventStreamParser } from '../../../../test/fixtures/event-client.ts';
import { droppedBlock, eventBlock, HEARTBEAT_BLOCK, openingBlock } from './block.ts';

test('any data comes out of the stream as it went in, whatever the pieces that it comes in', () => {
  const data = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
  const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const found = fc.record({ id, data, lost: fc.nat(), isQuiet: fc.boolean() });
  fc.assert(
    fc.property(fc.array(found, { maxLength: 5 }), fc.integer({ min: 5, max: 50 }), (all, size) => {
      const parser = new EventStreamParser();
      const blocks = all.map((one) => {
        const lost = one.lost > 0 ? droppedBlock(one.lost) : '';
        return lost + (one.isQuiet ? HEARTBEAT_BLOCK : '') + eventBlock(one.id, one.data);
      });
      const text = openingBlock(1, 2000) + blocks.join('');
      for (let at = 0; at < text.length; at += size) parser.push(text.slice(at, at + size));
      const read = parser.messages.map((message): unknown => [
        message.type,
        JSON.parse(message.data),
        message.type === 'message' && message.lastEventId,
      ]);
      const written = all.flatMap(({ id: own, data: given, lost }) => [
        ...(lost > 0 ? [['dropped', { count: lost }, false]] : []),
        ['message', JSON.parse(JSON.stringify(given)) as unknown, String(own)],
      ]);
      assert.deepEqual(read, written);
    }),
    { numRuns: 60 },
  );
});

test('a reader knows where it begins before the first event', () => {
  const parser = new EventStreamParser();
  parser.push(openingBlock(41, 2000));
  assert.deepEqual([parser.lastEventId, parser.retry, parser.messages.length], ['41', 2000, 0]);
});
