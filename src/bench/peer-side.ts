// A peer: any MJPEG server that is running already, measured by the same clients (`--peer NAME=URL[,pid]`). What it
// costs is known when its pid is; the bench neither starts nor stops it.

import { SightlineError } from '../base/errors.ts';
import { maskSecrets } from '../config/mask.ts';
import { isAlive } from './measure/process-tree.ts';
import type { Side } from './types.ts';

const FORM = 'Write it as NAME=URL or NAME=URL,PID, such as go2rtc=http://127.0.0.1:1984/api/stream.mjpeg?src=cam,4711';

/** Reads one `--peer`. Throws `usage` with what is wrong. */
export function peerSide(text: string, taken: readonly string[]): Side {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (name === '' || name.length > 40 || /[^\w .:+-]/.test(name))
    throw wrong(`--peer ${maskSecrets(text)} has no name`);
  if (taken.includes(name)) throw wrong(`--peer ${name}: there is another side of this name`);
  const address = /^(.*?)(?:,(\d+))?$/s.exec(text.slice(equals + 1).trim());
  const url = address?.[1] ?? '';
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:') {
    throw wrong(`--peer ${name}: "${maskSecrets(url)}" is no address that begins with http://`);
  }
  const pid = address?.[2] === undefined ? null : Number(address[2]);
  if (pid !== null && !isAlive(pid)) throw wrong(`--peer ${name}: there is no process ${pid}`);
  return {
    name,
    kind: 'peer',
    words: `A server that was running already, at ${maskSecrets(url)}${pid === null ? '; its cost is not known' : ''}.`,
    lifetime: 'run',
    perViewer: false,
    start: () => Promise.resolve(running(url, pid)),
  };
}

function running(url: string, pid: number | null): Awaited<ReturnType<Side['start']>> {
  return {
    url,
    pids: pid === null ? [] : [pid],
    finish: () => Promise.resolve(null),
    stop: () => Promise.resolve(),
  };
}

function wrong(text: string): SightlineError {
  return new SightlineError('usage', text, { hint: FORM });
}
