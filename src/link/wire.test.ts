import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Channel } from './channel.ts';
import type { Transport } from './channel.ts';
import { decodeHead, emptyHead, encodeHead, HEAD_BYTES, MAX_BODY_BYTES } from './wire.ts';
import type { Head } from './wire.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true }));
const anyHead: fc.Arbitrary<Head> = fc.record({
  kind: fc.integer({ min: 1, max: 10 }),
  flags: fc.integer({ min: 0, max: 255 }),
  subscription: u32,
  length: fc.integer({ min: 0, max: MAX_BODY_BYTES }),
  track: fc.integer({ min: 0, max: 0xffff }),
  clock: fc.integer({ min: 0, max: 3 }),
  epoch: number,
  sequence: number,
  group: number,
  ptsUs: number,
  dtsUs: number,
  capturedAtUs: number,
  uncertaintyUs: number,
  durationUs: number,
  width: u32,
  height: u32,
});

class OneWay implements Transport {
  onBytes: ((piece: Buffer) => void) | null = null;
  onClose: ((error: Error | null) => void) | null = null;
  readonly queuedBytes = 0;
  readonly sent: Buffer[] = [];
  write = (bytes: Buffer): void => void this.sent.push(Buffer.from(bytes));
  cork = (): void => undefined;
  uncork = (): void => undefined;
  end = (): void => undefined;
  destroy = (): void => undefined;
}

describe('Wire', () => {
  it('gives every head back as it was', () => {
    fc.assert(
      fc.property(anyHead, (head) => {
        const back = emptyHead();
        decodeHead(encodeHead(head), 0, back, MAX_BODY_BYTES);
        assert.deepEqual(back, { ...head });
      }),
    );
  });

  it('gives the same messages however the bytes are cut', () => {
    const messages = fc.array(fc.tuple(anyHead, fc.uint8Array({ maxLength: 300 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (list, cuts) => {
        const out = new OneWay();
        const sender = new Channel(out, MAX_BODY_BYTES);
        const wanted = list.map(([head, body]) => {
          sender.send(head, Buffer.from(body));
          return [{ ...head }, Buffer.from(body)];
        });
        const back = new OneWay();
        const got: unknown[] = [];
        new Channel(back, MAX_BODY_BYTES).onMessage = (head, body) => void got.push([{ ...head }, Buffer.from(body)]);
        const bytes = Buffer.concat(out.sent);
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const cut = cuts[n % cuts.length]!;
          back.onBytes?.(bytes.subarray(at, at + cut));
          at += cut;
        }
        assert.deepEqual(got, wanted);
      }),
    );
  });

  it('closes with a clear error, and never throws, on any garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: HEAD_BYTES, maxLength: 500 }), (bytes) => {
        fc.pre(bytes[0] !== 0x53 || bytes[1] !== 0x4c);
        const transport = new OneWay();
        const channel = new Channel(transport, MAX_BODY_BYTES);
        let reason: Error | null = null;
        channel.onClose = (error) => (reason = error);
        transport.onBytes?.(Buffer.from(bytes));
        assert.match(String(reason), /does not speak its protocol/);
        assert.ok(channel.closed);
      }),
    );
  });

  it('refuses a body over the limit before any memory is taken for it', () => {
    const head = { ...emptyHead(), kind: 6, length: MAX_BODY_BYTES + 1 };
    assert.throws(() => decodeHead(encodeHead(head), 0, emptyHead(), MAX_BODY_BYTES), { code: 'link-closed' });
  });
});
