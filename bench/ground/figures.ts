// What a benchmark hands back: figures with their targets, and how they are judged and printed.

import type { Spread } from '../../src/bench/statistics.ts';
import { columns, number } from './columns.ts';

export interface Target {
  /** `ratio`: ours divided by the first peer. `ours`: our own number. */
  readonly of: 'ours' | 'ratio';
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

export interface Peer {
  readonly name: string;
  /** null: not on this machine. */
  readonly value: Spread | null;
  /** It is made of our own code, and says nothing of what the machine does to others. */
  readonly own?: true | undefined;
}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: Spread;
  /** The first one is what a ratio is taken of. */
  readonly peers: readonly Peer[];
  /** null: told for information. */
  readonly target: Target | null;
  /** What whoever reads the figure must know. */
  readonly remark?: string | undefined;
}

export interface Verdict {
  readonly ratio: number | null;
  /** null: there is no target, or its peer is absent. */
  readonly met: boolean | null;
  readonly words: string;
}

export function judge(figure: Figure): Verdict {
  const peer = figure.peers[0]?.value ?? null;
  const ratio = peer === null || peer.median === 0 ? null : figure.ours.median / peer.median;
  if (figure.target === null) return { ratio, met: null, words: 'for information' };
  const value = figure.target.of === 'ratio' ? ratio : figure.ours.median;
  if (value === null)
    return { ratio, met: null, words: `not judged: ${figure.peers[0]?.name ?? 'the peer'} is absent` };
  if (!Number.isFinite(value)) return { ratio, met: false, words: 'MISSED: nothing was measured' };
  const most = figure.target.bound === 'at most';
  const met = most ? value <= figure.target.value : value >= figure.target.value;
  if (figure.target.value === 0) return { ratio, met, words: met ? 'met' : 'MISSED' };
  const off = Math.abs(value / figure.target.value - 1) * 100;
  return { ratio, met, words: met ? `met, ${off.toFixed(0)} % to spare` : `MISSED by ${off.toFixed(0)} %` };
}

const HEAD = ['figure', 'ours: median (range)', 'beside', 'ratio', 'target', 'verdict'];

/** The figures as a table for people, remarks behind it. */
export function table(figures: readonly Figure[]): string {
  const remarks = figures.flatMap(({ name, remark }) => (remark === undefined ? [] : [`${name}: ${remark}`]));
  return [columns([HEAD, ...figures.map(row)]), ...remarks].join('\n');
}

function row(figure: Figure): string[] {
  const { ratio, words } = judge(figure);
  const peers = figure.peers.map(({ name, value }) => `${name} ${value === null ? 'absent' : number(value.median)}`);
  const target = figure.target;
  return [
    figure.name,
    `${number(figure.ours.median)} ${figure.unit} (${number(figure.ours.least)} to ${number(figure.ours.most)})`,
    peers.join(', ') || '-',
    ratio === null ? '-' : number(ratio),
    target === null ? '-' : `${target.of === 'ratio' ? 'ratio ' : ''}${target.bound} ${number(target.value)}`,
    words,
  ];
}
