// Numbers of many measurements: what every benchmark reports of its windows.

/** Median and range of a few windows, or median and tail of many samples. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The value below which this share of the samples lies; NaN of none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? NaN;
  const high = sorted[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - Math.floor(position));
}

export function spread(samples: readonly number[]): Spread {
  return { median: percentile(samples, 0.5), least: percentile(samples, 0), most: percentile(samples, 1) };
}

/** Slope of the least-squares line through the points: units of y for one of x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return over / under;
}

/** The least-squares line's slope with the half width of its 95 % interval; NaN of two points, which say nothing of it. */
export interface Trend {
  readonly slope: number;
  readonly within: number;
}

/**
 * Slope and how well it is known. Samples of one process resemble the one before: as many as would be independent are
 * counted, by the correlation of what the line leaves over with itself one sample on.
 */
export function trend(points: readonly (readonly [x: number, y: number])[]): Trend {
  const b = slope(points);
  if (points.length < 3) return { slope: b, within: NaN };
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const left = points.map(([x, y]) => y - meanY - b * (x - meanX));
  const squares = left.reduce((sum, each) => sum + each * each, 0);
  const pairs = left.slice(1).reduce((sum, each, at) => sum + each * left[at]!, 0);
  const likeness = squares > 0 ? Math.min(0.99, Math.max(0, pairs / squares)) : 0;
  const independent = Math.max(3, (points.length * (1 - likeness)) / (1 + likeness));
  const over = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0) * (independent / points.length);
  return {
    slope: b,
    within: 1.96 * Math.sqrt(squares / points.length / over) * Math.sqrt(independent / (independent - 2)),
  };
}
