// Which medium of a camera's description is played: the first video whose codec our receiver understands. One place for
// the source that plays it and for whoever explains why it does not.

import { SightlineError } from '../base/errors.ts';
import { HINTS } from '../base/hints.ts';
import type { SdpMedia, SdpPayload, SessionDescription } from './sdp.ts';

export interface VideoChoice {
  readonly media: SdpMedia;
  readonly payload: SdpPayload;
}

/** The first video medium with a codec that we can play. Throws `codec-unsupported` with what is offered instead. */
export function chooseVideo(description: SessionDescription): VideoChoice {
  const offered: string[] = [];
  for (const media of description.media) {
    if (media.kind !== 'video') continue;
    const secured = media.protocol.includes('SAVP');
    for (const payload of media.payloads) {
      if (!secured && (payload.encoding === 'H264' || payload.encoding === 'JPEG')) return { media, payload };
      offered.push(secured ? 'SRTP' : codecName(payload.encoding));
    }
  }
  const what = offered.length > 0 ? `only ${[...new Set(offered)].slice(0, 8).join(', ')}` : 'no video';
  throw new SightlineError('codec-unsupported', `DESCRIBE: the camera offers ${what}, not H.264 or JPEG`, {
    hint: HINTS.h264OrFfmpeg,
  });
}

/** A codec's name for people. It comes from the camera, so that only plain characters of it are shown. */
export function codecName(encoding: string): string {
  if (encoding === 'H265' || encoding === 'HEVC') return 'H.265';
  return encoding.replace(/[^\w.-]/g, '').slice(0, 20) || 'an unnamed codec';
}
