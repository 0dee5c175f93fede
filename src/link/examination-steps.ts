// The steps of an examination by name, in the order of asking.

/** A source that is no network address has the last two only; the others are then skipped. */
export const EXAMINATION_STEPS = [
  'name',
  'route',
  'reach',
  'port',
  'server',
  'login',
  'path',
  'tracks',
  'stream',
  'keyframes',
  'timestamps',
  'clock',
  'loss',
  'first-picture',
  'decoding',
] as const;

export type StepName = (typeof EXAMINATION_STEPS)[number];
