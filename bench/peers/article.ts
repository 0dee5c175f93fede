// Peer `article`: the article's own service (article/), Django with django-ninja and OpenCV, which opens the camera for
// each request. One worker of gunicorn with a thread for each viewer; at OpenCV's own JPEG quality and at equal size.

import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Side } from '../../src/bench/types.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { answers, startPeer } from './peer.ts';
import type { PeerGround, PeerProgram } from './peer.ts';

/** More than the viewers that it is measured with: nobody waits for a thread. */
export const THREADS = 32;

export interface ArticleShape {
  readonly name: string;
  /** Of its pictures. */
  readonly path: string;
  /** null: OpenCV's own, 95. */
  readonly quality: number | null;
  /** gunicorn's options that choose its workers, and the application. */
  readonly server: readonly string[];
}

export const WITH_THREADS = ['--workers', '1', '--threads', `${THREADS}`, 'article.wsgi'];

/** ninja cannot be imported outside a project: whether it is there is all that is asked. */
const NEEDS = `import sys, cv2
from importlib.util import find_spec
sys.exit(not all(find_spec(name) for name in ("django", "ninja", "gunicorn", "uvicorn_worker")))`;

/** Null when it can run here, else why it cannot. */
export function articleMissing({ out }: Pick<PeerGround, 'out'>): string | null {
  const python = join(out, 'venv/bin/python');
  const works = existsSync(python) && spawnSync(python, ['-c', NEEDS]).status === 0;
  return works ? null : 'Django, django-ninja, gunicorn or opencv-python could not be installed (bench/setup.sh)';
}

export function articleProgram(ground: PeerGround, shape: ArticleShape, port: number): PeerProgram {
  const { name, quality, server } = shape;
  const origin = `http://127.0.0.1:${port}`;
  return {
    name,
    command: join(ground.out, 'venv/bin/gunicorn'),
    args: ['--bind', `127.0.0.1:${port}`, '--log-level', 'warning', '--graceful-timeout', '1', ...server],
    env: {
      ARTICLE_CAMERA: ground.camera.source,
      ...(quality === null ? {} : { ARTICLE_JPEG_QUALITY: `${quality}` }),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    cwd: join(ground.root, 'bench/peers'),
    url: `${origin}${shape.path}`,
    ready: () => answers(`${origin}/healthz`),
  };
}

export function articleSides(ground: PeerGround): Side[] {
  const side = (name: string, quality: number | null, at: string): Side => ({
    name,
    kind: 'peer',
    words: `The article's service (Django, django-ninja, OpenCV; gunicorn with ${THREADS} threads): opens the camera for each request, JPEG quality ${at}.`,
    lifetime: 'run',
    perViewer: true,
    async start(signal) {
      const shape = { name, path: '/camera', quality, server: WITH_THREADS };
      return await startPeer(ground, articleProgram(ground, shape, await freePort()), signal);
    },
  });
  const { equalQuality } = ground;
  const own = side('article', null, "OpenCV's own 95");
  return equalQuality === null
    ? [own]
    : [own, side('article-equal', equalQuality, `${equalQuality}, whose pictures are as large as ours`)];
}
