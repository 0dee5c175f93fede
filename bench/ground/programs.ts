// Versions of the programs that a run stands on: the camera, its footage and the peers are theirs.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

interface Places {
  readonly venv: string;
  /** null: nobody gave its path. */
  readonly go2rtc: string | null;
}

const ASKED: Readonly<Record<string, (places: Places) => readonly [command: string, ...args: string[]]>> = {
  ffmpeg: () => ['ffmpeg', '-version'],
  'opencv-python': ({ venv }) => [join(venv, 'bin/python'), '-c', 'import cv2; print("version", cv2.__version__)'],
  GStreamer: () => ['gst-inspect-1.0', '--version'],
  Chromium: () => ['chromium', '--version'],
  motion: () => ['motion', '-h'],
  Django: ({ venv }) => [join(venv, 'bin/python'), '-c', 'import django; print("version", django.__version__)'],
  gunicorn: ({ venv }) => [join(venv, 'bin/gunicorn'), '--version'],
  go2rtc: ({ go2rtc }) => [go2rtc ?? 'go2rtc', '--version'],
  Python: () => ['python3', '--version'],
};

/** By name; null: not on this machine. */
export function programs(places: Places): Record<string, string | null> {
  const versions = Object.entries(ASKED).map(([name, command]) => [name, versionOf(command(places))] as const);
  return Object.fromEntries(versions);
}

function versionOf([command, ...args]: readonly [string, ...string[]]): string | null {
  const { stdout, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (error !== undefined) return null;
  return /(?:[Vv]ersion n?|Chromium |Python )(\d+(\.\d+)+)/.exec(stdout)?.[1] ?? null;
}
