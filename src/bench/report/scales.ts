// From values to places on an axis, and the ticks beside it.

export interface Tick {
  readonly value: number;
  /** Empty: a line without a number. */
  readonly text: string;
}

export interface Scale {
  /** 0 at the axis' beginning, 1 at its end. */
  at(value: number): number;
  readonly ticks: readonly Tick[];
}

const STEPS = [1, 2, 2.5, 5, 10];
const INTERVALS = 6;

/** From 0 to the next round number. */
export function linearScale(most: number, text: (value: number) => string): Scale {
  const raw = Math.max(most, 1e-9) / INTERVALS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((it) => it * power >= raw * (1 - 1e-9))! * power;
  const count = Math.ceil(most / step - 1e-9) || 1;
  const ticks = Array.from({ length: count + 1 }, (_, at) => ({ value: at * step, text: text(at * step) }));
  return { at: (value) => value / (count * step), ticks };
}

/** By powers of ten, from and to round numbers. */
export function logScale(values: readonly number[], text: (value: number) => string): Scale {
  const rounds = roundNumbers(Math.min(...values), Math.max(...values));
  const decades = Math.log10(rounds.at(-1)! / rounds[0]!);
  const shown = rounds.filter((it) => decades <= 3 || Number.isInteger(Number(Math.log10(it).toFixed(6))));
  return { at: logAt(rounds[0]!, rounds.at(-1)!), ticks: shown.map((value) => ({ value, text: text(value) })) };
}

/** By powers of ten, with a tick at each of these values and nowhere else. */
export function logScaleOf(values: readonly number[], text: (value: number) => string): Scale {
  const sorted = [...values].sort((a, b) => a - b);
  return { at: logAt(sorted[0]!, sorted.at(-1)!), ticks: sorted.map((value) => ({ value, text: text(value) })) };
}

function logAt(least: number, most: number): Scale['at'] {
  if (least === most) return () => 0.5;
  return (value) => Math.log(value / least) / Math.log(most / least);
}

/** 1, 2 and 5 of each power of ten, from the last one not above `least` to the first one not below `most`. */
function roundNumbers(least: number, most: number): number[] {
  const from = Math.floor(Math.log10(least));
  const to = Math.ceil(Math.log10(most));
  const all = Array.from({ length: to - from + 2 }, (_, at) => [1, 2, 5].map((it) => it * 10 ** (from + at))).flat();
  const first = all.findLastIndex((it) => it <= least * (1 + 1e-9));
  const last = all.findIndex((it) => it >= most * (1 - 1e-9));
  return all.slice(Math.max(first, 0), Math.max(last, first + 1) + 1);
}
