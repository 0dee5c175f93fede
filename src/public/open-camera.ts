// `openCamera`: a camera inside a program of somebody's own. Checks what was asked for; what opens it, and with it
// FFmpeg, is loaded when it is called, so that importing the package alone stays light.

import { z } from 'zod';
import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import type { OpenCameraOptions, OpenedCamera } from '../frames/contract.ts';

const numbers = z.object({
  format: z.enum(['gray', 'bgr', 'rgba', 'yuv420p']).default('bgr'),
  width: z.int().min(2).max(7680).optional(),
  fps: z.number().positive().max(1000).optional(),
  policy: z.enum(['latest', 'lossless']).default('latest'),
  maxBehindMs: z.number().min(100).max(60_000).default(10_000),
});

/**
 * Opens a camera in this process, which loads FFmpeg, decodes and scales here: the one part of Sightline that does so
 * outside of its own codec process. Resolves when the first picture is there; what fails later is tried again by itself.
 *
 * `source`: an address as on the command line: `rtsp://…`, `http://…`, `0` or `/dev/video0`, `clip.mp4` (from the current
 * folder), `test:`, `ffmpeg:ANY`. A file plays in real time once, or as fast as it is read with `policy: 'lossless'`.
 *
 * Throws SightlineError: `usage` for options that cannot be, `source-invalid` for the address, `camera-unreachable`,
 * `camera-unauthorized`, `file-missing` and the like when it does not open (see `keepTrying`), `codec-unsupported` and
 * `decode-failed` when no pictures can be made of what it sends; or the reason of `signal`.
 *
 * ```ts
 * await using camera = await openCamera('rtsp://192.168.1.20/stream1', { format: 'gray', width: 640, fps: 10 });
 * for await (using frame of camera.frames()) console.log(frame.sequence, frame.ageMs());
 * ```
 */
export async function openCamera(source: string, options: OpenCameraOptions = {}): Promise<OpenedCamera> {
  const { username, password, signal = null } = options;
  const checked = numbers.safeParse(options);
  if (!checked.success) throw notMeant(checked.error);
  const address = parseAddress(source, { cwd: process.cwd(), username, password });
  if (address.kind === 'push') throw notPulled();
  const { format, width = null, fps = null, policy, maxBehindMs } = checked.data;
  const { openFrames } = await import('../frames/open.ts');
  return await openFrames({
    ...{ address, format, width, fps, maxBehindMs, signal },
    isLossless: policy === 'lossless',
    tlsVerify: options.tlsVerify ?? true,
    keepTrying: options.keepTrying ?? false,
    onState: options.onState ?? (() => undefined),
  });
}

/** Of the addresses of a server this one alone has nothing behind it that could be opened. */
function notPulled(): SightlineError {
  return new SightlineError('source-invalid', 'openCamera: nobody can push pictures to a camera of this program.', {
    hint: 'Name what shall be opened, or let a server take the pictures: sightline serve push:',
  });
}

function notMeant(error: z.ZodError): SightlineError {
  const [issue] = error.issues;
  const text = `openCamera: ${issue?.path.join('.') ?? 'the options'}: ${issue?.message ?? 'not understood'}.`;
  return new SightlineError('usage', text, { hint: 'See the options in docs/frames.md.' });
}
