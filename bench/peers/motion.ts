// Peer `motion`: Debian's surveillance program as a server of MJPEG alone. Detection is paused and nothing is saved;
// what cannot be switched off: it captures always, and copies each picture through its ring of one.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Side } from '../../src/bench/types.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { answers, peerFolder, startPeer } from './peer.ts';
import type { PeerGround } from './peer.ts';

export function motionConfig({ camera, equalQuality }: PeerGround, port: number, folder: string): string {
  const rate = Math.round(camera.fps);
  const options: Readonly<Record<string, string | number>> = {
    daemon: 'off',
    setup_mode: 'off',
    log_level: 6,
    netcam_url: camera.source,
    netcam_params: 'rtsp_transport=tcp',
    width: camera.width,
    height: camera.height,
    framerate: rate,
    pause: 'on',
    emulate_motion: 'off',
    pre_capture: 0,
    picture_output: 'off',
    movie_output: 'off',
    snapshot_interval: 0,
    target_dir: folder,
    text_left: '',
    text_right: '',
    text_changes: 'off',
    webcontrol_port: 0,
    stream_port: port,
    stream_localhost: 'on',
    stream_motion: 'off',
    stream_maxrate: rate,
    stream_quality: equalQuality ?? 80,
  };
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

export function motionSide(ground: PeerGround): Side {
  return {
    name: 'motion',
    kind: 'peer',
    words: `Debian's motion with detection paused and nothing saved: one capture that never closes, encoded once, JPEG quality ${ground.equalQuality ?? 80}.`,
    lifetime: 'window',
    perViewer: false,
    async start(signal) {
      const port = await freePort();
      const folder = peerFolder(ground.out);
      const config = join(folder, 'motion.conf');
      writeFileSync(config, motionConfig(ground, port, folder), { mode: 0o600 });
      const url = `http://127.0.0.1:${port}/`;
      const program = {
        name: 'motion',
        command: 'motion',
        args: ['-n', '-c', config],
        url,
        // Before its camera has answered it serves a grey picture, and for a moment after that nothing.
        ready: async (log: string) => / connected$/m.test(log) && (await answers(url)),
      };
      return await startPeer(ground, program, signal);
    },
  };
}
