// `sightline bench` as a person runs it: a short run of all modes, one that is ended in the middle, one beside a server
// that is none, and one with a camera that allows two sessions. Nothing of any is left.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { BenchReport } from '../../src/bench/types.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { childrenWith } from '../fixtures/own-children.ts';
import { ROOT } from '../fixtures/server.ts';
import { ClipCamera, sizedClip } from '../peers/clip-camera.ts';

const SHORT = ['--seconds', '1', '--quick'];

const quantiles = z.strictObject({ p50: z.number(), p95: z.number(), max: z.number(), count: z.int() });
const first = z.strictObject({
  headersMs: quantiles.nullable(),
  partMs: quantiles.nullable(),
  pictureMs: quantiles.nullable(),
});
const count = z.int().nonnegative();
const windowSchema = z.strictObject({
  load: z.strictObject({
    ...{ viewers: count, served: count, broken: count, parts: count, bytes: count, seconds: z.number().positive() },
    ...{ leastFps: z.number(), medianFps: z.number(), clientCores: z.number(), cold: first, hot: first },
    refused: z.array(z.object({ status: z.int(), count })),
  }),
  probe: z
    .strictObject({
      ...{ pictures: count, unread: count, lost: count, repeated: count, reordered: count },
      ...{ delayMs: quantiles.nullable(), delaysMs: z.array(z.number()).max(500) },
    })
    .nullable(),
  cost: z.strictObject({
    ...{ cores: z.number().positive(), cpuUsPerPart: z.number().positive(), pssMb: z.number().positive() },
    ...{ sessions: count, threads: z.int().positive() },
  }),
  after: z
    .strictObject({
      closedAfterS: z.number().nullable(),
      quietAfterS: z.number().nullable(),
      limitS: z.number(),
    })
    .nullable(),
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly report: BenchReport;
  readonly page: string;
}

/** What a test may do to a run. */
interface Run {
  readonly pid: number;
  /** As a terminal's Ctrl-C. */
  readonly interrupt: () => void;
}

/** Runs the command in an empty folder. `onLine` sees what it says on stderr and may send it a signal. */
async function bench(args: readonly string[], onLine?: (line: string, run: Run) => void): Promise<Ended> {
  const folder = await temporaryFolder();
  const mark = randomUUID();
  const child = spawn(process.execPath, [path.join(ROOT, 'bin/sightline.js'), 'bench', ...args], {
    cwd: folder.path,
    env: { ...process.env, INIT_CWD: folder.path, SIGHTLINE_TEST_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    // As a terminal does: its Ctrl-C reaches the whole group.
    detached: true,
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    onLine?.(line, { pid: child.pid!, interrupt: () => process.kill(-child.pid!, 'SIGINT') });
  });
  try {
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
    assert.deepEqual(await left(mark), [], 'processes are left');
    const json = await readFile(path.join(folder.path, 'bench.json'), 'utf8').catch(() => 'null');
    const page = await readFile(path.join(folder.path, 'bench.html'), 'utf8').catch(() => '');
    return { code, out, err: lines.join('\n'), report: JSON.parse(json) as BenchReport, page };
  } finally {
    await folder.remove();
  }
}

/** Processes that were started with this mark in their environment, after a moment for the kernel to bury them. */
async function left(mark: string): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      pids.map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
        return environment.includes(mark) ? [await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => pid)] : [];
      }),
    );
    if (found.flat().length === 0 || tries === 20) return found.flat();
    await pause(100);
  }
}

