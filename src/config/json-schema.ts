// The config file's schema as JSON Schema (draft 2020-12), for editors and other programs: made from schema.ts, with the
// notes of each key, and with references to the environment where a value may come from there.

import { z } from 'zod';
import { configSchema, keyNotes } from './schema.ts';

export type JsonSchema = { [key: string]: unknown };

const REFERENCE = String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*\}`;

/** Keys that say what a value may be; all others (description, default) are of the key itself. */
const CONSTRAINTS = ['type', 'enum', 'pattern', 'minimum', 'maximum', 'minLength', 'maxLength'];

/** The whole schema. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const notes = zodSchema instanceof z.ZodType ? keyNotes.get(zodSchema) : undefined;
      if (notes !== undefined) jsonSchema.description = notes.description;
    },
  });
  return { ...(withReferences(schema) as JsonSchema), title: 'Sightline config' };
}

/** Lets `${NAME}` stand where a number, a flag or a text of a certain form is wanted. */
function withReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withReferences);
  if (typeof node !== 'object' || node === null) return node;
  const schema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === 'propertyNames' ? value : withReferences(value)]),
  );
  const { type } = schema;
  const hasForm = type === 'string' && ('pattern' in schema || 'enum' in schema);
  if (type !== 'boolean' && type !== 'integer' && !hasForm) return schema;
  const pattern = type === 'string' ? REFERENCE : `^${REFERENCE}$`;
  const entries = Object.entries(schema);
  return {
    ...Object.fromEntries(entries.filter(([key]) => !CONSTRAINTS.includes(key))),
    anyOf: [Object.fromEntries(entries.filter(([key]) => CONSTRAINTS.includes(key))), { type: 'string', pattern }],
  };
}
