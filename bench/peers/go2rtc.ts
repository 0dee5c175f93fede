// Peer `go2rtc`: one ffmpeg that it starts for the first viewer, whose MJPEG it hands to all. Nothing here installs it:
// it takes part when somebody gives its path.

import type { Side } from '../../src/bench/types.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { QUANTISER } from './ffmpeg.ts';
import { answers, startPeer } from './peer.ts';
import type { PeerGround } from './peer.ts';

/** Its config: the stream `cam`, encoded by ffmpeg, behind its HTTP API on this port; all else that listens is off. */
export function go2rtcConfig(source: string, port: number): string {
  return JSON.stringify({
    api: { listen: `127.0.0.1:${port}` },
    rtsp: { listen: '' },
    srtp: { listen: '' },
    webrtc: { listen: '' },
    streams: { cam: [`ffmpeg:${source}#video=mjpeg#raw=-q:v ${QUANTISER} -pix_fmt yuvj420p`] },
  });
}

/** Of the pictures of `cam`. */
export const GO2RTC_PATH = '/api/stream.mjpeg?src=cam';

export function go2rtcSide(ground: PeerGround, binary: string): Side {
  return {
    name: 'go2rtc',
    kind: 'peer',
    words: `go2rtc: one ffmpeg started for the first viewer, its pictures handed to all, -q:v ${QUANTISER} as ours.`,
    lifetime: 'run',
    perViewer: false,
    async start(signal) {
      const port = await freePort();
      const origin = `http://127.0.0.1:${port}`;
      const program = {
        name: 'go2rtc',
        command: binary,
        args: ['--config', go2rtcConfig(ground.camera.source, port)],
        url: `${origin}${GO2RTC_PATH}`,
        ready: () => answers(`${origin}/api/streams`),
      };
      return await startPeer(ground, program, signal);
    },
  };
}
