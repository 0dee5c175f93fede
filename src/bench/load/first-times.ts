// How long people waited: the times of many viewers as the few numbers that say it.

import { percentile } from '../statistics.ts';
import type { FirstTimes, Quantiles } from '../types.ts';
import type { ViewerTimes } from './protocol.ts';

/** Null of none. */
export function quantiles(samples: readonly number[]): Quantiles | null {
  if (samples.length === 0) return null;
  return {
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    max: percentile(samples, 1),
    count: samples.length,
  };
}

export function firstTimes(times: readonly ViewerTimes[]): FirstTimes {
  const of = (key: keyof ViewerTimes): Quantiles | null => {
    return quantiles(times.flatMap((each) => (each[key] === null ? [] : [each[key] / 1000])));
  };
  return { headersMs: of('headersUs'), partMs: of('partUs'), pictureMs: of('pictureUs') };
}
