// The step of the camera's clock: what it says the time is, in its RTCP reports or in the Date of its answers, against
// this machine's. Sightline uses differences of it only; the camera's own overlay and recordings show it as it is.

import { duration, passed, skipped, warned } from './finding.ts';
import type { Finding } from './types.ts';

/** From 1900, where NTP counts from, to 1970. */
const NTP_TO_UNIX_US = 2_208_988_800e6;
/** Earlier is no time of day: such clocks count from the camera's start. 2015. */
const EARLIEST_US = 1_420_070_400e6;
const RTCP_PASSED_US = 2_000_000;
/** A Date has whole seconds, and travels with an answer that may wait. */
const DATE_PASSED_US = 4_000_000;
const HOUR_US = 3_600_000_000;
/** A difference this near to whole hours is one of time zones. */
const ZONE_US = 120_000_000;

/** One instant as both clocks had it, Unix microseconds. */
export interface ClockPair {
  readonly cameraUs: number;
  readonly oursUs: number;
}

/** `ntpUs`: as in a sender report. */
export function ofReport(ntpUs: number, oursUs: number): ClockPair {
  return { cameraUs: ntpUs - NTP_TO_UNIX_US, oursUs };
}

/** `text`: a Date header (RFC 9110, 5.6.7); null when it is none. */
export function ofDate(text: string | null, oursUs: number): ClockPair | null {
  const cameraMs = text === null ? NaN : Date.parse(text);
  return Number.isNaN(cameraMs) ? null : { cameraUs: cameraMs * 1000 + 500_000, oursUs };
}

/** Null: the camera said nothing of that kind. RTCP counts first, being exact. */
export function judgeClock(rtcp: ClockPair | null, date: ClockPair | null): Finding {
  const counts = rtcp !== null && rtcp.cameraUs < EARLIEST_US;
  if (rtcp !== null && !counts) return judgePair(rtcp, 'its RTCP reports', RTCP_PASSED_US);
  if (date !== null) return judgePair(date, 'the Date of its answers', DATE_PASSED_US);
  if (counts) return skipped('The camera reports a time since its start, which is no time of day.');
  return skipped('The camera told no time: neither an RTCP report nor a Date came.');
}

function judgePair({ cameraUs, oursUs }: ClockPair, source: string, passedUs: number): Finding {
  const offsetUs = cameraUs - oursUs;
  if (Math.abs(offsetUs) <= passedUs) {
    return passed(`The camera's clock agrees with this machine's to ${agreement(offsetUs, passedUs)}, by ${source}.`);
  }
  const way = offsetUs > 0 ? 'ahead of' : 'behind';
  const offHours = Math.abs(offsetUs / HOUR_US - Math.round(offsetUs / HOUR_US)) * HOUR_US;
  const isZone = Math.abs(offsetUs) > HOUR_US / 2 && Math.abs(offsetUs) < 15 * HOUR_US && offHours < ZONE_US;
  return warned(
    `The camera's clock is ${duration(offsetUs)} ${way} this machine's, by ${source}.`,
    isZone
      ? 'Set time zone and daylight saving time in the camera, and let it ask a time server (NTP).'
      : 'Let the camera ask a time server (NTP); if it does, look at the clock of this machine.',
  );
}

function agreement(offsetUs: number, passedUs: number): string {
  return passedUs === DATE_PASSED_US ? 'a few seconds' : duration(Math.max(1000, Math.abs(offsetUs)));
}
