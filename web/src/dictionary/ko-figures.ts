// Figures with their units and lists of names, as the Korean words of an examination have them.

/** `0.4 ms`, `38 ms`, `1.4초`, `2분 5초`, `1시간 0분`, `3일`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)}초`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}분 ${Math.floor(seconds % 60)}초`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours}시간 ${minutes % 60}분` : `${Math.round(hours / 24)}일`;
}

/** Of one: `0.05%`, `5%`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 1 ? Math.round(value * 10) / 10 : Number(value.toPrecision(2))}%`;
}

export function listed(parts: readonly (string | number)[]): string {
  return parts.join(', ');
}

/** `2.0 Mbit`, `640 kbit`. */
export function bits(kilobits: number): string {
  return kilobits >= 1000 ? `${(kilobits / 1000).toFixed(1)} Mbit` : `${Math.round(kilobits)} kbit`;
}
