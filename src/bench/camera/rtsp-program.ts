// How the camera program (packaging/bench/rtsp_camera.py) is called and what it answers.

import path from 'node:path';
import { SightlineError } from '../../base/errors.ts';
import { packageRoot } from '../../package.ts';

/** Debian's Python: the one that has GObject introspection. */
export const PYTHON = '/usr/bin/python3';

export interface CameraCall {
  /** What it sends: `writeMarked`. */
  readonly indexPath: string;
  /** Where it writes its pushes: `PushRecord`. */
  readonly recordPath: string;
  /** Default 1: /cam0. */
  readonly mounts?: number;
}

export function cameraArguments({ indexPath, recordPath, mounts = 1 }: CameraCall): string[] {
  return [programPath(), '--footage', indexPath, '--record', recordPath, '--cameras', `${mounts}`];
}

/** It then says by its exit code whether it can run here. */
export function checkArguments(): string[] {
  return [programPath(), '--check'];
}

/** Of its first line. */
export function portOf(line: string): number {
  const port = Number(/^ready (\d+)$/.exec(line)?.[1]);
  if (!(port > 0)) throw new SightlineError('internal', `The camera program said "${line}" instead of its port.`);
  return port;
}

function programPath(): string {
  return path.join(packageRoot(), 'packaging', 'bench', 'rtsp_camera.py');
}
