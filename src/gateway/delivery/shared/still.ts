// The headers of one JPEG that is an answer of its own: how long it is and when it was captured.

import type { Jpeg } from '../../../media/types.ts';
import { unixSeconds } from './part.ts';

export function stillHeaders(jpeg: Jpeg): Record<string, string | number> {
  return {
    'content-type': 'image/jpeg',
    'content-length': jpeg.bytes.length,
    'cache-control': 'no-store',
    'x-timestamp': unixSeconds(jpeg.stamp.capturedAtUs),
    'x-sequence': jpeg.sequence,
    'x-timestamp-source': jpeg.stamp.clock,
  };
}
