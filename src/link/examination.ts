// What an examination of a camera says, as doctor tells it to the command line, to control and, through the gateway, to
// the page: steps from name to picture, in this order, each with what it saw and what to do.

import type { DialRules } from '../base/dial-guard.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { StepName } from './examination-steps.ts';
import type { Advice, Seen } from './finding-codes.ts';

export { EXAMINATION_STEPS } from './examination-steps.ts';
export type { StepName } from './examination-steps.ts';

/** `warned`: there may be a picture, but this will hurt. `skipped`: an earlier step failed, or there is no such thing. */
export type StepState = 'passed' | 'warned' | 'failed' | 'skipped';

export interface StepReport {
  readonly step: StepName;
  readonly state: StepState;
  /** One sentence, with figures, in English: what was seen. Never a secret. */
  readonly saw: string;
  /** One sentence, in English: what to do; empty when there is nothing to do. */
  readonly advice: string;
  /** What `saw` says, for words in another language. */
  readonly seen: Seen;
  /** What `advice` says; null when there is nothing to do, or for advice that has no code. */
  readonly advised: Advice | null;
  /** Since the step before ended, milliseconds. */
  readonly tookMs: number;
}

export interface Examination {
  /** The source without secrets. */
  readonly source: string;
  /** Every step once, in their order. */
  readonly steps: readonly StepReport[];
  /** There was a picture. */
  readonly picture: boolean;
  readonly tookMs: number;
}

/** A camera to examine, as control has it. */
export interface Patient {
  readonly uid: string;
  readonly source: SourceAddress;
  readonly tlsVerify: boolean;
  /** The camera took the password by Digest before: it is not told it in clear. Default false. */
  readonly digestOnly?: boolean;
  /** Whom it may be dialled at; asked at each connection. Null: a person wrote it into the file. */
  readonly rules: () => DialRules | null;
}

/** How control has a camera examined: the composition root hands it in. Resolves in any case but a fault of ours. */
export type Examine = (
  patient: Patient,
  options: { readonly signal: AbortSignal; readonly onStep: (report: StepReport) => void },
) => Promise<Examination>;

/** What is new of an examination that somebody follows. */
export interface ExaminationNews {
  readonly steps: readonly StepReport[];
  /** Set when it is over, and everything has been told. */
  readonly examination: Examination | null;
}
