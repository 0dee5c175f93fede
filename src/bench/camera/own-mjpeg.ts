// The bench's camera where GStreamer is not installed, or JPEG is asked for: a second Sightline on a port of its own
// that serves its test card as MJPEG over HTTP. It always draws, as a camera does. Its strip holds the wall clock.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SightlineError } from '../../base/errors.ts';
import type { TestParameters } from '../../config/test-parameters.ts';
import { packageRoot } from '../../package.ts';
import type { CameraUnderTest } from '../types.ts';
import { CameraProcess } from './camera-process.ts';
import { drawnAtUs } from './strip-time.ts';

const FIRST_PICTURE_MS = 15_000;

export interface OwnMjpegOptions {
  readonly parameters: TestParameters;
  readonly display: string;
  readonly signal: AbortSignal;
}

/** Starts it; it sends pictures when this resolves. Rejects with the reason of `signal`, then nothing is left. */
export async function startOwnMjpeg({ parameters, display, signal }: OwnMjpegOptions): Promise<CameraUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sightline-camera-'));
  let camera: CameraProcess | null = null;
  const stop = async (): Promise<void> => {
    await camera?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    camera = await spawnSightline(folder, parameters);
    const { url } = JSON.parse(await camera.firstLine(signal)) as { readonly url: string };
    await waitForPicture(url, signal);
    const { width, height, fps } = parameters;
    return {
      source: new URL('camera', url).href,
      display,
      endpoint: { host: '127.0.0.1', port: Number(new URL(url).port) },
      kind: 'sightline',
      codec: 'mjpeg',
      ...{ width, height, fps, loopFrames: null },
      capturedAtUs: drawnAtUs,
      lost: camera.lost,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function spawnSightline(folder: string, { width, height, fps }: TestParameters): Promise<CameraProcess> {
  const config = path.join(folder, 'sightline.yaml');
  const source = `test:?codec=mjpeg&width=${width}&height=${height}&fps=${fps}`;
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ cameras: { camera: { source, always: true } } }), { mode: 0o600 });
  const bin = path.join(packageRoot(), 'bin', 'sightline.js');
  const state = path.join(folder, 'state');
  return new CameraProcess({
    command: process.execPath,
    args: ['--max-semi-space-size=4', bin, 'serve', '--config', config, '--state', state, '--port', '0', '--json'],
    cwd: folder,
    // Launched with a channel, it ends when the channel closes.
    env: { SIGHTLINE_TOKEN: undefined, INIT_CWD: folder, SIGHTLINE_LAUNCHED: '1' },
    leash: 'ipc',
  });
}

async function waitForPicture(url: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(FIRST_PICTURE_MS)]);
  const answer = await fetch(new URL('cameras/camera/snapshot.jpg', url), { signal: limit });
  await answer.arrayBuffer();
  if (!answer.ok) throw new SightlineError('internal', `The bench's own camera gave no picture: ${answer.status}.`);
}
