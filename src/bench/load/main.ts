// Entry of a load process. `crowd` counts what its viewers get; `probe` keeps the pictures of its one viewer during a
// window and reads their strips afterwards, so that decoding is nobody's cost while something is measured.

import { ControlLane } from '../../link/control-lane.ts';
import { Crowd } from './crowd.ts';
import { PictureKeeper } from './picture-keeper.ts';
import type { LoadMainMethods, LoadMethods, ProbedPicture } from './protocol.ts';
import { StripReader } from './strip-reader.ts';

const [title = 'sightline bench viewers', role] = process.argv.slice(2);
process.title = title;
// A terminal gives its signals to the whole group; this process ends when the bench says so, or is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(0));

const keeper = role === 'probe' ? new PictureKeeper() : null;

async function readStrips(): Promise<ProbedPicture[]> {
  const pictures = keeper?.take() ?? [];
  await using reader = await StripReader.open();
  const read: ProbedPicture[] = [];
  for (const { bytes, arrivedUs } of pictures) {
    const mark = await reader.read(bytes);
    read.push({ arrivedUs, strip: mark && { frame: mark.frame, timeUs: mark.timeUs } });
  }
  return read;
}

const crowd = new Crowd(keeper);
const lane = new ControlLane<LoadMainMethods, LoadMethods>(process, {
  open: async ({ url, viewers }) => ({ times: await crowd.open(url, viewers) }),
  visit: async ({ url, times }) => ({ times: await crowd.visit(url, times) }),
  window: async ({ ms }) => {
    keeper?.begin();
    try {
      return await crowd.window(ms);
    } finally {
      keeper?.stop();
    }
  },
  probe: async () => ({ pictures: await readStrips() }),
  leave: async () => (await crowd.leave(), null),
  ended: async () => ({ parts: await crowd.ended() }),
});
lane.tell('ready', null);
