import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { parseOwnRun } from './own-run.ts';
import { keep, nameless, readResults } from './results.ts';

const RESULTS = join(import.meta.dirname, '../results');

it('every kept result is whole, and is no quick run', () => {
  const { runs, comparisons } = readResults(RESULTS);
  for (const { name, run } of runs) assert.equal(run.options.quick, false, name);
  for (const { name, report } of comparisons) assert.equal(report.options.quick, false, name);
});

it('no kept result tells whose machine it was', () => {
  for (const file of readdirSync(RESULTS).filter((name) => name.endsWith('.json'))) {
    const text = readFileSync(join(RESULTS, file), 'utf8');
    assert.equal(text, nameless(text, join(RESULTS, '../..')), `${file} names this machine or a folder of it`);
    assert.doesNotMatch(text, /["\s=]\/(home|root|tmp|usr|var|work|opt|srv|mnt|Users)\//, `${file} has a path`);
    for (const [address] of text.matchAll(/\b\d{1,3}(\.\d{1,3}){3}\b/g)) {
      assert.match(address, /^(127\.|0\.0\.0\.0)/, `${file} has an address of somebody's network`);
    }
  }
});

it('what is kept is read as it was, without the folders and the name of the machine', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-results-'));
  t.after(() => rm(folder, { recursive: true }));
  const failure = (root: string, machine: string) => `${root}/bench/x.ts failed on ${machine}`;
  const run = parseOwnRun(
    {
      kind: 'own benchmarks',
      format: 1,
      at: '2026-11-26T10:00:00.000Z',
      tookSeconds: 1,
      machine: { cpu: 'A CPU', cores: 2, memoryMb: 8000, system: 'Linux', node: '24.21.0', sightline: '0.1.0' },
      loadBefore: 0,
      programs: {},
      options: { quick: false, hd: false, soakMinutes: 0, rounds: 5, windowMs: 8333 },
      benchmarks: [{ name: 'fanout', figures: [], failures: [failure('/a/checkout', hostname())] }],
    },
    'a run',
  );
  keep(run, { out: folder, root: '/a/checkout', results: folder }, 'two-cores');
  const [kept] = readResults(folder).runs;
  assert.equal(kept?.name, 'two-cores');
  assert.deepEqual(kept.run.benchmarks[0]!.failures, [failure('…', 'machine')]);
  assert.deepEqual({ ...kept.run, benchmarks: [] }, { ...run, benchmarks: [] });
});

it("the person's own folder is left out of what is kept", () => {
  assert.equal(nameless(`${homedir()}/clip.mp4`, '/a/checkout'), '…/clip.mp4');
});
