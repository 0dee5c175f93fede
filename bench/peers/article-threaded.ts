// Peer `article-threaded`: the obvious better version of the article's service: one capture of a worker, in a thread
// that keeps the newest frame; each response encodes it again.

import type { Side } from '../../src/bench/types.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { THREADS, WITH_THREADS, articleProgram } from './article.ts';
import { startPeer } from './peer.ts';
import type { PeerGround } from './peer.ts';

export function articleThreadedSide(ground: PeerGround): Side {
  const { equalQuality: quality } = ground;
  const at = quality === null ? "OpenCV's own 95" : `${quality}, whose pictures are as large as ours`;
  return {
    name: 'article-threaded',
    kind: 'peer',
    words: `The article's service with one capture in a thread that keeps the newest frame (gunicorn with ${THREADS} threads): encodes it for each viewer, JPEG quality ${at}.`,
    lifetime: 'run',
    perViewer: false,
    async start(signal) {
      const shape = { name: 'article-threaded', path: '/camera/threaded', quality, server: WITH_THREADS };
      return await startPeer(ground, articleProgram(ground, shape, await freePort()), signal);
    },
  };
}
