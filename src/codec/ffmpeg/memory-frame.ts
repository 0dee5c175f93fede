// AVFrames over packed pixels in JavaScript's memory: what FFmpeg scales into shared memory, or reads out of it, is not
// copied on the way.

import type { Frame as NativeFrame } from 'node-av/lib';
import { Frame as AvFrame } from 'node-av/lib';
import { SPARE_BYTES, packedBytes } from '../../media/pixels.ts';
import type { PixelShape } from '../../media/pixels.ts';
import { PIXEL_FORMATS } from './planes.ts';

/** Whether swscale may write pixels of this shape into this memory: of planes each would run over into the next. */
export function isRoomy(memory: Uint8Array, { width, height, format }: PixelShape): boolean {
  return format !== 'yuv420p' && memory.length >= packedBytes(format, width, height) + SPARE_BYTES;
}

/**
 * An AVFrame whose pixels lie in `memory`, which is long enough. FFmpeg keeps no hold of it: whoever frees the frame keeps
 * the memory until then. Null when the binding refuses.
 */
export function frameOver(memory: Uint8Array, { width, height, format }: PixelShape): NativeFrame | null {
  const frame = new AvFrame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = PIXEL_FORMATS[format];
  if (frame.fromBuffer(Buffer.from(memory.buffer, memory.byteOffset, memory.length)) >= 0) return frame;
  frame.free();
  return null;
}
