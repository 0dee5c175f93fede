// The peers of the comparison, each where this machine has it; who is not here is absent, with why.

import { existsSync } from 'node:fs';
import type { AbsentSide, Side } from '../../src/bench/types.ts';
import { articleMissing, articleSides } from './article.ts';
import { articleThreadedSide } from './article-threaded.ts';
import { ffmpegSide } from './ffmpeg.ts';
import { go2rtcSide } from './go2rtc.ts';
import { motionSide } from './motion.ts';
import { onPath } from './peer.ts';
import type { PeerGround } from './peer.ts';

export interface Peers {
  readonly sides: readonly Side[];
  readonly absent: readonly AbsentSide[];
}

/** `go2rtc`: path of its binary, null when nobody gave one. */
export function findPeers(ground: PeerGround, go2rtc: string | null): Peers {
  const article = articleMissing(ground);
  return together([
    article === null ? here(...articleSides(ground)) : away('article', article),
    article === null ? here(articleThreadedSide(ground)) : away('article-threaded', article),
    onPath('motion') ? here(motionSide(ground)) : away('motion', 'not installed (on Debian: apt-get install motion)'),
    onPath('ffmpeg') && onPath('python3') ? here(ffmpegSide(ground)) : away('ffmpeg', 'not installed'),
    go2rtc !== null && existsSync(go2rtc)
      ? here(go2rtcSide(ground, go2rtc))
      : away('go2rtc', go2rtc === null ? 'no path of its binary was given (--go2rtc PATH)' : `there is no ${go2rtc}`),
    away('MediaMTX', 'it serves RTSP, RTMP, HLS, WebRTC and SRT, and no MJPEG over HTTP, so its viewers do other work'),
  ]);
}

function here(...sides: readonly Side[]): Peers {
  return { sides, absent: [] };
}

function away(name: string, why: string): Peers {
  return { sides: [], absent: [{ name, why }] };
}

function together(peers: readonly Peers[]): Peers {
  return { sides: peers.flatMap(({ sides }) => sides), absent: peers.flatMap(({ absent }) => absent) };
}
