// Which picture sizes and qualities are offered: few enough that viewers share encodings. The gateway snaps what was
// asked for, codec what it encodes, by the same functions.

/** Widths that pictures are scaled to, besides the camera's own. */
export const WIDTHS: readonly number[] = [160, 320, 480, 640, 960, 1280, 1920];

export const DEFAULT_QUALITY = 80;
const MIN_QUALITY = 30;
const MAX_QUALITY = 90;

/**
 * The offered width for a wanted one: the smallest that is not smaller, at most the camera's own, which is never
 * exceeded. `ownWidth` 0: not known yet. `width` null: the camera's own, 0 when not known.
 */
export function snapWidth(width: number | null, ownWidth: number): number {
  if (width === null) return ownWidth;
  const offered = WIDTHS.find((candidate) => candidate >= width) ?? (ownWidth > 0 ? ownWidth : WIDTHS.at(-1)!);
  return ownWidth > 0 && (offered >= ownWidth || width > ownWidth) ? ownWidth : offered;
}

/** The offered quality nearest to a wanted one: a ten from 30 to 90. */
export function snapQuality(quality: number | null): number {
  if (quality === null || Number.isNaN(quality)) return DEFAULT_QUALITY;
  return Math.min(MAX_QUALITY, Math.max(MIN_QUALITY, Math.round(quality / 10) * 10));
}

/** Size of a picture scaled to `width`, its shape kept and its height even; its own size when that is not smaller. */
export function scaledSize(
  ownWidth: number,
  ownHeight: number,
  width: number | null,
): { readonly width: number; readonly height: number } {
  if (width === null || width >= ownWidth) return { width: ownWidth, height: ownHeight };
  return { width, height: Math.max(2, Math.round((ownHeight * width) / ownWidth / 2) * 2) };
}
