// Versions of the programs that a run stands on: the camera, its footage and the peers are theirs.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ASKED: Readonly<Record<string, (venv: string) => readonly [command: string, ...args: string[]]>> = {
  ffmpeg: () => ['ffmpeg', '-version'],
  'opencv-python': (venv) => [join(venv, 'bin/python'), '-c', 'import cv2; print("version", cv2.__version__)'],
  GStreamer: () => ['gst-inspect-1.0', '--version'],
  Chromium: () => ['chromium', '--version'],
  Python: () => ['python3', '--version'],
};

/** By name; null: not on this machine. */
export function programs(venv: string): Record<string, string | null> {
  const versions = Object.entries(ASKED).map(([name, command]) => [name, versionOf(command(venv))] as const);
  return Object.fromEntries(versions);
}

function versionOf([command, ...args]: readonly [string, ...string[]]): string | null {
  const { stdout, status } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? (/(?:version n?|Chromium |Python )(\d+(\.\d+)+)/.exec(stdout)?.[1] ?? null) : null;
}
