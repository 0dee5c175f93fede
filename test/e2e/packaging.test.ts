// What the project ships to run it for good: the systemd unit and the container file hold what they name.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../fixtures/server.ts';

test('systemd finds nothing wrong with the unit', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sl-unit-'));
  try {
    const unit = await readFile(path.join(ROOT, 'packaging/systemd/sightline.service'), 'utf8');
    const file = path.join(folder, 'sightline.service');
    // The program itself is not installed here.
    await writeFile(file, unit.replace('/opt/sightline/node_modules/.bin/sightline', '/bin/true'));
    const said = execFileSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8', stdio: 'pipe' });
    assert.equal(said, '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the container file copies what there is, ends as nobody special, and asks for its health', async () => {
  const text = await readFile(path.join(ROOT, 'Containerfile'), 'utf8');
  const copied = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((match) =>
    match[1]!.trim().split(/\s+/).slice(0, -1),
  );
  assert.ok(copied.length >= 10);
  for (const name of copied) assert.ok(existsSync(path.join(ROOT, name)), name);
  const last = text.slice(text.lastIndexOf('\nFROM'));
  assert.match(last, /^USER sightline$/m);
  assert.match(last, /^HEALTHCHECK .*\n.*\/healthz/m);
});
