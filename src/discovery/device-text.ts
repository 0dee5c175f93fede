// What devices say of themselves, made fit for a page and a terminal: names without control characters, hardware
// addresses in one form. Every word that discovery passes on went through here.

/** Longer texts are cut to so many characters. */
export const MAX_DEVICE_TEXT = 200;

/** A text of a device for people: one line, visible characters only, at most 200; null when nothing is left. */
export function deviceText(raw: string | null | undefined): string | null {
  if (raw === null || raw === undefined) return null;
  const visible = raw
    .slice(0, 4 * MAX_DEVICE_TEXT)
    .replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const cut = Array.from(visible).slice(0, MAX_DEVICE_TEXT).join('').trim();
  return cut === '' ? null : cut;
}

/**
 * A hardware address in any usual writing (`AA-BB-…`, `aabb.…`, `2:11:…` without leading zeros) as `aa:bb:cc:dd:ee:ff`; null
 * when it is none of a single device.
 */
export function deviceMac(raw: string | null | undefined): string | null {
  const digits = (raw ?? '')
    .slice(0, 40)
    .toLowerCase()
    .replace(/\b[0-9a-f]\b/g, '0$&')
    .replace(/[\s:.-]/g, '');
  if (!/^[0-9a-f]{12}$/.test(digits) || digits === '000000000000') return null;
  // The lowest bit of the first byte marks a group of devices.
  if (Number.parseInt(digits.slice(0, 2), 16) % 2 === 1) return null;
  return digits.replace(/(..)(?=.)/g, '$1:');
}
