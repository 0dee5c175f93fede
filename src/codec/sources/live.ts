// Live input of FFmpeg, from a device or the network: every packet goes on as it comes.

import type { SourceSink, Stamp } from '../../media/types.ts';
import type { InputPacket, MediaInput } from '../ffmpeg/input.ts';
import { UnitFeed } from './unit-feed.ts';

/** Hands on what comes until the end, then closes the input. */
export async function passLive(
  input: MediaInput,
  sink: SourceSink,
  stampOf: (packet: InputPacket) => Stamp,
): Promise<void> {
  let feed: UnitFeed | null = null;
  try {
    feed = await UnitFeed.open(input, sink);
    for (let packet = await input.read(); packet !== null; packet = await input.read()) {
      await feed.take(packet, 0, stampOf(packet));
    }
  } finally {
    await feed?.close();
    await input.close();
  }
}
