// The `ffmpeg:` source: whatever FFmpeg's demuxers can open and our own clients cannot, behind white-lists. Live input is
// handed on as it comes and stamped with its arrival; what has an end (a clip on a web server) is paced like a file.

import { lookup } from 'node:dns/promises';
import {
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  AVERROR_PROTOCOL_NOT_FOUND,
} from '../ffmpeg/error-codes.ts';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { SourceAddress } from '../../config/camera.ts';
import type { Source, SourceSink, Stamp } from '../../media/types.ts';
import { InputFailure, MediaInput } from '../ffmpeg/input.ts';
import { createFileSource } from './file.ts';
import { passLive } from './live.ts';
import { playPaced } from './paced.ts';
import { FFMPEG_SCHEMES, networkInput } from './white-lists.ts';

/** Of what stands behind `ffmpeg:`; null: it is the path of a file. */
export function schemeOf(target: string): string | null {
  return /^([a-z][a-z0-9+.-]*):/i.exec(target)?.[1]?.toLowerCase() ?? null;
}

/** Throws `source-invalid` for a scheme that is not allowed. */
export function createFfmpegSource({ address }: { readonly address: SourceAddress }): Source {
  const scheme = schemeOf(address.target);
  if (scheme === null) return createFileSource({ address });
  if (!FFMPEG_SCHEMES.includes(scheme)) {
    throw new SightlineError('source-invalid', `ffmpeg: does not open ${scheme}: addresses.`, {
      hint: `Behind ffmpeg: may stand the path of a file or ${FFMPEG_SCHEMES.join(', ')}.`,
    });
  }
  return {
    async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
      try {
        const input = await MediaInput.open(withCredentials(address), networkInput(scheme), signal);
        if (input.video.durationUs > 0) await playPaced(input, null, sink, signal);
        else await passLive(input, sink, arrivalStamp);
      } catch (error) {
        if (signal.aborted) return;
        throw await inputError(address, error);
      }
    },
  };
}

function arrivalStamp(): Stamp {
  return { capturedAtUs: nowUs(), clock: 'arrival' };
}

function withCredentials({ target, credentials }: SourceAddress): string {
  if (credentials === null) return target;
  const user = `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`;
  return target.replace('://', () => `://${user}`);
}

const BY_FFMPEG_ERROR: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [AVERROR_HTTP_UNAUTHORIZED, 'camera-unauthorized'],
  [AVERROR_HTTP_FORBIDDEN, 'camera-unauthorized'],
  [AVERROR_HTTP_NOT_FOUND, 'camera-not-found'],
  [AVERROR_INVALIDDATA, 'camera-protocol'],
  [AVERROR_PROTOCOL_NOT_FOUND, 'source-invalid'],
]);

/** FFmpeg says this for a host name that nobody knows, and for much else. */
const EIO = -5;

/** By the system's error number, negative. */
const BY_SYSTEM_ERROR: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [-111, 'camera-refused'],
  [-110, 'camera-timeout'],
  [-113, 'camera-unreachable'],
  [-101, 'camera-unreachable'],
  [-104, 'camera-closed'],
  [-32, 'camera-closed'],
  [-22, 'camera-protocol'],
]);

async function inputError({ display, target }: SourceAddress, error: unknown): Promise<SightlineError> {
  if (!(error instanceof InputFailure)) return SightlineError.from(error, 'camera-protocol');
  if (error.step === 'open' && error.code === EIO && !(await isKnownHost(target))) {
    return new SightlineError('camera-unknown-host', `Nobody knows the host of ${display}.`, { cause: error });
  }
  const text = `FFmpeg could not ${error.step} ${display}: ${error.message}.`;
  return new SightlineError(codeOf(error), text, { cause: error });
}

async function isKnownHost(target: string): Promise<boolean> {
  const host = URL.parse(target)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return lookup(host).then(
    () => true,
    () => false,
  );
}

function codeOf({ timedOut, step, code }: InputFailure): ErrorCode {
  if (timedOut) return step === 'read' ? 'camera-stalled' : 'camera-timeout';
  const other = step === 'open' ? 'camera-unreachable' : 'camera-protocol';
  return BY_FFMPEG_ERROR.get(code) ?? BY_SYSTEM_ERROR.get(code) ?? other;
}