describe('sightline bench', { concurrency: true }, () => {
  it('measures all modes with a camera of its own: a table, figures, and a page that needs no network', async () => {
    const { code, out, err, report, page } = await bench(['test:', '--viewers', '1,2', ...SHORT]);
    assert.equal(code, 0, err);
    assert.deepEqual(
      report.sides.map(({ name, stopped }) => [name, stopped?.reason ?? null]),
      [
        ['naive', null],
        ['threaded', null],
        ['shared', null],
      ],
      JSON.stringify(report.sides.map(({ stopped }) => stopped)),
    );
    for (const { name, steps, agreement } of report.sides) {
      assert.deepEqual(
        steps.map(({ viewers, windows }) => [viewers, windows.length]),
        [
          [1, 1],
          [2, 1],
        ],
      );
      for (const { viewers, windows } of steps) {
        const { load, cost } = windowSchema.parse(windows[0]);
        assert.equal(load.served, viewers, name);
        assert.equal(cost.sessions, name === 'naive' ? viewers : 1, `sessions of ${name}`);
      }
      assert.ok(agreement !== null && agreement.server > 0, `counts of ${name}`);
      assert.equal(agreement.client, agreement.server, `counts of ${name}`);
    }
    for (const name of ['naive', 'threaded', 'shared']) assert.match(out, new RegExp(`\\b${name}\\b`));
    assert.match(page, /<svg/);
    assert.doesNotMatch(page, /(?:src|href)="https?:/);
    assert.match(err, /naive, 1 viewer; at most .* left/);
  });

  it('ends everything on Ctrl-C, and writes what was measured until then', async () => {
    let sent = false;
    const args = ['test:', '--modes', 'naive,threaded', '--viewers', '1,2', ...SHORT];
    const { code, err, report, page } = await bench(args, (line, { interrupt }) => {
      if (sent || !line.includes('threaded, 2 viewers')) return;
      sent = true;
      interrupt();
    });
    assert.equal(code, 1, err);
    assert.match(err, /ended before it was through/);
    assert.deepEqual(
      report.sides.map(({ steps, stopped }) => [steps.length, stopped?.reason]),
      [
        [2, undefined],
        [1, 'asked'],
      ],
    );
    assert.match(page, /<svg/);
  });

  it('ends with the reason when its own camera dies, and writes what was measured until then', async () => {
    let killed = false;
    const args = ['test:', '--modes', 'threaded', '--viewers', '1,2', ...SHORT];
    const { code, err, report, page } = await bench(args, (line, { pid }) => {
      if (killed || !line.includes('threaded, 2 viewers')) return;
      killed = true;
      for (const camera of childrenWith('rtsp_camera', pid)) process.kill(camera, 'SIGKILL');
    });
    assert.equal(code, 1, err);
    assert.match(err, /The camera that the bench had started ended by itself \(SIGKILL\)/);
    assert.equal(report.sides[0]?.steps.length, 1);
    assert.equal(report.sides[0].stopped?.reason, 'asked');
    assert.match(page, /<svg/);
  });

  it('says of a peer what it answered, and measures the others', async () => {
    const nothing = createServer((_, response) => response.writeHead(404).end('no')).listen(0, '127.0.0.1');
    await once(nothing, 'listening');
    const url = `http://127.0.0.1:${(nothing.address() as AddressInfo).port}/stream`;
    const args = ['test:', '--modes', 'naive', '--viewers', '1', ...SHORT, '--peer', `other=${url},${process.pid}`];
    const { code, report, err } = await bench(args);
    nothing.close();
    assert.equal(code, 0, err);
    const [naive, other] = report.sides;
    assert.equal(naive?.stopped, null);
    assert.equal(other?.stopped?.reason, 'failed');
    assert.match(other.stopped.text, /404/);
  });

  it('reports how many sessions a camera allows, and warns before it opens them', async () => {
    await using camera = await ClipCamera.start(await sizedClip(160, 120), 2);
    const { code, report, err } = await bench([camera.url, '--modes', 'naive', '--viewers', '1,4', ...SHORT]);
    assert.equal(code, 0, err);
    assert.match(err, /naive opens a session with your camera for each viewer/);
    const [naive] = report.sides;
    assert.equal(naive?.sessionsAllowed, 2);
    assert.equal(naive.stopped?.reason, 'refused');
    assert.match(naive.stopped.text, /allows 2 sessions/);
  });

  it('says at once what it cannot do', async () => {
    const wrong = await bench(['test:', '--modes', 'fast']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /"fast" is no mode/);
    const unwritable = await bench(['test:', '--json', '/proc/none/bench.json']);
    assert.equal(unwritable.code, 2);
    assert.match(unwritable.err, /cannot be written/);
  });
});
