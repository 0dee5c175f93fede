// The step of the tracks: what a camera's description offers, what Sightline plays of it, and which browsers play it as
// it is. Pure: a description in, a finding out.

import { SightlineError } from '../base/errors.ts';
import { NAL, nalType, parseSps } from '../media/h264.ts';
import { parameterSets } from '../rtsp/sdp.ts';
import type { SdpMedia, SdpPayload, SessionDescription } from '../rtsp/sdp.ts';
import { chooseVideo, codecName } from '../rtsp/video-choice.ts';
import type { VideoChoice } from '../rtsp/video-choice.ts';
import { playedBy } from './browsers.ts';
import { failed, listed, passed, warned } from './finding.ts';
import type { Finding } from './types.ts';

export interface TracksFacts {
  readonly finding: Finding;
  /** What can be played; null without any. */
  readonly choice: VideoChoice | null;
}

export function judgeTracks(description: SessionDescription): TracksFacts {
  try {
    const choice = chooseVideo(description);
    const { encoding, about } = videoOf(choice);
    const audio = audioOf(description);
    const played = playedBy(encoding);
    const saw = `Video: ${about}, ${browsersOf(encoding)}.${audio}`;
    if (played.no.length === 0) return { finding: passed(saw), choice };
    const advice = 'As MJPEG every browser shows it; choose the Main or High profile in the camera for the others.';
    return { finding: warned(saw, advice), choice };
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return { finding: unplayable(description, error), choice: null };
  }
}

function unplayable({ media }: SessionDescription, error: SightlineError): Finding {
  const encodings = media
    .filter(({ kind }) => kind === 'video')
    .flatMap(({ payloads }) => payloads.map((p) => p.encoding));
  const video = [...new Set(encodings)].slice(0, 4);
  if (video.length === 0) {
    return failed(
      'The camera offers no video here.',
      'This is the address of its sound, or of a recording: choose another.',
    );
  }
  if (media.some(({ protocol }) => protocol.includes('SAVP'))) {
    return failed('The camera offers encrypted video only (SRTP).', 'Switch off SRTP in the camera, or use rtsps://.');
  }
  const offers = video.map((encoding) => `${codecName(encoding)}, ${browsersOf(encoding)}`);
  return failed(`The camera offers only ${listed(offers)}; Sightline opens H.264 and MJPEG itself.`, error.hint);
}

function videoOf({ media, payload }: VideoChoice): { encoding: string; about: string } {
  const fps = media.fps === null ? [] : [`${Math.round(media.fps * 10) / 10} pictures a second`];
  if (payload.encoding === 'JPEG') {
    const size = media.width > 0 ? [`${media.width}x${media.height}`] : [];
    return { encoding: 'JPEG', about: ['MJPEG', ...size, ...fps].join(', ') };
  }
  const sps = spsOf(payload);
  const level = sps === null ? levelOf(payload) : { profile: sps.profile, level: sps.level };
  const name =
    level === null ? 'H.264' : `H.264 ${PROFILES[level.profile] ?? `profile ${level.profile}`} ${level.level / 10}`;
  const size = sps === null ? [] : [`${sps.width}x${sps.height}${sps.interlaced ? ' interlaced' : ''}`];
  const rate = sps?.fps != null && media.fps === null ? [`${Math.round(sps.fps * 10) / 10} pictures a second`] : fps;
  const isDeep = sps !== null && (sps.bitDepth > 8 || sps.chromaFormat > 1);
  const deep = isDeep || (level !== null && DEEP_PROFILES.has(level.profile));
  return { encoding: deep ? 'H264-HIGH10' : 'H264', about: [name, ...size, ...rate].join(', ') };
}

/** profile_idc (ITU-T H.264, A.2). */
const PROFILES: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
};
const DEEP_PROFILES: ReadonlySet<number> = new Set([110, 122, 244]);

function spsOf(payload: SdpPayload): ReturnType<typeof parseSps> {
  const set = parameterSets(payload).find((nal) => nal.length > 0 && nalType(nal[0]!) === NAL.sps);
  return set === undefined ? null : parseSps(set);
}

/** profile-level-id (RFC 6184, 8.1): profile, constraints and level, a byte each, in hexadecimal. */
function levelOf({ parameters }: SdpPayload): { profile: number; level: number } | null {
  const text = parameters.get('profile-level-id') ?? '';
  if (!/^[0-9a-f]{6}$/i.test(text)) return null;
  return { profile: parseInt(text.slice(0, 2), 16), level: parseInt(text.slice(4), 16) };
}

function browsersOf(encoding: string): string {
  const { name, yes, partly, no } = playedBy(encoding);
  if (name === null) return 'of which it is not known which browsers play it';
  if (no.length === 4) return 'which no browser plays';
  const some = partly.length > 0 ? `${listed(partly)} only where the machine decodes it` : '';
  if (yes.length === 0) return `which plays in ${some}`;
  return `which ${listed(yes)} ${yes.length === 1 ? 'plays' : 'play'}${some === '' ? '' : `, ${some}`}`;
}

function audioOf({ media }: SessionDescription): string {
  const audio = media.filter(({ kind }) => kind === 'audio').flatMap(({ payloads }: SdpMedia) => payloads);
  const names = audio.map(({ encoding }) => playedBy(encoding).name ?? codecName(encoding));
  return names.length === 0 ? '' : ` Audio: ${listed([...new Set(names)].slice(0, 4))}.`;
}
