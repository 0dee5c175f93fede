// Whether two runs stand on the same ground: machine, programs, lengths of windows. What differs is said in sentences.

import type { OwnRun } from './own-run.ts';

/** Memory that a machine tells differs a little from boot to boot. */
const SAME_MEMORY = 0.03;

export interface Ground {
  /** Figures without a peer can be compared. */
  readonly sameMachine: boolean;
  readonly said: readonly string[];
}

export function differences(before: OwnRun, now: OwnRun): Ground {
  const sameMachine = isSameMachine(before, now);
  const said = [
    ...(sameMachine ? [] : [`another machine: then ${described(before)}, now ${described(now)}; ${NOT_JUDGED}`]),
    ...softwareSaid(before, now),
    ...optionsSaid(before, now),
    ...[before, now].flatMap((run, index) => (run.loadBefore > 0.5 ? [busy(run, index)] : [])),
  ];
  return { sameMachine, said };
}

const NOT_JUDGED = 'figures that no peer stands beside are not judged';

function isSameMachine({ machine: before }: OwnRun, { machine: now }: OwnRun): boolean {
  const memory = Math.abs(before.memoryMb / now.memoryMb - 1);
  return before.cpu === now.cpu && before.cores === now.cores && memory < SAME_MEMORY;
}

function described({ machine: { cores, cpu, memoryMb } }: OwnRun): string {
  return `${cores} x ${cpu} with ${(memoryMb / 1000).toFixed(1)} GB`;
}

function softwareSaid(before: OwnRun, now: OwnRun): string[] {
  const then = versions(before);
  return Object.entries(versions(now)).flatMap(([name, version]) => {
    const old = then[name] ?? null;
    return old === version ? [] : [`${name}: then ${old ?? 'absent'}, now ${version ?? 'absent'}`];
  });
}

function versions({ machine, programs }: OwnRun): Record<string, string | null> {
  return { Node: machine.node, system: machine.system, ...programs };
}

function optionsSaid({ options: before }: OwnRun, { options: now }: OwnRun): string[] {
  const said = [`${before.rounds} x ${seconds(before)}`, `${now.rounds} x ${seconds(now)}`];
  return [
    ...(said[0] === said[1] ? [] : [`windows for each figure: then ${said[0]}, now ${said[1]}`]),
    ...(before.hd === now.hd ? [] : ['the cameras of the tiles send another size (--hd in one of the runs only)']),
    ...(now.quick || before.quick ? ['a quick run is a look, not a result: its windows are few and short'] : []),
  ];
}

function seconds({ windowMs }: OwnRun['options']): string {
  return `${(windowMs / 1000).toFixed(1)} s`;
}

function busy({ loadBefore }: OwnRun, index: number): string {
  return `the machine was busy before the ${index === 0 ? 'earlier' : 'later'} run began (load ${loadBefore.toFixed(1)})`;
}
