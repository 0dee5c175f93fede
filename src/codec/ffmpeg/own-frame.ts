// AVFrames with memory of their own: what pictures are drawn, copied or converted into.

import type { AVColorRange, AVPixelFormat } from 'node-av/constants';
import { Frame as AvFrame } from 'node-av/lib';

export interface OwnFrameShape {
  readonly width: number;
  readonly height: number;
  readonly format: AVPixelFormat;
  /** Default: FFmpeg's own for the format. */
  readonly colorRange?: AVColorRange | undefined;
}

/** The caller frees it. Null without memory. */
export function ownFrame({ width, height, format, colorRange }: OwnFrameShape): AvFrame | null {
  const frame = new AvFrame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = format;
  if (colorRange !== undefined) frame.colorRange = colorRange;
  if (frame.getBuffer(0) >= 0) return frame;
  frame.free();
  return null;
}
