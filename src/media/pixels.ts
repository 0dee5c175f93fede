// How raw pixels lie in memory when nothing is between them: plane behind plane, row behind row. Shared by FFmpeg's
// side, which copies them in and out of frames, by the worker threads of processors, which never load FFmpeg, and by
// programs that ask for pixels instead of JPEG.

/** Their names, in the order in which the link counts them. */
export const PIXEL_NAMES = ['gray', 'bgr', 'rgba', 'yuv420p'] as const;

/** gray: 1 byte a pixel; bgr: 3, OpenCV's order; rgba: 4; yuv420p: planes Y, U, V, the latter of half the size. */
export type PixelFormat = (typeof PIXEL_NAMES)[number];

/** Larger pictures are not handed from process to process. 1920x1080 of rgba is half of it. */
export const MAX_PIXEL_BYTES = 16 * 1024 * 1024;

export interface PixelShape {
  readonly width: number;
  readonly height: number;
  /** gray, bgr, rgba: full range. yuv420p: limited range. */
  readonly format: PixelFormat;
}

/** swscale writes rows in whole vectors: behind packed pixels that it writes where they are to lie, so much room. */
export const SPARE_BYTES = 64;

export interface PackedPlane {
  /** Bytes of a row. */
  readonly columns: number;
  readonly rows: number;
}

/** Planes of a packed picture. Of yuv420p both sides are even. */
export function packedPlanes(format: PixelFormat, width: number, height: number): readonly PackedPlane[] {
  switch (format) {
    case 'gray':
      return [{ columns: width, rows: height }];
    case 'bgr':
      return [{ columns: width * 3, rows: height }];
    case 'rgba':
      return [{ columns: width * 4, rows: height }];
    case 'yuv420p': {
      const half = { columns: width / 2, rows: height / 2 };
      return [{ columns: width, rows: height }, half, half];
    }
  }
}

/** Bytes of a packed picture. */
export function packedBytes(format: PixelFormat, width: number, height: number): number {
  return packedPlanes(format, width, height).reduce((sum, { columns, rows }) => sum + columns * rows, 0);
}

/** A JPEG can have more, but nobody watches it. */
const MOST_SIDE = 16_384;

/** Why these are not the pixels of a picture, in words; null: they are. */
export function pixelsFault({
  data,
  width,
  height,
  format,
}: PixelShape & { readonly data: Uint8Array }): string | null {
  if (!PIXEL_NAMES.includes(format)) return `the format of a picture is one of ${PIXEL_NAMES.join(', ')}`;
  const isWhole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isWhole) return 'width and height are whole numbers above 0';
  if (Math.max(width, height) > MOST_SIDE) return `a picture has at most ${MOST_SIDE} pixels a side`;
  const isEven = width % 2 === 0 && height % 2 === 0;
  if (format === 'yuv420p' && !isEven) return 'both sides of a yuv420p picture are even';
  if (!(data instanceof Uint8Array)) return 'the pixels of a picture are a Uint8Array';
  const bytes = packedBytes(format, width, height);
  if (data.length === bytes) return null;
  return `a ${format} picture of ${width}x${height} has ${bytes} bytes, not ${data.length}`;
}
