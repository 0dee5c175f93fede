// Processors of a camera, changed in the config file's text: key by key, so that what a person wrote around them stays.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Editor } from './editor.ts';
import { loadReading } from './load.ts';
import { merged } from './merge.ts';
import type { CameraValues } from './store-types.ts';

const load = { file: 's.yaml', env: {}, cwd: '/home/person' };

type Changes = NonNullable<CameraValues['processors']>;

function changed(text: string, processors: Changes): string {
  const reading = loadReading({ ...load, text });
  const editor = new Editor({ reading, text, placeholders: [], load, secret: Buffer.alloc(32, 7) });
  editor.change('door', { processors });
  return editor.finish()?.text ?? text;
}

const said = (text: string): unknown => loadReading({ ...load, text }).raw['door']?.['processors'] ?? {};

const BLOCK = `cameras:
  door:
    source: 0 # mine
    processors:
      # what moves
      motion:
        enabled: false # for now
        options:
          zones: # two
            - [0, 0]
            - [1, 1]
          sensitivity: 3
      overlay: {}
  # the other
  desk: { source: 1 }
`;

describe('an edit of processors', () => {
  it('changes one option and no other character', () => {
    const text = changed(BLOCK, { motion: { options: { sensitivity: 5 } } });
    assert.equal(text, BLOCK.replace('sensitivity: 3', 'sensitivity: 5'));
    assert.equal(changed(BLOCK, { motion: { enabled: true } }), BLOCK.replace('enabled: false', 'enabled: true'));
  });

  it('puts a list where a list was, and adds what was not there', () => {
    const text = changed(BLOCK, { motion: { options: { zones: [[0, 1]], 'min size': 'a: b' } }, qr: {} });
    assert.deepEqual(said(text), {
      motion: { enabled: false, options: { zones: [[0, 1]], sensitivity: 3, 'min size': 'a: b' } },
      overlay: {},
      qr: {},
    });
    assert.match(text, /# what moves/);
  });

  it('takes a processor away, and the last one with the whole key', () => {
    assert.deepEqual(said(changed(BLOCK, { overlay: null })), {
      motion: {
        enabled: false,
        options: {
          zones: [
            [0, 0],
            [1, 1],
          ],
          sensitivity: 3,
        },
      },
    });
    const text = changed(BLOCK, { overlay: null, motion: null });
    assert.ok(!text.includes('processors'));
    assert.match(text, /# the other/);
  });

  it('begins them in a camera that has none, in a block and in a line', () => {
    const none = 'cameras:\n  door:\n    source: 0\n';
    assert.equal(changed(none, { motion: {} }), `${none}    processors: {"motion":{}}\n`);
    const line = 'cameras: { door: { source: 0 } }\n';
    assert.deepEqual(said(changed(line, { motion: { options: { text: 'it is ${NOT} read' } } })), {
      motion: { options: { text: 'it is ${NOT} read' } },
    });
  });

  it('says afterwards what was meant, whatever options are changed', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.string(),
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
    );
    const options = fc.dictionary(fc.constantFrom('zones', 'sensitivity', 'a', 'b:c', '"'), fc.option(value), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(options, options, fc.boolean(), (first, second, enabled) => {
        const one: Changes = { motion: { options: first } };
        const two: Changes = { motion: { options: second, enabled }, overlay: null };
        const text = changed(changed(BLOCK, one), two);
        assert.deepEqual(said(text), JSON.parse(JSON.stringify(merged(merged(said(BLOCK), one), two))));
        assert.match(text, /# the other/);
      }),
      { numRuns: 200 },
    );
  });
});
