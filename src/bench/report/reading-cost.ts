// What the figures say of CPU: how it grows with viewers, and what a delivered picture costs each side.

import { largestCommon } from './compared.ts';
import type { Compared, Comparison } from './compared.ts';
import { digits, listed, oneLine, viewersText } from './numbers.ts';
import type { StepFigures } from '../figures.ts';

export function costSentences(comparison: Comparison): string[] {
  return [...comparison.sides.flatMap(growthOf), ...ratios(comparison), ...uncosted(comparison)];
}

function growthOf({ side, growth, steps }: Compared): string[] {
  const name = oneLine(side.name);
  if (!steps.some(({ cores }) => cores !== null)) return [];
  if (growth === null)
    return [`How the CPU of ${name} grows is not known: it holds fewer than two of the numbers of viewers.`];
  const { first, last, coresPerViewer } = growth;
  const span = `${digits(first.viewers)} to ${viewersText(last.viewers)}`;
  const hundred = coresPerViewer * 100;
  if (growth.kind === 'flat') {
    const more = hundred <= 0 ? 'nothing that could be measured' : `${digits(hundred)} of a core`;
    return [`The CPU of ${name} is nearly flat from ${span}: a hundred viewers more cost ${more}, ${cores(first)}.`];
  }
  if (growth.kind === 'linear')
    return [
      `The CPU of ${name} grows in a line from ${span}: each viewer more costs ${digits(coresPerViewer)} of a core.`,
    ];
  return [
    `The CPU of ${name} follows no line from ${span}: it goes from ${digits(first.cores)} to ${digits(last.cores)} cores.`,
  ];
}

function cores(at: { readonly viewers: number; readonly cores: number }): string {
  return `the first ${at.viewers === 1 ? 'one' : digits(at.viewers)} ${digits(at.cores)}`;
}

function ratios({ sides, reference, fps }: Comparison): string[] {
  if (reference === null) return [];
  const others = sides.filter((it) => it !== reference);
  return [...others.flatMap((it) => sameNumber(it, reference)), ...ownNumbers(others, reference, fps)];
}

function sameNumber(other: Compared, reference: Compared): string[] {
  const both = largestCommon(other, reference);
  if (both === null) return [];
  const [theirs, ours] = [costOf(both[0]), costOf(both[1])];
  return [
    `With ${viewersText(both[0].viewers)}, a picture delivered costs ${oneLine(other.side.name)} ${times(theirs / ours)} the CPU that it costs ${oneLine(reference.side.name)}: ${digits(theirs)} microseconds beside ${digits(ours)}.`,
  ];
}

/** Each at the most viewers that it holds: nobody is measured where it has already collapsed. */
function ownNumbers(others: readonly Compared[], reference: Compared, fps: number): string[] {
  const ours = reference.holds > 0 ? reference.telling : null;
  if (!ours?.cpuUsPerPart) return [];
  const told = others.flatMap(({ side, telling, holds }) =>
    telling?.cpuUsPerPart && holds > 0 && holds !== ours.viewers
      ? [`${oneLine(side.name)} (${viewersText(telling.viewers)}) ${times(costOf(telling) / costOf(ours))}`]
      : [],
  );
  if (told.length === 0) return [];
  return [
    `Each at the most viewers that it holds at ${digits(fps)} fps, beside the ${digits(costOf(ours))} microseconds a picture of ${oneLine(reference.side.name)} with ${digits(ours.viewers)}: ${listed(told)}.`,
  ];
}

function costOf(step: StepFigures): number {
  return step.cpuUsPerPart?.median ?? NaN;
}

function times(ratio: number): string {
  return `${digits(ratio)} times`;
}

function uncosted({ sides }: Comparison): string[] {
  const names = sides
    .filter(({ steps }) => steps.length > 0 && steps.every((step) => step.cores === null))
    .map(({ side }) => oneLine(side.name));
  return names.length === 0 ? [] : [`CPU and memory of ${listed(names)} are not known: its processes were not named.`];
}
