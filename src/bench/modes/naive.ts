// The naive mode: each request opens the camera anew, decodes and encodes for itself, and closes it when its viewer has
// gone. FFmpeg's calls run on libuv's pool threads, so captures share the cores as threads of a web server would.

import { JpegEncoder } from '../../codec/ffmpeg/jpeg-encoder.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { capture } from './capture.ts';
import type { Mode } from './mode-server.ts';
import { JPEG_QUALITY } from './quality.ts';
import type { Viewer } from './viewer.ts';

export class NaiveMode implements Mode {
  readonly #address: SourceAddress;

  constructor(address: SourceAddress) {
    this.#address = address;
  }

  async watch(viewer: Viewer, signal: AbortSignal): Promise<void> {
    const encoder = new JpegEncoder(null, JPEG_QUALITY);
    try {
      await capture({
        address: this.#address,
        signal,
        onFrame: async (frame) => {
          if (viewer.isIdle) viewer.write(await encoder.encode(frame));
        },
      });
    } finally {
      await encoder.close();
    }
  }

  async close(): Promise<void> {
    // Captures end with their viewers.
  }
}
