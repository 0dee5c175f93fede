// The wish to end, as a terminal, npm or a service manager says it.

import { nowUs } from '../base/clock.ts';

/** npm and a terminal both deliver the same signal: a repeat within this time is the same wish. */
const SAME_SIGNAL_US = 500_000;

export interface Signals {
  readonly first: Promise<NodeJS.Signals>;
  close(): void;
}

/** The first SIGINT or SIGTERM stops; one that comes later than its own echo ends at once, by `onSecond`. */
export function listenForSignals(onSecond: () => void): Signals {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let firstUs: number | null = null;
  const handle = (signal: NodeJS.Signals) => {
    if (firstUs === null) {
      firstUs = nowUs();
      resolve(signal);
    } else if (nowUs() - firstUs > SAME_SIGNAL_US) onSecond();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, handle);
  return {
    first: promise,
    close: () => names.forEach((name) => process.removeListener(name, handle)),
  };
}
