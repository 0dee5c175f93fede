// What the parts of doctor say to one another: steps from name to picture, each with what it saw and what to do. run.ts
// leads through them; the command prints them as they come, the API hands them to the page.

import type { SourceAddress } from '../config/camera.ts';

/** In the order of asking. A source that is no network address begins with `first-picture`. */
export const STEPS = [
  'name',
  'route',
  'reach',
  'port',
  'server',
  'login',
  'path',
  'tracks',
  'keyframes',
  'timestamps',
  'clock',
  'loss',
  'first-picture',
  'decoding',
] as const;

export type StepName = (typeof STEPS)[number];

/** `warned`: there is a picture, but it will hurt. `skipped`: an earlier step failed, or the source has no such thing. */
export type StepState = 'passed' | 'warned' | 'failed' | 'skipped';

export interface StepReport {
  readonly step: StepName;
  readonly state: StepState;
  /** One sentence, with figures: what was seen. Never a secret. */
  readonly saw: string;
  /** One sentence: what to do; empty when there is nothing to do. */
  readonly advice: string;
  readonly tookMs: number;
}

export interface DoctorReport {
  /** The source without secrets. */
  readonly source: string;
  readonly steps: readonly StepReport[];
  /** There was a picture. */
  readonly picture: boolean;
  readonly tookMs: number;
}

export interface DoctorRequest {
  readonly source: SourceAddress;
  readonly tlsVerify: boolean;
  readonly signal: AbortSignal;
  /** Each step as it ends. */
  onStep(report: StepReport): void;
}
