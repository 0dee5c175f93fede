// The mark that the bench's camera puts into each compressed picture: an SEI message "user data unregistered"
// (ITU-T H.264, D.1.7) with the frame's running number and the instant of its push, both as decimal digits, so that
// they can be overwritten in place and never need emulation prevention. Whoever holds the unit knows its age.
//
//   00 00 00 01 | 06 | 05 | 2a | UUID, 16 bytes | number, 10 digits | push time in us, 16 digits | 80
//   start code   SEI  type  size

const UUID = Buffer.from('sightline-bench!', 'latin1');
const NUMBER_DIGITS = 10;
const TIME_DIGITS = 16;

/** Where the digits begin in `emptyMark()`. */
export const DIGITS_OFFSET = 4 + 3 + UUID.length;

export interface UnitMark {
  /** Frames since the camera program started; modulo the clip's length it is the number in the strip. */
  readonly number: number;
  /** Monotonic clock, microseconds. */
  readonly pushedUs: number;
}

/** The whole NAL unit with its start code, digits all zero. */
export function emptyMark(): Buffer {
  const payload = Buffer.concat([UUID, Buffer.from('0'.repeat(NUMBER_DIGITS + TIME_DIGITS), 'latin1')]);
  return Buffer.concat([Buffer.from([0, 0, 0, 1, 0x06, 0x05, payload.length]), payload, Buffer.from([0x80])]);
}

/** Finds the first mark at or behind `from`; null when there is none. */
export function readMark(bytes: Buffer, from = 0): UnitMark | null {
  const at = bytes.indexOf(UUID, from);
  const digits = at + UUID.length;
  if (at < 0 || bytes.length < digits + NUMBER_DIGITS + TIME_DIGITS) return null;
  const text = bytes.toString('latin1', digits, digits + NUMBER_DIGITS + TIME_DIGITS);
  return { number: Number(text.slice(0, NUMBER_DIGITS)), pushedUs: Number(text.slice(NUMBER_DIGITS)) };
}
