import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { configurationPage, schemaFile } from '../../docs/tools/configuration.ts';
import { configJsonSchema } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

const shipped = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

function objects(node: unknown): JsonSchema[] {
  if (typeof node !== 'object' || node === null) return [];
  const mine = 'properties' in node ? [node as JsonSchema] : [];
  return [...mine, ...Object.values(node).flatMap(objects)];
}

describe('the schema of the config file', () => {
  it('is shipped for editors, and its page, as they are made from it', async () => {
    const command = 'run: node docs/tools/configuration.ts';
    assert.equal(shipped('sightline.schema.json'), await schemaFile(), command);
    assert.equal(shipped('configuration.md'), await configurationPage(), command);
  });

  it('describes each key and allows no other', () => {
    const found = objects(configJsonSchema());
    assert.equal(found.length, 5);
    for (const { properties, additionalProperties } of found) {
      assert.equal(additionalProperties, false);
      for (const [key, schema] of Object.entries(properties as Record<string, JsonSchema>)) {
        assert.ok(key === 'server' || typeof schema['description'] === 'string', key);
      }
    }
  });

  it('lets a reference to the environment stand for a number and a flag', () => {
    const { properties } = configJsonSchema() as { properties: { server: { properties: { port: JsonSchema } } } };
    const { port } = properties.server.properties;
    assert.deepEqual(port['anyOf'], [
      { type: 'integer', minimum: 0, maximum: 65535 },
      { type: 'string', pattern: String.raw`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$` },
    ]);
  });
});
