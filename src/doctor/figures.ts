// Figures with their units and lists of names, as the English words of doctor's findings have them.

/** Of microseconds, as values of a finding have them. */
export function inMs(us: number): number {
  return Math.round(us) / 1000;
}

/** `0.4 ms`, `38 ms`, `1.4 s`, `2 min 5 s`, `1 h 0 min`, `3 days`. */
export function duration(ofMs: number): string {
  const ms = Math.abs(ofMs);
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/** `0.05 %`, `5 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 1 ? Math.round(value * 10) / 10 : Number(value.toPrecision(2))} %`;
}

/** `a, b and c`. */
export function listed(parts: readonly (string | number)[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** Kilobits: `2.0 Mbit`, `640 kbit`. */
export function bits(kilobits: number): string {
  return kilobits >= 1000 ? `${(kilobits / 1000).toFixed(1)} Mbit` : `${Math.round(kilobits)} kbit`;
}
