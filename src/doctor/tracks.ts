// The step of the tracks: what a camera's description offers, what Sightline plays of it, and which browsers play it as
// it is. Pure: a description in, a finding out.

import { SightlineError } from '../base/errors.ts';
import type { SeenValues } from '../link/finding-codes.ts';
import { NAL, nalType, parseSps } from '../media/h264.ts';
import { parameterSets } from '../rtsp/sdp.ts';
import type { SdpMedia, SdpPayload, SessionDescription } from '../rtsp/sdp.ts';
import { chooseVideo, codecName } from '../rtsp/video-choice.ts';
import type { VideoChoice } from '../rtsp/video-choice.ts';
import { playedBy } from './browsers.ts';
import { failed, hintOf, passed, plain, warned } from './finding.ts';
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
    const { yes, partly, no } = playedBy(encoding);
    const values = { ...about, plays: yes, partly, audio: audioOf(description) };
    const seen = { code: 'tracks-video', values } as const;
    if (no.length === 0) return { finding: passed(seen), choice };
    return { finding: warned(seen, { code: 'choose-main-or-high', values: {} }), choice };
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
    return failed({ code: 'tracks-no-video', values: {} }, { code: 'choose-video', values: {} });
  }
  if (media.some(({ protocol }) => protocol.includes('SAVP'))) {
    return failed({ code: 'tracks-encrypted', values: {} }, { code: 'switch-off-srtp', values: {} });
  }
  const codecs = video.map((encoding) => {
    const { name, yes, partly } = playedBy(encoding);
    return { name: plain(codecName(encoding)), isKnown: name !== null, plays: yes, partly };
  });
  return failed({ code: 'tracks-unplayable', values: { codecs } }, hintOf(error.toProblem()));
}

type VideoValues = Omit<SeenValues['tracks-video'], 'plays' | 'partly' | 'audio'>;

function videoOf({ media, payload }: VideoChoice): { encoding: string; about: VideoValues } {
  const rate = media.fps === null ? null : toTenths(media.fps);
  if (payload.encoding === 'JPEG') {
    const isSized = media.width > 0;
    const size = { width: isSized ? media.width : null, height: isSized ? media.height : null };
    return { encoding: 'JPEG', about: { codec: 'MJPEG', ...size, interlaced: false, fps: rate } };
  }
  const sps = spsOf(payload);
  const level = sps === null ? levelOf(payload) : { profile: sps.profile, level: sps.level };
  const codec =
    level === null ? 'H.264' : `H.264 ${PROFILES[level.profile] ?? `profile ${level.profile}`} ${level.level / 10}`;
  const size = { width: sps?.width ?? null, height: sps?.height ?? null, interlaced: sps?.interlaced ?? false };
  const fps = rate ?? (sps?.fps == null ? null : toTenths(sps.fps));
  const isDeep = sps !== null && (sps.bitDepth > 8 || sps.chromaFormat > 1);
  const deep = isDeep || (level !== null && DEEP_PROFILES.has(level.profile));
  return { encoding: deep ? 'H264-HIGH10' : 'H264', about: { codec, ...size, fps } };
}

function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
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

function audioOf({ media }: SessionDescription): string[] {
  const audio = media.filter(({ kind }) => kind === 'audio').flatMap(({ payloads }: SdpMedia) => payloads);
  const names = audio.map(({ encoding }) => playedBy(encoding).name ?? plain(codecName(encoding)));
  return [...new Set(names)].slice(0, 4);
}
