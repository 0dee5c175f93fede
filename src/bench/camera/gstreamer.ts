// The bench's camera where GStreamer's RTSP server is installed: H.264 over RTSP, as most network cameras send it. The
// pictures are encoded beforehand, so a picture's capture is its push: the honest zero, with nothing behind it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestParameters } from '../../config/test-parameters.ts';
import type { CameraUnderTest } from '../types.ts';
import { CameraProcess } from './camera-process.ts';
import { makeMaterial, usualLoopSeconds } from './material.ts';
import { PushRecord } from './push-record.ts';
import { cameraArguments, checkArguments, portOf } from './rtsp-program.ts';

/** GStreamer reads its list of plugins anew when one was installed. */
const CHECK_MS = 15_000;

/** Whether this Python has GStreamer's RTSP server. Says nothing, whatever is missing. */
export async function hasGstreamer(python: string): Promise<boolean> {
  if (!existsSync(python)) return false;
  const child = spawn(python, checkArguments(), { stdio: 'ignore', timeout: CHECK_MS, killSignal: 'SIGKILL' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

export interface GstreamerOptions {
  readonly python: string;
  readonly parameters: TestParameters;
  readonly display: string;
  readonly signal: AbortSignal;
  /** Default `usualLoopSeconds`. */
  readonly loopSeconds?: number;
}

/** Makes its pictures and starts it. Rejects with the reason of `signal`, then nothing is left. */
export async function startGstreamer(options: GstreamerOptions): Promise<CameraUnderTest> {
  const { python, parameters, display, signal, loopSeconds = usualLoopSeconds(parameters) } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'sightline-camera-'));
  let camera: CameraProcess | null = null;
  try {
    const { indexPath, loopFrames } = await makeMaterial({ shape: parameters, loopSeconds, folder, signal });
    const recordPath = path.join(folder, 'pushes.bin');
    camera = new CameraProcess({
      command: python,
      args: cameraArguments({ indexPath, recordPath }),
      cwd: folder,
      leash: 'stdin',
    });
    const port = portOf(await camera.firstLine(signal));
    const record = new PushRecord(recordPath, loopFrames);
    return cameraUnderTest({ camera, record, port, parameters, display, loopFrames });
  } catch (error) {
    await camera?.stop();
    throw error;
  } finally {
    // Both sides hold what they need of it open, so nothing is left behind however the bench ends.
    await rm(folder, { recursive: true, force: true });
  }
}

interface Running {
  readonly camera: CameraProcess;
  readonly record: PushRecord;
  readonly port: number;
  readonly parameters: TestParameters;
  readonly display: string;
  readonly loopFrames: number;
}

function cameraUnderTest({ camera, record, port, parameters, display, loopFrames }: Running): CameraUnderTest {
  const { width, height, fps } = parameters;
  return {
    source: `rtsp://127.0.0.1:${port}/cam0`,
    display,
    endpoint: { host: '127.0.0.1', port },
    kind: 'gstreamer',
    codec: 'h264',
    ...{ width, height, fps, loopFrames },
    capturedAtUs: ({ frame }, arrivedUs) => record.pushedUs(frame, arrivedUs),
    lost: camera.lost,
    async stop() {
      await camera.stop();
      record.close();
    },
  };
}
