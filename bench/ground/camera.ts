// Starts the camera program and reads its record of push times.

import { join } from 'node:path';
import { PYTHON, cameraArguments, portOf } from '../../src/bench/camera/rtsp-program.ts';
import { PushRecord } from '../../src/bench/camera/push-record.ts';
import type { Context } from './context.ts';
import { firstLine } from './lines.ts';

export interface Camera {
  /** Address of one of its mounts. */
  url(mount?: number): string;
  /** When the frame with this number in its strip was pushed last before `beforeUs` by mount 0; null when it was not. */
  pushedUs(stripNumber: number, beforeUs: number): number | null;
  stop(): Promise<void>;
}

/** A camera with so many mounts, all of which send `footage`. */
export async function startCamera(context: Context, mounts = 1, footage = context.footage): Promise<Camera> {
  const recordPath = join(context.out, 'pushes.bin');
  const child = context.processes.start(PYTHON, cameraArguments({ indexPath: footage.indexPath, recordPath, mounts }), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = portOf(await firstLine(child, 'the camera'));
  const record = new PushRecord(recordPath, footage.units.length);
  return {
    url: (mount = 0) => `rtsp://127.0.0.1:${port}/cam${mount}`,
    pushedUs: (stripNumber, beforeUs) => record.pushedUs(stripNumber, beforeUs),
    async stop() {
      record.close();
      await context.processes.stop(child);
    },
  };
}
