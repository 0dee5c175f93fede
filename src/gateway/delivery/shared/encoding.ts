// Which encoding a request gets: sizes and qualities snap to a few, so that viewers share them ("encode once").

import { snapQuality, snapWidth } from '../../../media/picture-size.ts';
import type { PixelFormat } from '../../../media/pixels.ts';

/** What a channel carries. null: as the camera has it, or the encoder's own quality. */
export interface Encoding {
  readonly width: number | null;
  readonly quality: number | null;
  /** Packed pixels of this layout instead of JPEG; absent: JPEG. */
  readonly pixels?: PixelFormat;
}

/** The offered encoding for what was asked for. `ownWidth` is the camera's, 0 when not known. */
export function snapEncoding(
  asked: { width?: number | undefined; quality?: number | undefined; format?: 'jpeg' | PixelFormat | undefined },
  ownWidth: number,
): Encoding {
  const width = asked.width === undefined ? null : snapWidth(asked.width, ownWidth);
  const offered = width === ownWidth ? null : width;
  const { format = 'jpeg' } = asked;
  if (format !== 'jpeg') return { width: offered, quality: null, pixels: format };
  return {
    width: offered,
    quality: asked.quality === undefined ? null : snapQuality(asked.quality),
  };
}
