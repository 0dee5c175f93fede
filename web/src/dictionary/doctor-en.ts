// What the page says of an examination, in English: its steps by name, and what they came to.

import type { StepName, StepState } from '../../../src/gateway/api/contract-examination.ts';

const steps: Readonly<Record<StepName, string>> = {
  name: 'Name',
  route: 'Route',
  reach: 'Reach',
  port: 'Port',
  server: 'Server',
  login: 'Login',
  path: 'Path',
  tracks: 'Tracks',
  stream: 'Stream',
  keyframes: 'Keyframes',
  timestamps: 'Timestamps',
  clock: 'Clock',
  loss: 'Loss',
  'first-picture': 'First picture',
  decoding: 'Decoding',
};

const states: Readonly<Record<StepState, string>> = {
  passed: 'passed',
  warned: 'look',
  failed: 'failed',
  skipped: 'skipped',
};

export const doctorEn = {
  findOutWhy: 'Find out why',
  title: 'Examination',
  stop: 'Stop',
  again: 'Examine again',
  looking: (step: string) => `Looking: ${step}`,
  picture: 'There is a picture. Nothing is wrong.',
  pictureBut: (n: number) =>
    n === 1 ? 'There is a picture; one step is worth a look.' : `There is a picture; ${n} steps are worth a look.`,
  noPicture: (step: string) => `There is no picture: ${step}.`,
  stopped: 'Stopped before its end.',
  steps,
  states,
};

export type DoctorWords = typeof doctorEn;
