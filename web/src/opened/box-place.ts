// Where a part of a picture lies in the room that the picture stands in, which may be of another shape: the picture is
// then contained in it, with bands beside or above. Pure.

import type { CameraEvent } from '../events/feed.ts';

export type Box = CameraEvent['boxes'][number];

/** As shares of the room, 0 to 1. */
export function placeBox(box: Box, pictureRatio: number, roomRatio: number): Box {
  const width = Math.min(1, pictureRatio / roomRatio);
  const height = Math.min(1, roomRatio / pictureRatio);
  const [left, right] = [within(box.x), within(box.x + box.width)];
  const [top, bottom] = [within(box.y), within(box.y + box.height)];
  return {
    x: (1 - width) / 2 + left * width,
    y: (1 - height) / 2 + top * height,
    width: (right - left) * width,
    height: (bottom - top) * height,
  };
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
