// Starts the camera program and reads its record of push times.

import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { firstLine } from './lines.ts';

/** Debian's Python: the one that has GObject introspection. */
const PYTHON = '/usr/bin/python3';

export interface Camera {
  /** Address of one of its mounts. */
  url(mount?: number): string;
  /** When the frame with this number in its strip was pushed last before `beforeUs` by mount 0; null when it was not. */
  pushedUs(stripNumber: number, beforeUs: number): number | null;
  stop(): Promise<void>;
}

/** A camera with so many mounts, all of which send `footage`. */
export async function startCamera(context: Context, mounts = 1, footage = context.footage): Promise<Camera> {
  const record = join(context.out, 'pushes.bin');
  const child = context.processes.start(
    PYTHON,
    [join(context.root, 'bench/camera/rtsp_camera.py'), '--footage', footage.indexPath, '--record', record].concat([
      '--cameras',
      `${mounts}`,
    ]),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const port = (await firstLine(child, 'the camera')).split(' ')[1] ?? '';
  const file = openSync(record, 'r');
  return {
    url: (mount = 0) => `rtsp://127.0.0.1:${port}/cam${mount}`,
    pushedUs: (stripNumber, beforeUs) => newestPush(file, { stripNumber, beforeUs, loop: footage.units.length }),
    async stop() {
      closeSync(file);
      await context.processes.stop(child);
    },
  };
}

const RECORDS = 1_000_000;

interface Wanted {
  readonly stripNumber: number;
  readonly beforeUs: number;
  /** Frames of the clip: pushes of the same strip stand so many records apart. */
  readonly loop: number;
}

/** Push times rise; a session of a camera that was closed begins at the next keyframe, so single records are empty. */
function newestPush(file: number, { stripNumber, beforeUs, loop }: Wanted): number | null {
  const entry = Buffer.alloc(8);
  let newest: number | null = null;
  let empty = 0;
  for (let number = stripNumber; number < RECORDS && empty < 3; number += loop) {
    readSync(file, entry, 0, 8, number * 8);
    const pushedUs = Number(entry.readBigUInt64LE());
    empty = pushedUs === 0 ? empty + 1 : 0;
    if (pushedUs !== 0 && pushedUs <= beforeUs) newest = pushedUs;
  }
  return newest;
}
