// The article's service under ASGI, which never sends a picture, beside ours: one viewer, and what memory does meanwhile
// and when the viewer has left. Figures for information, and a sentence for the report.

import type { Side } from '../../src/bench/types.ts';
import type { Spread } from '../../src/bench/statistics.ts';
import type { Figure } from '../ground/figures.ts';
import { growthOf, startArticleAsgi } from '../peers/article-asgi.ts';
import type { Growth } from '../peers/article-asgi.ts';
import { articleMissing } from '../peers/article.ts';
import type { PeerGround } from '../peers/peer.ts';

const LIMITS = { watchMs: 10_000, afterMs: 5000, limitMb: 2000 };
const PEER = 'article under ASGI';

export interface Growths {
  readonly ours: Growth;
  /** null: absent. */
  readonly asgi: Growth | null;
}

export async function measureGrowth(ground: PeerGround, shared: Side, signal: AbortSignal): Promise<Growths> {
  const own = await shared.start(signal);
  const ours = await growthOf(own, LIMITS).finally(() => own.stop());
  if (articleMissing(ground) !== null) return { ours, asgi: null };
  const server = await startArticleAsgi(ground, signal);
  const asgi = await growthOf(server, LIMITS).finally(() => server.stop());
  return { ours, asgi };
}

export function growthFigures({ ours, asgi }: Growths): Figure[] {
  const figure = (name: string, unit: string, read: (growth: Growth) => number): Figure => ({
    name: `compare: ${name}`,
    unit,
    ours: once(read(ours)),
    peers: [{ name: PEER, value: asgi === null ? null : once(read(asgi)) }],
    target: null,
  });
  return [
    figure(`pictures that one viewer gets in ${ours.seconds} s`, 'pictures', ({ pictures }) => pictures),
    figure('growth of memory while one viewer watches', 'MB/s', ({ mbPerSecond }) => mbPerSecond),
    figure('growth of memory when that viewer has left', 'MB/s', ({ mbPerSecondAfter }) => mbPerSecondAfter),
  ];
}

/** For whoever reads the report. */
export function growthNote({ asgi }: Growths): string[] {
  if (asgi === null) return [];
  const { pictures, seconds, mbPerSecond, mbPerSecondAfter, overLimit } = asgi;
  const end = overLimit ? ` It was ended at ${LIMITS.limitMb} MB.` : '';
  return [
    `The article's service under ASGI (gunicorn with 4 of uvicorn's workers) gave its one viewer ${pictures} pictures in ${seconds} s: Django takes a synchronous generator whole before it sends any of it. Its memory grew by ${mbPerSecond.toFixed(1)} MB a second, and by ${mbPerSecondAfter.toFixed(1)} when that viewer had left.${end}`,
  ];
}

function once(value: number): Spread {
  return { median: value, least: value, most: value };
}
