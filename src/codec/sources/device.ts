// The device source: a webcam through V4L2. It tries what gives the best picture for the least work: JPEGs that the
// camera makes itself, at 720p, then at whatever size it has, then raw pictures, which are encoded here.

import { stat } from 'node:fs/promises';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import { HINTS } from '../../base/hints.ts';
import type { SourceAddress } from '../../config/camera.ts';
import type { Source, SourceSink, Stamp } from '../../media/types.ts';
import { InputFailure, MediaInput } from '../ffmpeg/input.ts';
import type { InputOptions, InputPacket } from '../ffmpeg/input.ts';
import { listDevices } from '../../config/device-list.ts';
import { passLive } from './live.ts';

const DEMUXER = 'video4linux2';
const OPEN_MS = 10_000;
const READ_MS = 5_000;
const EBUSY = -16;
const EACCES = -13;
const EPERM = -1;
const GONE: readonly number[] = [-2, -6, -19];
/** A driver's time stamp older than this is not of the monotonic clock. */
const MAX_AGE_US = 5e6;

/** What is asked of a camera, in this order; FFmpeg refuses what the camera does not have. */
export const DEVICE_ATTEMPTS: readonly Readonly<Record<string, string>>[] = [
  { input_format: 'mjpeg', video_size: '1280x720', framerate: '30' },
  { input_format: 'mjpeg' },
  { video_size: '1280x720' },
  {},
];

/** `address.target` is the path of the device. */
export function createDeviceSource({ address }: { readonly address: SourceAddress }): Source {
  const path = address.target;
  return {
    async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
      try {
        await requireDevice(path);
        const input = await openBest(path, signal);
        await passLive(input, sink, stampOf);
      } catch (error) {
        if (signal.aborted) return;
        throw await deviceError(path, error);
      }
    },
  };
}

async function requireDevice(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw await missing(path);
  if (!found.isCharacterDevice()) throw new SightlineError('device-missing', `${path} is not a camera device.`);
}

async function openBest(path: string, signal: AbortSignal): Promise<MediaInput> {
  let refusal: unknown = null;
  for (const attempt of DEVICE_ATTEMPTS) {
    try {
      return await MediaInput.open(path, inputOptions(attempt), signal);
    } catch (error) {
      refusal = error;
      if (signal.aborted || !(error instanceof InputFailure) || isFinal(error)) throw error;
    }
  }
  throw refusal;
}

function inputOptions(attempt: Readonly<Record<string, string>>): InputOptions {
  const options = { protocol_whitelist: 'file', format_whitelist: DEMUXER, ...attempt };
  return { format: DEMUXER, options, openMs: OPEN_MS, readMs: READ_MS };
}

/** Asking for something else would not help. */
function isFinal({ code, timedOut }: InputFailure): boolean {
  return timedOut || code === 0 || code === EBUSY || code === EACCES || code === EPERM || GONE.includes(code);
}

/** Most drivers stamp with the monotonic clock, the same as ours; any other stamp is not believed. */
function stampOf({ ptsUs }: InputPacket): Stamp {
  const now = nowUs();
  const isMonotonic = ptsUs !== null && ptsUs <= now && now - ptsUs < MAX_AGE_US;
  return isMonotonic ? { capturedAtUs: ptsUs, clock: 'device' } : { capturedAtUs: now, clock: 'arrival' };
}

async function missing(path: string, cause?: unknown): Promise<SightlineError> {
  const devices = await listDevices();
  const found = devices.map((device) => `${device.path} (${device.name})`).join(', ');
  const text = `There is no camera at ${path}; found: ${found === '' ? 'none' : found}.`;
  return new SightlineError('device-missing', text, { cause });
}

async function deviceError(path: string, error: unknown): Promise<SightlineError> {
  if (!(error instanceof InputFailure)) return SightlineError.from(error, 'device-missing');
  const { code, message, timedOut } = error;
  if (GONE.includes(code)) return missing(path, error);
  if (code === EBUSY) return new SightlineError('device-busy', `${path} is in use.`, { cause: error });
  if (code === EACCES || code === EPERM) {
    const text = `${path} may not be opened by this user.`;
    return new SightlineError('device-missing', text, { hint: HINTS.videoGroup, cause: error });
  }
  if (timedOut) return new SightlineError('camera-stalled', `${path} gives no pictures.`, { cause: error });
  const options = { hint: HINTS.videoDevice, cause: error };
  return new SightlineError('device-missing', `${path} gives no video: ${message}.`, options);
}
