// Time, for every process. Inside, an instant is microseconds of the monotonic clock, which all processes of the
// machine share; the wall clock is an offset that control measures and publishes, so that its steps change no age.

/** Now, in microseconds of the machine's monotonic clock (`process.hrtime`). Equal in all processes. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanoseconds / 1e3);
}

/** The wall clock is read in whole milliseconds: what is further back than this is a step of it. */
const STEP_US = 2000;
/** Less is not worth a change of what is printed. */
const TREMBLE_US = 250;
/** Between two looks at the monotonic clock with the wall clock between; more, and we were interrupted. */
const APART_US = 200;
/** The first measure lasts until the wall clock's millisecond has changed a few times. */
const FIRST_US = 3000;

let latestUs = Number.NEGATIVE_INFINITY;
let knownOffsetUs = Number.NEGATIVE_INFINITY;

/**
 * Wall time minus monotonic time, in microseconds. A reading cut to milliseconds is early, never late, so the latest
 * one is the truth until the clock steps back. The offset stays the same to the microsecond while nobody sets the clock,
 * and so does every instant that is printed with it, whenever and in whichever process. The only place that reads the
 * wall clock.
 */
export function measureWallOffsetUs(): number {
  const untilUs = knownOffsetUs === Number.NEGATIVE_INFINITY ? nowUs() + FIRST_US : 0;
  do look();
  while (nowUs() < untilUs);
  if (latestUs < knownOffsetUs || latestUs - knownOffsetUs > TREMBLE_US) knownOffsetUs = latestUs;
  return knownOffsetUs;
}

function look(): void {
  const beforeUs = nowUs();
  const wallMs = Date.now();
  const afterUs = nowUs();
  if (afterUs - beforeUs > APART_US && latestUs !== Number.NEGATIVE_INFINITY) return;
  const offsetUs = wallMs * 1000 - afterUs;
  latestUs = offsetUs < latestUs - STEP_US ? offsetUs : Math.max(offsetUs, latestUs);
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
