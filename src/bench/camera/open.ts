// The camera that a bench measures with: for `test:` one of its own, in a process whose CPU is nobody's cost; any other
// source is somebody's own camera, looked at once.

import { parseAddress } from '../../config/address.ts';
import { parseTestParameters } from '../../config/test-parameters.ts';
import type { CameraUnderTest } from '../types.ts';
import { openGiven } from './given.ts';
import { hasGstreamer, startGstreamer } from './gstreamer.ts';
import { startOwnMjpeg } from './own-mjpeg.ts';
import { PYTHON } from './rtsp-program.ts';

export interface CameraWishes {
  /** An address as for `serve`. */
  readonly source: string;
  /** Folder that relative paths are resolved against. */
  readonly cwd: string;
  readonly username?: string | null;
  readonly password?: string | null;
  readonly signal: AbortSignal;
  /** Python that may have GStreamer's RTSP server. Default Debian's. */
  readonly python?: string;
}

/**
 * Starts or looks at the camera. Throws `source-invalid`, what the camera itself failed with, or the reason of `signal`;
 * nothing is left then. The caller stops it.
 */
export async function openCameraUnderTest(wishes: CameraWishes): Promise<CameraUnderTest> {
  const { source, cwd, username = null, password = null, signal, python = PYTHON } = wishes;
  signal.throwIfAborted();
  const address = parseAddress(source, { cwd, username, password });
  if (address.kind !== 'test') return openGiven(address, signal);
  const parameters = parseTestParameters(address.target);
  const { display } = address;
  const isRtsp = parameters.codec === 'h264' && (await hasGstreamer(python));
  signal.throwIfAborted();
  return isRtsp
    ? startGstreamer({ python, parameters, display, signal })
    : startOwnMjpeg({ parameters, display, signal });
}
