// Peer `ffmpeg`: ffmpeg alone, one process a viewer, from the camera to the viewer's socket with our encoder's settings.

import { join } from 'node:path';
import type { Side } from '../../src/bench/types.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { startPeer } from './peer.ts';
import type { PeerGround } from './peer.ts';

/** FFmpeg's quantiser that our quality 80 is. */
export const QUANTISER = 5;

export function ffmpegArgs({ camera }: Pick<PeerGround, 'camera'>): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin'],
    ...(camera.source.startsWith('rtsp:') ? ['-rtsp_transport', 'tcp'] : []),
    ...['-fflags', 'nobuffer', '-i', camera.source],
    ...['-an', '-fps_mode', 'passthrough', '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', `${QUANTISER}`],
    ...['-flush_packets', '1', '-f', 'mpjpeg', 'pipe:1'],
  ];
}

export function ffmpegSide(ground: PeerGround): Side {
  return {
    name: 'ffmpeg',
    kind: 'peer',
    words: `ffmpeg alone: one process for each viewer, which writes into the viewer's socket, -q:v ${QUANTISER} as ours.`,
    lifetime: 'run',
    perViewer: true,
    async start(signal) {
      const port = await freePort();
      const front = join(ground.root, 'bench/peers/ffmpeg_front.py');
      const program = {
        name: 'ffmpeg',
        command: 'python3',
        args: [front, `${port}`, 'ffmpeg', ...ffmpegArgs(ground)],
        url: `http://127.0.0.1:${port}/`,
        ready: (log: string) => log.includes('ready'),
      };
      return await startPeer(ground, program, signal);
    },
  };
}
