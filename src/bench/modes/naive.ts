// The naive mode: each request opens the camera anew, decodes and encodes for itself, and closes it when its viewer has
// gone. FFmpeg's calls run on libuv's pool threads, so captures share the cores as threads of a web server would.

import { nowUs } from '../../base/clock.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { capture } from './capture.ts';
import type { Mode } from './mode-server.ts';
import { newEncoder } from './encoder.ts';
import type { Viewer } from './viewer.ts';

/** While more packets than this wait, pictures are caught up with: decoded, and encoded ten times a second only. */
const CATCHING_UP = 3;
const CATCHING_UP_INTERVAL_US = 100_000;

export class NaiveMode implements Mode {
  readonly #address: SourceAddress;

  constructor(address: SourceAddress) {
    this.#address = address;
  }

  async watch(viewer: Viewer, signal: AbortSignal): Promise<void> {
    const encoder = newEncoder();
    let encodedUs = 0;
    try {
      await capture({
        address: this.#address,
        signal,
        onFrame: async (frame, waiting) => {
          const isLate = waiting > CATCHING_UP && nowUs() - encodedUs < CATCHING_UP_INTERVAL_US;
          if (isLate || !viewer.isIdle) return;
          encodedUs = nowUs();
          viewer.write(await encoder.encode(frame));
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
