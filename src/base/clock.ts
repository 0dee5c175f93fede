// Time, for every process. Inside, an instant is microseconds of the monotonic clock, which all processes of the
// machine share; the wall clock is an offset that control measures and publishes, so that its steps change no age.

/** Now, in microseconds of the machine's monotonic clock (`process.hrtime`). Equal in all processes. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanoseconds / 1e3);
}

/** Wall time minus monotonic time now, in microseconds. The only place that reads the wall clock. */
export function measureWallOffsetUs(): number {
  return Date.now() * 1000 - nowUs();
}

let wallOffsetUs = measureWallOffsetUs();

/** Takes the offset that control published (once a second). */
export function setWallOffsetUs(offsetUs: number): void {
  wallOffsetUs = offsetUs;
}

/** A monotonic instant as Unix time in microseconds, by the last published offset. */
export function wallUs(monotonicUs: number): number {
  return monotonicUs + wallOffsetUs;
}

/** A monotonic instant as an ISO 8601 string with milliseconds. */
export function wallIso(monotonicUs: number): string {
  return new Date(wallUs(monotonicUs) / 1000).toISOString();
}
