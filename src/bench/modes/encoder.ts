// The JPEG encoder of a viewer of the naive and the threaded mode: Sightline's own, at its own quality. Many of them
// share one event loop here, so all of their work is done on pool threads: no core idles while viewers wait.

import { JpegEncoder } from '../../codec/ffmpeg/jpeg-encoder.ts';
import { snapQuality } from '../../media/picture-size.ts';

export function newEncoder(): JpegEncoder {
  return new JpegEncoder(null, snapQuality(null), { offLoop: true });
}
