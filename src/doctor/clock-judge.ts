// The step of the camera's clock: what it says the time is, in its RTCP reports, by ONVIF or in the Date of its answers,
// against this machine's. Sightline uses differences of it only; the camera's own overlay and recordings show it as it is.

import type { DeviceClock } from '../discovery/onvif-device.ts';
import type { SeenValues } from '../link/finding-codes.ts';
import { inMs } from './figures.ts';
import { passed, skipped, warned } from './finding.ts';
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

type Source = SeenValues['clock-differs']['source'];

/** One way of telling. */
interface Witness {
  /** The camera's clock minus ours. */
  readonly offsetUs: number;
  /** So little is none. */
  readonly passedUs: number;
  readonly source: Source;
}

/**
 * RTCP counts first, being exact, then ONVIF. That many cameras write their local time into RTCP is no fault of their
 * clock: where ONVIF tells that it is right, it is.
 */
export function judgeClock({ rtcp, onvif, date }: ToldClocks): Finding {
  const counts = rtcp !== null && rtcp.cameraUs < EARLIEST_US;
  const report = rtcp === null || counts ? null : witnessOf(rtcp, 'rtcp', RTCP_PASSED_US);
  const device = onvif === null ? null : ofDevice(onvif);
  if (report !== null && device !== null && !isRight(report) && isRight(device)) {
    return passed({ code: 'clock-agrees-but-rtcp', values: offOf(report) });
  }
  const best = report ?? device ?? (date === null ? null : witnessOf(date, 'date', DATE_PASSED_US));
  if (best !== null) return judgeWitness(best);
  return skipped({ code: counts ? 'clock-counts-from-start' : 'clock-untold', values: {} });
}

function witnessOf({ cameraUs, oursUs }: ClockPair, source: Source, passedUs: number): Witness {
  return { offsetUs: cameraUs - oursUs, passedUs, source };
}

function ofDevice({ offsetMs, uncertaintyMs }: Pick<DeviceClock, 'offsetMs' | 'uncertaintyMs'>): Witness {
  return { offsetUs: offsetMs * 1000, passedUs: ONVIF_PASSED_US + uncertaintyMs * 1000, source: 'onvif' };
}

function judgeWitness(witness: Witness): Finding {
  const { offsetUs, source } = witness;
  if (isRight(witness)) {
    // Only RTCP tells more than seconds.
    const withinMs = source === 'rtcp' ? inMs(Math.max(1000, Math.abs(offsetUs))) : null;
    return passed({ code: 'clock-agrees', values: { withinMs, source } });
  }
  const seen = { code: 'clock-differs', values: { ...offOf(witness), source } } as const;
  return warned(seen, { code: isZone(offsetUs) ? 'set-time-zone' : 'ask-time-server', values: {} });
}

function isRight({ offsetUs, passedUs }: Witness): boolean {
  return Math.abs(offsetUs) <= passedUs;
}

function isZone(offsetUs: number): boolean {
  const offHours = Math.abs(offsetUs / HOUR_US - Math.round(offsetUs / HOUR_US)) * HOUR_US;
  return Math.abs(offsetUs) > HOUR_US / 2 && Math.abs(offsetUs) < 15 * HOUR_US && offHours < ZONE_US;
}

function offOf({ offsetUs }: Witness): SeenValues['clock-agrees-but-rtcp'] {
  return { offMs: inMs(Math.abs(offsetUs)), way: offsetUs > 0 ? 'ahead' : 'behind' };
}
