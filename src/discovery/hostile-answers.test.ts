// Fuzz of what devices answer: makers' answers with bytes changed, parts cut out, doubled and moved. Nothing but an
// error of ours may come out, whatever is told leads to the host that answered, and nothing takes long.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { threadCpuMs } from '../../test/fixtures/cpu-time.ts';
import { onvifAnswer, ONVIF_ANSWERS } from '../../test/fixtures/onvif-answers.ts';
import { SightlineError } from '../base/errors.ts';
import { MAX_DEVICE_TEXT } from './device-text.ts';
import * as answers from './onvif-answers.ts';
import { readEnvelope } from './soap-envelope.ts';
import { isCamera, readProbeMatches, sightingOf } from './ws-discovery-message.ts';
import type { XmlElement } from './xml.ts';

const HOST = '192.168.77.20';
/** The longest that one answer may keep everything else waiting, with room for a busy machine. */
const LONGEST_MS = 500;

type Change = (bytes: Buffer) => Buffer;

/** Where something is changed, as a fraction of what is there. */
const place = fc.double({ min: 0, max: 1, noNaN: true });

const byte: fc.Arbitrary<Change> = fc.tuple(place, fc.nat(255)).map(([at, value]) => (bytes) => {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[Math.min(changed.length - 1, Math.floor(at * changed.length))] = value;
  return changed;
});

const cut: fc.Arbitrary<Change> = fc.tuple(place, place).map(([one, other]) => (bytes) => {
  const [from, to] = span(bytes, one, other);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
});

const double: fc.Arbitrary<Change> = fc
  .tuple(place, place, fc.integer({ min: 2, max: 20 }))
  .map(([one, other, times]) => (bytes) => {
    const [from, to] = span(bytes, one, other);
    const part = bytes.subarray(from, to);
    return Buffer.concat([bytes.subarray(0, to), ...Array<Buffer>(times).fill(part), bytes.subarray(to)]);
  });

const word = fc.constantFrom(
  '<',
  '>',
  '</',
  '/>',
  '"',
  '<!DOCTYPE a [',
  '<![CDATA[',
  '&#x0;',
  '&lt;',
  '__proto__',
  '\0',
  '://',
  '\u202e',
  '%ff',
);
const put: fc.Arbitrary<Change> = fc.tuple(place, word).map(([at, text]) => (bytes) => {
  const [from] = span(bytes, at, at);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(text), bytes.subarray(from)]);
});

function span(bytes: Buffer, one: number, other: number): [number, number] {
  const [from = 0, to = 0] = [one, other].map((each) => Math.floor(each * bytes.length)).sort((a, b) => a - b);
  return [from, to];
}

const hostile = fc
  .tuple(fc.constantFrom(...ONVIF_ANSWERS), fc.array(fc.oneof(byte, cut, double, put), { minLength: 1, maxLength: 12 }))
  .map(([name, changes]) => changes.reduce((bytes, change) => change(bytes), onvifAnswer(name)));

const READERS: readonly ((element: XmlElement) => unknown)[] = [
  answers.readDeviceTime,
  answers.readDeviceInformation,
  answers.readServices,
  answers.readCapabilities,
  answers.readHardwareAddress,
  answers.readDeviceScopes,
  answers.readProfiles,
  answers.readUri,
];

describe('hostile answers', () => {
  it('to a probe name nobody but the host that sent them, in short words', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const matches = timed(() => readProbeMatches(bytes)) ?? [];
        for (const match of matches) {
          isCamera(match);
          const { services = [], name, model, maker, endpoint } = sightingOf(match, HOST);
          for (const { url } of services) assert.equal(new URL(url).hostname, HOST);
          for (const text of [name, model, maker, endpoint]) {
            assert.ok(Array.from(text ?? '').length <= MAX_DEVICE_TEXT + 'urn:uuid:'.length);
            assert.doesNotMatch(text ?? '', /\p{Cc}/u);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('to a question are read or refused', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('GetProfiles', 'GetSystemDateAndTime'), (bytes, operation) => {
        const answer = timed(() => readEnvelope(bytes, operation));
        if (answer?.kind === 'fault') assert.match(answer.reason, /^[\x20-\x7e]{1,200}$/);
        if (answer?.kind === 'result') for (const read of READERS) read(answer.result);
      }),
      { numRuns: 1500 },
    );
  });
});

/** What a reader says; null when it refuses. */
function timed<T>(read: () => T): T | null {
  const from = threadCpuMs();
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    return null;
  } finally {
    assert.ok(threadCpuMs() - from < LONGEST_MS);
  }
}
