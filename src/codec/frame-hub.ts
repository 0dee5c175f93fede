// The hub of one stream's Frames, whoever makes them: a decoder, or a processor. A frame is a native resource, so the
// hub and its readers count their references; the newest one is kept for who comes next.

import { Hub } from '../base/hub.ts';
import type { HubOptions } from '../base/hub.ts';
import type { Frame } from './ffmpeg/frame.ts';

/**
 * `open`: begins to make frames; nothing happens before the first reader. `graceMs`: how long it goes on after the last.
 */
export function frameHub(name: string, open: HubOptions<Frame>['open'], graceMs = 0): Hub<Frame> {
  return new Hub<Frame>({
    name,
    traits: {
      bytes: (frame) => frame.width * frame.height * 2,
      startsGroup: () => true,
      retain: (frame) => frame.retain(),
      release: (frame) => frame.release(),
    },
    graceMs,
    keep: { maxBytes: Infinity, maxAgeMs: Infinity },
    open,
  });
}
