// The whole API under a property-based fuzzer that reads /openapi.json (schemathesis, from PyPI): every answer is one
// that the contract documents, whatever is sent, and none is a failure of the server.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, TestServer } from '../fixtures/server.ts';

const SEED = '20260115';
const EXAMPLES = '15';
const TOKEN = 'fuzz-token';

/** Cameras of loopback may be added, and nothing else is ever asked: see fixtures/api-fuzz-hooks.py. */
const CONFIG = `server:
  token: ${TOKEN}
  allowedSources: [127.0.0.0/8, '::1/128']
cameras:
  door: { source: 'test:?width=320&height=240&fps=10' }
  seen: { source: 'push:' }
  yard: { source: 'test:?codec=mjpeg&width=320&height=240&fps=5' }
`;

const SETTINGS = `seed = ${SEED}
continue-on-failure = true
headers = { Authorization = "Bearer ${TOKEN}" }
request-timeout = 20.0

[generation]
max-examples = ${EXAMPLES}
database = "none"

# GET is left out: on the two endless addresses it is not unexpected.
[phases.coverage]
unexpected-methods = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "429", "503"]
`;

test('no request makes the API fail or say what its contract does not', { timeout: 280_000 }, async (context) => {
  const { stdout: program } = await promisify(execFile)(path.join(ROOT, 'test', 'install-schemathesis.sh'));
  const folder = await mkdtemp(path.join(tmpdir(), 'sl-fuzz-'));
  try {
    const config = path.join(folder, 'sightline.yaml');
    await writeFile(config, CONFIG, { mode: 0o600 });
    await writeFile(path.join(folder, 'schemathesis.toml'), SETTINGS);
    await using server = await TestServer.start(['--config', config]);
    const { code, output } = await fuzz(program.trim(), folder, server.url);
    context.diagnostic(`seed ${SEED}: ${/\d+ generated.*/.exec(output)?.[0] ?? output}`);
    assert.equal(code, 0, output);
    assert.doesNotMatch(server.log.join('\n'), /a request failed/);
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function fuzz(program: string, folder: string, url: string): Promise<{ code: number | null; output: string }> {
  const hooks = path.join(ROOT, 'test', 'fixtures', 'api-fuzz-hooks.py');
  const settings = path.join(folder, 'schemathesis.toml');
  const child = spawn(
    program,
    ['--config-file', settings, 'run', `${url}/openapi.json`, '--no-color', '--workers', '1'],
    {
      cwd: folder,
      env: { ...process.env, SCHEMATHESIS_HOOKS: hooks, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, output: out + errors };
}
