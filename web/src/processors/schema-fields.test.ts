// The form that is made of a processor's options.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { blamedOption, fieldsOf, stepOf, textOf, valueOf, type OptionField } from './schema-fields.ts';

const schema = z.toJSONSchema(
  z.object({
    low: z.number().min(0).max(255).default(60).describe('The weaker edge'),
    count: z.number().int().default(3),
    shown: z.boolean().default(true),
    corner: z.enum(['top left', 'top right']).default('top left'),
    title: z.string().default('Door'),
    zones: z.array(z.array(z.tuple([z.number(), z.number()]))).default([]),
    speed: z.number().int().min(1).optional(),
  }),
);
const fields = new Map(fieldsOf(schema).map((field) => [field.name, field]));
const field = (name: string): OptionField => fields.get(name)!;

describe('options get', () => {
  it('a field each of their own kind, with bounds and help where they say so', () => {
    assert.deepEqual(
      [...fields.values()].map(({ name, kind }) => `${name} ${kind}`),
      ['low number', 'count number', 'shown switch', 'corner choice', 'title text', 'zones json', 'speed number'],
    );
    const { help, least, most } = field('low');
    assert.deepEqual([help, least, most], ['The weaker edge', 0, 255]);
    const { whole, least: from, most: to } = field('count');
    assert.deepEqual([whole, from, to], [true, null, null]);
    assert.deepEqual(field('corner').choices, ['top left', 'top right']);
  });

  it('no field before they are known', () => {
    assert.deepEqual(fieldsOf(null), []);
  });

  it('a slider whose steps are fine and can be said', () => {
    assert.equal(stepOf(field('low')), 1);
    assert.equal(stepOf({ ...field('low'), least: 0, most: 1 }), 0.01);
    assert.equal(stepOf({ ...field('count'), least: 0, most: 10 }), 1);
    assert.equal(stepOf({ ...field('count'), least: 0, most: 600_000 }), 10_000);
  });
});

describe('what is typed', () => {
  it('is sent as the value that it is', () => {
    assert.deepEqual(valueOf(field('low'), '12.5'), { value: 12.5 });
    assert.deepEqual(valueOf(field('title'), ''), { value: '' });
    assert.deepEqual(valueOf(field('zones'), '[[[0, 0.5]]]'), { value: [[[0, 0.5]]] });
  });

  it('is not sent when it cannot be right', () => {
    const wrong = [valueOf(field('low'), ''), valueOf(field('low'), '256'), valueOf(field('count'), '1.5')];
    assert.deepEqual(wrong, [{ wrong: 'number' }, { wrong: 'between' }, { wrong: 'whole' }]);
    assert.deepEqual(valueOf(field('speed'), '0'), { wrong: 'least' });
    assert.deepEqual(valueOf(field('zones'), '[['), { wrong: 'json' });
  });

  it('is shown again as it was', () => {
    assert.equal(textOf(field('zones'), [[1]]), '[[1]]');
    assert.equal(textOf(field('low'), 0.5), '0.5');
    assert.equal(textOf(field('low'), undefined), '');
  });
});

it('a problem of the server names the option that it is about', () => {
  assert.equal(blamedOption('options.low: expected number'), 'low');
  assert.equal(blamedOption('edges.ts:11: cv.canny is not a function'), null);
});
