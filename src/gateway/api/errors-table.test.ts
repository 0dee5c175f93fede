// The table of error codes, the page in docs and the OpenAPI document say the same.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorsPage } from '../../../docs/tools/errors.ts';
import { withGateway } from '../../../test/fixtures/gateway.ts';
import { ERROR_CODES } from '../../base/errors.ts';
import { ADDRESSES } from './contract-addresses.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, { get?: { responses: Record<string, unknown>; parameters?: { name: string }[] } }>;
  readonly components: { schemas: Record<string, { properties: { code: { enum: string[] } } }> };
  readonly 'x-error-codes': { code: string; status: number; retryable: boolean; hint: string }[];
}

test('docs/errors.md is current with the table of error codes', () => {
  assert.equal(readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8'), errorsPage());
});

test('the OpenAPI document names every error code with its status and hint, and every address', async () => {
  await withGateway({}, async ({ url }) => {
    const text = await (await fetch(`${url}/openapi.json`)).text();
    const document = JSON.parse(text) as Document;
    assert.equal(document.openapi, '3.1.0');
    const said = Object.fromEntries(
      document['x-error-codes'].map(({ code, status, retryable, hint }) => [code, { status, retryable, hint }]),
    );
    assert.deepEqual(said, { ...ERROR_CODES });
    assert.deepEqual(document.components.schemas['Problem']?.properties.code.enum, Object.keys(ERROR_CODES));
    const addresses = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(addresses.sort(), Object.values(ADDRESSES).sort());
    const stream = document.paths['/cameras/{id}/stream.mjpeg']?.get;
    assert.deepEqual(
      stream?.parameters?.map(({ name }) => name),
      ['id', 'stream', 'width', 'quality', 'fps'],
    );
    assert.deepEqual(Object.keys(stream.responses), ['200', '400', '401', '403', '404', '429', '503']);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
      assert.ok(reference in document.components.schemas, `${reference} is described`);
    }
  });
});
