// /openapi.json as others read it: a linter, and a generator of types. And what a wrong field does to the client.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { openApiDocument } from '../../src/gateway/api/openapi.ts';
import { ROOT } from '../fixtures/server.ts';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

/** Compiles a file of the project's root; the lines with an error, from 1. */
async function wrongLines(files: Readonly<Record<string, string>>): Promise<number[]> {
  const folder = await mkdtemp(path.join(ROOT, 'test', 'compiled-'));
  try {
    const names = Object.keys(files).map((name) => path.join(folder, name));
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    const program = ts.createProgram(names, OPTIONS);
    return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      assert.ok(
        file !== undefined && names.includes(file.fileName),
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      );
      return file.getLineAndCharacterOfPosition(start).line + 1;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the OpenAPI document has no fault for a linter', async () => {
  const folder = await mkdtemp(path.join(ROOT, 'test', 'compiled-'));
  try {
    const file = path.join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(openApiDocument('1.2.3')));
    const redocly = path.join(ROOT, 'node_modules', '.bin', 'redocly');
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { stdout, stderr } = await promisify(execFile)(redocly, ['lint', file], { cwd: ROOT, env });
    assert.match(stdout + stderr, /Your API description is valid/);
    assert.doesNotMatch(stdout + stderr, /\bwarning/i);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an OpenAPI generator's types compile and fit the answers", async () => {
  const types = astToString(await openapiTS(openApiDocument('1.2.3') as unknown as OpenAPI3));
  const use = `import type { components, operations } from './api.ts';
export const id = (camera: components['schemas']['Camera']): string => camera.id;
export type Body = operations['createCamera']['requestBody']['content']['application/json'];
export const body: Body = { source: 'rtsp://camera/stream' };
export const wrong: Body = { sorce: 'rtsp://camera/stream' };
`;
  assert.deepEqual(await wrongLines({ 'api.ts': types, 'use.ts': use }), [5]);
});

test('a wrong field, a missing one or a wrong type does not compile with the client', async () => {
  const use = `import { createClient } from '../../src/public/client.ts';
const client = createClient({ baseUrl: '' });
await client.createCamera({ source: 'rtsp://camera/stream', always: true });
await client.createCamera({ sorce: 'rtsp://camera/stream' });
await client.createCamera({ name: 'Door' });
await client.changeCamera('door', { name: null }, { ifMatch: '"1"' });
await client.changeCamera('door', { source: null });
await client.changeCamera({ name: 'Door' });
await client.getCameraLog('door', { query: { limit: 5 } });
await client.getCameraLog('door', { query: { limit: 'five' } });
await client.getCamera('door', { ifMatch: '"1"' });
export const state: 'live' | 'asleep' = (await client.getCamera('door')).status.state;
export const names: string[] = (await client.listCameras()).cameras.map((camera) => camera.nmae);
client.streamUrl('door', { widht: 320 });
await client.login({ key: 'k' });
await client.login({ name: 'anna' });
await client.removeCamera('door');
`;
  assert.deepEqual(await wrongLines({ 'use.ts': use }), [4, 5, 7, 8, 10, 11, 12, 13, 14, 16]);
});
