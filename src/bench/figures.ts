// From the windows of a side to its figures: each the median of its windows with their range. How many viewers a side
// holds and how its CPU grows is judged here too, so that table, page and sentences say the same.

import { slope, spread } from './statistics.ts';
import type { Spread } from './statistics.ts';
import type { Aftermath, FirstTimes, Quantiles, SideReport, Step, WindowResult } from './types.ts';

/** The median of the windows that have this figure; with one window least and most are no range. */
export interface Figure extends Spread {
  readonly windows: number;
}

export interface Tail {
  readonly p50: Figure;
  readonly p95: Figure;
  readonly max: Figure;
}

export type FirstFigures = { readonly [Name in keyof FirstTimes]: Tail | null };

export interface StepFigures {
  readonly viewers: number;
  readonly windows: number;
  /** Every viewer got a picture, in every window. */
  readonly delivered: boolean;
  readonly served: Figure | null;
  /** Of all windows together. */
  readonly refused: number;
  readonly broken: number;
  readonly leastFps: Figure | null;
  readonly medianFps: Figure | null;
  readonly cold: FirstFigures;
  readonly hot: FirstFigures;
  readonly delayMs: Tail | null;
  /** Frames of a window. */
  readonly lost: Figure | null;
  readonly repeated: Figure | null;
  readonly reordered: Figure | null;
  readonly unread: Figure | null;
  /** Of the camera's frames, 0 to 1. */
  readonly lostShare: Figure | null;
  readonly cores: Figure | null;
  readonly cpuUsPerPart: Figure | null;
  readonly pssMb: Figure | null;
  readonly sessions: Figure | null;
  readonly threads: Figure | null;
  readonly clientCores: Figure | null;
  /** The load client's CPU divided by the server's. */
  readonly clientShare: Figure | null;
  readonly after: Aftermath | null;
}

/** Figures of the steps that were measured, by number of viewers. */
export function sideFigures(side: SideReport): StepFigures[] {
  return side.steps
    .filter((step) => step.windows.length > 0)
    .map(stepFigures)
    .sort((a, b) => a.viewers - b.viewers);
}

function stepFigures({ viewers, windows }: Step): StepFigures {
  const of = (read: (window: WindowResult) => number | null | undefined): Figure | null => figure(windows.map(read));
  return {
    viewers,
    windows: windows.length,
    delivered: windows.every(({ load }) => load.served >= viewers && load.leastFps > 0),
    served: of(({ load }) => load.served),
    refused: total(windows, ({ load }) => load.refused.reduce((sum, { count }) => sum + count, 0)),
    broken: total(windows, ({ load }) => load.broken),
    leastFps: of(({ load }) => load.leastFps),
    medianFps: of(({ load }) => load.medianFps),
    cold: firstFigures(windows.map(({ load }) => load.cold)),
    hot: firstFigures(windows.map(({ load }) => load.hot)),
    delayMs: tail(windows.map(({ probe }) => probe?.delayMs ?? null)),
    lost: of(({ probe }) => probe?.lost),
    repeated: of(({ probe }) => probe?.repeated),
    reordered: of(({ probe }) => probe?.reordered),
    unread: of(({ probe }) => probe?.unread),
    lostShare: of(({ probe }) => probe && probe.lost / (probe.pictures - probe.repeated + probe.lost)),
    cores: of(({ cost }) => cost?.cores),
    cpuUsPerPart: of(({ cost, load }) => (load.parts > 0 ? cost?.cpuUsPerPart : null)),
    pssMb: of(({ cost }) => cost?.pssMb),
    sessions: of(({ cost }) => cost?.sessions),
    threads: of(({ cost }) => cost?.threads),
    clientCores: of(({ load }) => load.clientCores),
    clientShare: of(({ cost, load }) => cost && load.clientCores / cost.cores),
    after: windows.find(({ after }) => after !== null)?.after ?? null,
  };
}

function figure(samples: readonly (number | null | undefined)[]): Figure | null {
  const known = samples.filter((it): it is number => Number.isFinite(it));
  return known.length === 0 ? null : { ...spread(known), windows: known.length };
}

function tail(windows: readonly (Quantiles | null)[]): Tail | null {
  const p50 = figure(windows.map((it) => it?.p50));
  const p95 = figure(windows.map((it) => it?.p95));
  const max = figure(windows.map((it) => it?.max));
  return p50 && p95 && max && { p50, p95, max };
}

function firstFigures(windows: readonly FirstTimes[]): FirstFigures {
  return {
    headersMs: tail(windows.map((it) => it.headersMs)),
    partMs: tail(windows.map((it) => it.partMs)),
    pictureMs: tail(windows.map((it) => it.pictureMs)),
  };
}

function total(windows: readonly WindowResult[], read: (window: WindowResult) => number): number {
  return windows.reduce((sum, window) => sum + read(window), 0);
}

const WATCHABLE_FPS = 25;

/** Pictures a second that the slowest viewer must get for its number of viewers to be held. */
export function rateToHold(cameraFps: number): number {
  return cameraFps > 0 ? Math.min(WATCHABLE_FPS, (cameraFps * 5) / 6) : WATCHABLE_FPS;
}

/** Steps at which every viewer got a picture and the slowest one this rate. */
export function heldSteps(steps: readonly StepFigures[], fps: number): StepFigures[] {
  return steps.filter((step) => step.delivered && (step.leastFps?.median ?? 0) >= fps);
}

/**
 * The step that tells how a side does its work: the most viewers that it holds, else the fewest that were measured.
 */
export function tellingStep(steps: readonly StepFigures[], fps: number): StepFigures | null {
  return heldSteps(steps, fps).at(-1) ?? steps[0] ?? null;
}

export interface Growth {
  /** `flat`: a hundred viewers more cost no more than the fewest measured do. `uneven`: neither that nor a line. */
  readonly kind: 'flat' | 'linear' | 'uneven';
  readonly coresPerViewer: number;
  /** Cores with the fewest and with the most viewers of the fit. */
  readonly first: { readonly viewers: number; readonly cores: number };
  readonly last: { readonly viewers: number; readonly cores: number };
}

/** Share of the spread of CPU that a line must explain to be called one. */
const LINE_EXPLAINS = 0.9;

/**
 * How CPU grows with viewers, by least squares on the steps that are held: where there are too few cores for all, CPU
 * grows no more and pictures are missing instead. Null: less than two of them.
 */
export function growth(steps: readonly StepFigures[], fps: number): Growth | null {
  const points = heldSteps(steps, fps).flatMap(({ viewers, cores }) =>
    cores === null ? [] : [{ viewers, cores: cores.median }],
  );
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  const coresPerViewer = slope(points.map(({ viewers, cores }) => [viewers, cores] as const));
  const flat = coresPerViewer * 100 <= first.cores;
  const kind = flat ? 'flat' : explained(points, coresPerViewer) >= LINE_EXPLAINS ? 'linear' : 'uneven';
  return { kind, coresPerViewer, first, last };
}

function explained(points: readonly { viewers: number; cores: number }[], rise: number): number {
  const meanX = points.reduce((sum, { viewers }) => sum + viewers, 0) / points.length;
  const meanY = points.reduce((sum, { cores }) => sum + cores, 0) / points.length;
  const left = points.reduce((sum, it) => sum + (it.cores - meanY - rise * (it.viewers - meanX)) ** 2, 0);
  const all = points.reduce((sum, it) => sum + (it.cores - meanY) ** 2, 0);
  return all === 0 ? 1 : 1 - left / all;
}
