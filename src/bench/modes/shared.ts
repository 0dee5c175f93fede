// The shared mode: Sightline itself, started as a person starts it, with a config file and a state folder in a folder
// of mode 0700 that is gone afterwards. What it sent is read from its log, which counts each viewer's pictures to the end.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { SightlineError } from '../../base/errors.ts';
import { parseAddress } from '../../config/address.ts';
import { packageRoot } from '../../package.ts';
import type { ServerUnderTest } from '../types.ts';
import { SentCount } from './sent-count.ts';

const CAMERA_ID = 'camera';
/** Where the camera's address stands, so that a bench that is killed leaves no password in a file. */
const SOURCE_VARIABLE = 'SIGHTLINE_BENCH_SOURCE';
/** JSON is YAML. */
const CONFIG = JSON.stringify({ cameras: { [CAMERA_ID]: { source: `\${${SOURCE_VARIABLE}}` } } });
/** As `npm start` and the launcher give it. */
const FLAGS = ['--max-semi-space-size=4'];
const START_MS = 20_000;
const FINISH_MS = 10_000;
const STOP_MS = 8_000;

/** The line that `serve --json` says. */
interface Announced {
  readonly url: string;
  readonly key: string;
}

/** Starts Sightline with one camera; rejects with the reason of `signal`, or with what Sightline said. */
export async function startSharedServer(source: string, signal: AbortSignal): Promise<ServerUnderTest> {
  signal.throwIfAborted();
  const folder = await mkdtemp(path.join(tmpdir(), 'sightline-bench-'));
  const config = path.join(folder, 'sightline.yaml');
  await writeFile(config, CONFIG, { mode: 0o600 });
  const child = spawnSightline({ folder, config, source });
  const gone = once(child, 'exit');
  gone.catch(() => undefined);
  const sent = new SentCount(child.stderr);
  const stop = () => stopServer(child, gone, folder);
  try {
    const announced = await announcement(child, sent, signal);
    return {
      url: new URL('camera', announced.url).href,
      pids: [child.pid!],
      finish: () => finish(announced, sent),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A file is named as seen from here; its server runs elsewhere. */
function fromAnywhere(source: string): string {
  const address = parseAddress(source, { cwd: process.cwd() });
  return address.kind === 'file' ? address.target : source;
}

type Sightline = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

interface SpawnOptions {
  readonly folder: string;
  readonly config: string;
  readonly source: string;
}

function spawnSightline({ folder, config, source }: SpawnOptions): Sightline {
  const bin = path.join(packageRoot(), 'bin', 'sightline.js');
  const state = path.join(folder, 'state');
  const args = [...FLAGS, bin, 'serve', '--config', config, '--state', state, '--port', '0', '--json'];
  // Launched with a channel, it ends when the channel closes: with the bench, however that went.
  return spawn(process.execPath, args, {
    cwd: folder,
    env: {
      ...process.env,
      SIGHTLINE_TOKEN: undefined,
      INIT_CWD: folder,
      SIGHTLINE_LAUNCHED: '1',
      [SOURCE_VARIABLE]: fromAnywhere(source),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  }) as Sightline;
}

async function announcement(child: Sightline, sent: SentCount, signal: AbortSignal): Promise<Announced> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  const lines = createInterface({ input: child.stdout });
  const said = once(lines, 'line', { signal: limit });
  const closed = once(sent, 'end', { signal: limit }).then(() => {
    throw new SightlineError('internal', `Sightline did not start: ${sent.lastLine}`);
  });
  closed.catch(() => undefined);
  const [line] = (await Promise.race([said, closed])) as [string];
  return JSON.parse(line) as Announced;
}

/** A camera that is removed ends its responses, each with its last part whole. */
async function finish({ url, key }: Announced, sent: SentCount): Promise<number> {
  const limit = AbortSignal.timeout(FINISH_MS);
  const address = new URL(`api/cameras/${CAMERA_ID}`, url);
  const headers = { authorization: `Bearer ${key}`, connection: 'close' };
  const answer = await fetch(address, { method: 'DELETE', headers, signal: limit });
  if (!answer.ok) throw new SightlineError('internal', `Sightline did not remove its camera: ${answer.status}`);
  return sent.whenAllLeft(limit);
}

async function stopServer(child: Sightline, gone: Promise<unknown>, folder: string): Promise<void> {
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    child.kill('SIGTERM');
    await gone;
  }
  clearTimeout(kill);
  await rm(folder, { recursive: true, force: true });
}
