// The step of the camera's clock: what it says the time is, in its RTCP reports, by ONVIF or in the Date of its answers,
// against this machine's. Sightline uses differences of it only; the camera's own overlay and recordings show it as it is.

import type { DeviceClock } from '../discovery/onvif-device.ts';
import { duration, passed, skipped, warned } from './finding.ts';
import type { Finding } from './types.ts';

/** From 1900, where NTP counts from, to 1970. */
const NTP_TO_UNIX_US = 2_208_988_800e6;
/** Earlier is no time of day: such clocks count from the camera's start. 2015. */
const EARLIEST_US = 1_420_070_400e6;
const RTCP_PASSED_US = 2_000_000;
/** And by what its answer was uncertain. */
const ONVIF_PASSED_US = 2_000_000;
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

/** What the camera told of its clock; null: nothing of that kind. */
export interface ToldClocks {
  readonly rtcp: ClockPair | null;
  readonly onvif: Pick<DeviceClock, 'offsetMs' | 'uncertaintyMs'> | null;
  readonly date: ClockPair | null;
}

/** One way of telling. */
interface Witness {
  /** The camera's clock minus ours. */
  readonly offsetUs: number;
  /** So little is none. */
  readonly passedUs: number;
  readonly by: string;
}

/**
 * RTCP counts first, being exact, then ONVIF. That many cameras write their local time into RTCP is no fault of their
 * clock: where ONVIF tells that it is right, it is.
 */
export function judgeClock({ rtcp, onvif, date }: ToldClocks): Finding {
  const counts = rtcp !== null && rtcp.cameraUs < EARLIEST_US;
  const report = rtcp === null || counts ? null : witnessOf(rtcp, 'its RTCP reports', RTCP_PASSED_US);
  const device = onvif === null ? null : ofDevice(onvif);
  if (report !== null && device !== null && !isRight(report) && isRight(device)) {
    const gap = `its RTCP reports are ${duration(report.offsetUs)} ${wayOf(report)}`;
    return passed(`The camera's clock agrees with this machine's to ${agreement(device)}, by ${device.by}; ${gap} it.`);
  }
  const best = report ?? device ?? (date === null ? null : witnessOf(date, 'the Date of its answers', DATE_PASSED_US));
  if (best !== null) return judgeWitness(best);
  if (counts) return skipped('The camera reports a time since its start, which is no time of day.');
  return skipped('The camera told no time: neither an RTCP report nor a Date came, and it does not speak ONVIF.');
}

function witnessOf({ cameraUs, oursUs }: ClockPair, by: string, passedUs: number): Witness {
  return { offsetUs: cameraUs - oursUs, passedUs, by };
}

function ofDevice({ offsetMs, uncertaintyMs }: Pick<DeviceClock, 'offsetMs' | 'uncertaintyMs'>): Witness {
  return { offsetUs: offsetMs * 1000, passedUs: ONVIF_PASSED_US + uncertaintyMs * 1000, by: 'ONVIF' };
}

function judgeWitness(witness: Witness): Finding {
  const { offsetUs, by } = witness;
  if (isRight(witness)) {
    return passed(`The camera's clock agrees with this machine's to ${agreement(witness)}, by ${by}.`);
  }
  const offHours = Math.abs(offsetUs / HOUR_US - Math.round(offsetUs / HOUR_US)) * HOUR_US;
  const isZone = Math.abs(offsetUs) > HOUR_US / 2 && Math.abs(offsetUs) < 15 * HOUR_US && offHours < ZONE_US;
  return warned(
    `The camera's clock is ${duration(offsetUs)} ${wayOf(witness)} this machine's, by ${by}.`,
    isZone
      ? 'Set time zone and daylight saving time in the camera, and let it ask a time server (NTP).'
      : 'Let the camera ask a time server (NTP); if it does, look at the clock of this machine.',
  );
}

function isRight({ offsetUs, passedUs }: Witness): boolean {
  return Math.abs(offsetUs) <= passedUs;
}

function wayOf({ offsetUs }: Witness): string {
  return offsetUs > 0 ? 'ahead of' : 'behind';
}

/** Only RTCP tells more than seconds. */
function agreement({ offsetUs, passedUs }: Witness): string {
  return passedUs === RTCP_PASSED_US ? duration(Math.max(1000, Math.abs(offsetUs))) : 'a few seconds';
}
