import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode, encode } from 'dns-packet';
import type { Answer } from 'dns-packet';
import fc from 'fast-check';
import { threadCpuMs } from '../../test/fixtures/cpu-time.ts';
import { SightlineError } from '../base/errors.ts';
import { HostRecords, macOf, MAX_DNS_BYTES, readRecords, writeQuery } from './mdns-records.ts';

const RTSP = '_rtsp._tcp.local';
const AXIS = '_axis-video._tcp.local';
const NAME = 'AXIS P3245-V - ACCC8E000001._axis-video._tcp.local';
const HOST = 'axis-accc8e000001.local';

/** What an Axis camera answers. */
const RECORDS: readonly Answer[] = [
  { name: AXIS, type: 'PTR', data: NAME },
  { name: NAME, type: 'SRV', data: { target: HOST, port: 80 } },
  { name: NAME, type: 'TXT', data: ['macaddress=ACCC8E000001', 'flag', 'a=b=c'] },
  { name: HOST, type: 'A', data: '192.168.77.22' },
];

function hostWith(records: readonly Answer[]): HostRecords {
  const host = new HostRecords([RTSP, AXIS]);
  host.add(records);
  return host;
}

describe('records of multicast DNS', () => {
  it('make an instance with its name, port and texts', () => {
    const [instance, ...others] = hostWith(RECORDS).at('192.168.77.22');
    assert.equal(others.length, 0);
    assert.deepEqual([instance?.type, instance?.name, instance?.port], [AXIS, 'AXIS P3245-V - ACCC8E000001', 80]);
    assert.deepEqual(Object.fromEntries(instance!.text), { macaddress: 'ACCC8E000001', flag: '', a: 'b=c' });
    assert.equal(macOf(instance!), 'ac:cc:8e:00:00:01');
  });

  it('come in any order, in several messages and in any case of letters', () => {
    const host = hostWith([]);
    for (const record of [...RECORDS].reverse()) host.add([{ ...record, name: record.name.toUpperCase() }]);
    assert.equal(host.at('192.168.77.22').length, 1);
  });

  it('of an instance without a place are asked for', () => {
    const host = hostWith(RECORDS.slice(0, 1));
    assert.deepEqual(host.at('192.168.77.22'), []);
    assert.deepEqual(
      host.missing().map(({ type, name }) => [type, name]),
      [
        ['SRV', NAME],
        ['TXT', NAME],
      ],
    );
    host.add(RECORDS.slice(1));
    assert.deepEqual(host.missing(), []);
  });

  it('that place an instance at another address than the one that answered count for nothing', () => {
    assert.deepEqual(hostWith(RECORDS).at('192.168.77.66'), []);
  });

  it('of services that nobody looks for count for nothing', () => {
    const other: Answer = { name: '_ipp._tcp.local', type: 'PTR', data: 'Printer._ipp._tcp.local' };
    assert.deepEqual(hostWith([other]).missing(), []);
    const foreign: Answer = { name: AXIS, type: 'PTR', data: 'x.example.com' };
    assert.deepEqual(hostWith([foreign]).missing(), []);
  });

  it('are kept up to a bound', () => {
    const many = Array.from({ length: 1000 }, (_, index): Answer => ({
      name: RTSP,
      type: 'PTR',
      data: `${index}.${RTSP}`,
    }));
    assert.ok(hostWith(many).missing().length <= 128);
  });

  it('with names that cannot be asked for again are left', () => {
    const host = hostWith([{ name: RTSP, type: 'PTR', data: `${'\ufffd'.repeat(60)}.${RTSP}` }]);
    assert.deepEqual(host.missing(), []);
  });
});

describe('messages of multicast DNS', () => {
  it('ask several things at once, for answers to us alone where that is wanted', () => {
    const questions = [RTSP, AXIS].map((name) => ({ name, type: 'PTR' as const }));
    for (const unicast of [true, false]) {
      const bytes = writeQuery(questions, unicast);
      assert.deepEqual(
        decode(bytes).questions?.map(({ name }) => name),
        [RTSP, AXIS],
      );
      assert.deepEqual(
        [RTSP, AXIS].map((name) => bytes[bytes.indexOf(name.split('.')[0] ?? '') + name.length + 3]),
        unicast ? [0x80, 0x80] : [0, 0],
      );
    }
  });

  it('are read with all sections of an answer; a question has no records', () => {
    const answer = encode({ type: 'response', answers: RECORDS.slice(0, 1), additionals: RECORDS.slice(1) });
    assert.equal(readRecords(answer).length, 4);
    assert.deepEqual(readRecords(encode({ type: 'query', answers: [...RECORDS] })), []);
  });

  it('never throw anything but an error of ours, and never take long', () => {
    const good = encode({ type: 'response', answers: [...RECORDS] });
    const changed = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 20 }).map((changes) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    const any = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
    fc.assert(fc.property(fc.oneof(changed, any), readsOrRefuses), { numRuns: 2000 });
  });

  it('whose names lead from pointer to pointer are read in no time', () => {
    //  half of the message: each pointer leads to the one before; then records that begin at the last of them.
    const bytes = Buffer.alloc(MAX_DNS_BYTES);
    bytes.writeUInt16BE(0x8400, 2);
    bytes.writeUInt16BE(400, 6);
    const half = 4500;
    for (let at = 14; at < half; at += 2) bytes.writeUInt16BE(0xc000 | (at - 2), at);
    for (let at = half; at + 12 <= bytes.length; at += 12) bytes.writeUInt16BE(0xc000 | (half - 2), at);
    readsOrRefuses(bytes);
    assert.throws(() => readRecords(Buffer.alloc(MAX_DNS_BYTES + 1)), SightlineError);
  });
});

function readsOrRefuses(bytes: Buffer): void {
  const from = threadCpuMs();
  try {
    const host = hostWith(readRecords(bytes));
    host.at('192.168.77.22').map(macOf);
    writeQuery(host.missing().slice(0, 16), true);
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
  }
  assert.ok(threadCpuMs() - from < 500);
}
