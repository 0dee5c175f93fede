import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from './load.ts';
import { processorPlaces } from './processor-place.ts';
import type { ProcessorPlace } from './processor-place.ts';

const ENTRY = { name: 'edges', value: '{ file: processors/edges.ts }' };

/** The text with the processor where the place says, as a person would write it. */
function written(text: string, { line, how, text: added }: ProcessorPlace): string {
  const lines = text.split('\n');
  if (how === 'behind') return [...lines.slice(0, line), added, ...lines.slice(line)].join('\n');
  const [before = '', ...rest] = lines.slice(line - 1);
  const brace = before.lastIndexOf('}');
  const inner = before.slice(0, brace).trimEnd();
  const isEmpty = inner.endsWith('{');
  const changed = `${inner}${isEmpty ? ' ' : ', '}${added} }${before.slice(brace + 1)}`;
  return [...lines.slice(0, line - 1), changed, ...rest].join('\n');
}

function processorsOf(text: string): Record<string, string[]> {
  const { cameras } = loadConfig({ file: 'sightline.yaml', text, env: {}, cwd: '/home/anna' });
  return Object.fromEntries(cameras.map(({ id, processors }) => [id, processors.map(({ name }) => name)]));
}

describe('the place of a processor in a config file', () => {
  const files: Readonly<Record<string, string>> = {
    'behind the source of a camera without any': "cameras:\n  door:\n    source: 'test:' # mine\n    always: true\n",
    'behind the key of a camera that has some':
      "cameras:\n  door:\n    source: 'test:'\n    processors:\n      # Moves.\n      motion: {}\n",
    'in another indentation':
      "cameras:\n    door:\n        source: 'test:'\n        processors:\n            motion: {}\n",
    'below a key without a value': "cameras:\n  door:\n    processors:\n    source: 'test:'\n",
    'behind a source in the last line': "cameras:\n  door:\n    source: 'test:'",
  };
  for (const [where, text] of Object.entries(files)) {
    it(`is ${where}`, () => {
      const [place] = processorPlaces(text, ENTRY);
      assert.equal(place?.camera, 'door');
      assert.equal(place.how, 'behind');
      assert.ok(processorsOf(written(text, place))['door']?.includes('edges'), written(text, place));
    });
  }

  it('is between the braces of what is written in one line', () => {
    for (const text of [
      "cameras:\n  door:\n    source: 'test:'\n    processors: { motion: {} }\n",
      "cameras:\n  door:\n    source: 'test:'\n    processors: {}\n",
      "cameras:\n  door: { source: 'test:' }\n",
    ]) {
      const [place] = processorPlaces(text, ENTRY);
      assert.equal(place?.how, 'inside');
      assert.ok(processorsOf(written(text, place))['door']?.includes('edges'), written(text, place));
    }
  });

  it('is said for each camera, but not for one that has such a processor', () => {
    const text =
      "cameras:\n  door: { source: 'test:' }\n  gate:\n    source: 'test:'\n    processors:\n      edges: { use: qr }\n  yard:\n    source: 'test:'\n";
    assert.deepEqual(
      processorPlaces(text, ENTRY).map(({ camera, line }) => [camera, line]),
      [
        ['door', 2],
        ['yard', 8],
      ],
    );
  });

  it('is not said for what is no config file of cameras', () => {
    for (const text of ['', 'cameras: {}\n', 'cameras: [\n', '- a\n', 'cameras: 7\n', 'cameras:\n  door: x\n']) {
      assert.deepEqual(processorPlaces(text, ENTRY), [], text);
    }
  });
});
