// Opens a camera inside the process of a program. This and what it imports loads FFmpeg there: `openCamera` of the package
// imports it when it is called, and nobody else does.

import { measureWallOffsetUs, setWallOffsetUs } from '../base/clock.ts';
import { Scope } from '../base/scope.ts';
import { schemeOf } from '../codec/sources/ffmpeg.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { OpenedCamera } from './contract.ts';
import { FilePictures } from './file-pictures.ts';
import { LivePictures } from './live-pictures.ts';
import type { Pictures } from './pictures.ts';
import { ProgramCamera } from './program-camera.ts';
import type { CameraWishes } from './program-camera.ts';

/** How often the wall clock is looked at, for what is said of capture times. */
const WALL_MS = 1000;

/** Opens the source and waits for its first picture. Rejects with why there is none, or with the signal's reason. */
export async function openFrames(wishes: CameraWishes): Promise<OpenedCamera> {
  const { signal } = wishes;
  signal?.throwIfAborted();
  const scope = new Scope(signal ?? undefined);
  try {
    await scope.add(followWall());
    const camera = new ProgramCamera(wishes, await begin(wishes, scope.signal), scope);
    await camera.opened();
    return camera;
  } catch (error) {
    await scope.close();
    signal?.throwIfAborted();
    throw error;
  }
}

/** No control publishes the wall clock's offset here. Keeps no process alive; returns its end. */
function followWall(): () => void {
  const look = (): void => setWallOffsetUs(measureWallOffsetUs());
  look();
  const timer = setInterval(look, WALL_MS).unref();
  return () => clearInterval(timer);
}

async function begin(wishes: CameraWishes, signal: AbortSignal): Promise<Pictures> {
  const { address, tlsVerify, isLossless, maxBehindMs } = wishes;
  const path = pathOf(address);
  if (path !== null) return await FilePictures.open({ path, isLossless, signal });
  return new LivePictures({ address, tlsVerify, maxBehindMs: isLossless ? maxBehindMs : null });
}

/** When the address is that of a file of this machine. */
function pathOf({ kind, target }: SourceAddress): string | null {
  return kind === 'file' || (kind === 'ffmpeg' && schemeOf(target) === null) ? target : null;
}
