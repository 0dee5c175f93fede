// Which encoding a request gets: sizes and qualities snap to a few, so that viewers share them ("encode once").

import { snapQuality, snapWidth } from '../../../media/picture-size.ts';

/** What a channel carries. null: as the camera has it, or the encoder's own quality. */
export interface Encoding {
  readonly width: number | null;
  readonly quality: number | null;
}

/** The offered encoding for what was asked for. `ownWidth` is the camera's, 0 when not known. */
export function snapEncoding(
  asked: { width?: number | undefined; quality?: number | undefined },
  ownWidth: number,
): Encoding {
  const width = asked.width === undefined ? null : snapWidth(asked.width, ownWidth);
  return {
    width: width === ownWidth ? null : width,
    quality: asked.quality === undefined ? null : snapQuality(asked.quality),
  };
}
