// The `test:` source: draws the test card in real time and encodes it, as H.264 like most cameras or as JPEG.
// Its frame numbers rise by one a picture over all runs of the process; a capture time is when the card was drawn.

import { nowUs, wallUs } from '../../base/clock.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { parseTestParameters } from '../../config/test-parameters.ts';
import type { TestParameters } from '../../config/test-parameters.ts';
import { TestCard } from '../../media/test-card.ts';
import type { Source, SourceSink } from '../../media/types.ts';
import { VideoEncoder } from '../ffmpeg/encoder.ts';
import { sleepUntil } from './pace.ts';

/** `name` stands on the card. Throws `source-invalid` for parameters that do not exist. */
export function createTestSource(options: { readonly address: SourceAddress; readonly name?: string }): Source {
  return new TestSource(parseTestParameters(options.address.target), options.name ?? 'Sightline test card');
}

class TestSource implements Source {
  readonly #parameters: TestParameters;
  readonly #name: string;
  #frame = 0;

  constructor(parameters: TestParameters, name: string) {
    this.#parameters = parameters;
    this.#name = name;
  }

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    const { codec, width, height } = this.#parameters;
    const encoder = await VideoEncoder.open(this.#parameters);
    try {
      const range = codec === 'mjpeg' ? 'full' : 'limited';
      const card = new TestCard({ width, height, name: this.#name, range });
      sink.begin([encoder.track]);
      await this.#drawOn({ card, encoder, sink }, signal);
    } finally {
      await encoder.close();
    }
  }

  async #drawOn(to: { card: TestCard; encoder: VideoEncoder; sink: SourceSink }, signal: AbortSignal): Promise<void> {
    const intervalUs = 1e6 / this.#parameters.fps;
    const startUs = nowUs();
    for (let slot = 0; ; slot = nextSlot(slot, (nowUs() - startUs) / intervalUs)) {
      await sleepUntil(startUs + slot * intervalUs, signal);
      if (signal.aborted) return;
      const capturedAtUs = nowUs();
      to.card.draw({ frame: this.#frame++, timeUs: Math.round(wallUs(capturedAtUs)) });
      const unit = await to.encoder.encodePlanes(to.card.data, slot * intervalUs);
      if (unit === null) continue;
      to.sink.unit({
        trackId: 0,
        ptsUs: unit.ptsUs,
        dtsUs: unit.ptsUs,
        durationUs: Math.round(intervalUs),
        key: unit.key,
        damaged: false,
        discontinuity: false,
        stamp: { capturedAtUs, clock: 'device' },
        data: unit.data,
      });
    }
  }
}

/** The slot after this one; those that a busy machine has missed by more than a picture are left out. */
function nextSlot(slot: number, position: number): number {
  return Math.max(slot + 1, Math.floor(position));
}
