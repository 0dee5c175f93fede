// Entry of a load process. `crowd` counts what its viewers get; `probe` keeps the pictures of its one viewer during a
// window and reads their strips afterwards, so that decoding is nobody's cost while something is measured.

import { ControlLane } from '../../link/control-lane.ts';
import { Crowd } from './crowd.ts';
import type { LoadMainMethods, LoadMethods, ProbedPicture } from './protocol.ts';
import { StripReader } from './strip-reader.ts';

/** Of one window; what comes later is counted only. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

const [title = 'sightline bench viewers', role] = process.argv.slice(2);
process.title = title;
// A terminal gives its signals to the whole group; this process ends when the bench says so, or is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(0));

let kept: { readonly bytes: Buffer; readonly arrivedUs: number }[] = [];
let keptBytes = 0;
let keeping = false;

function keep(bytes: Buffer, arrivedUs: number): void {
  if (!keeping || keptBytes + bytes.length > MAX_KEPT_BYTES) return;
  keptBytes += bytes.length;
  kept.push({ bytes, arrivedUs });
}

async function readStrips(): Promise<ProbedPicture[]> {
  const pictures = kept;
  kept = [];
  keptBytes = 0;
  await using reader = await StripReader.open();
  const read: ProbedPicture[] = [];
  for (const { bytes, arrivedUs } of pictures) {
    const mark = await reader.read(bytes);
    read.push({ arrivedUs, strip: mark && { frame: mark.frame, timeUs: mark.timeUs } });
  }
  return read;
}

const crowd = new Crowd(role === 'probe' ? { onPicture: keep } : {});
const lane = new ControlLane<LoadMainMethods, LoadMethods>(process, {
  open: async ({ url, viewers }) => ({ times: await crowd.open(url, viewers) }),
  visit: async ({ url, times }) => ({ times: await crowd.visit(url, times) }),
  window: async ({ ms }) => {
    kept = [];
    keptBytes = 0;
    keeping = true;
    const seen = await crowd.window(ms);
    keeping = false;
    return seen;
  },
  probe: async () => ({ pictures: await readStrips() }),
  leave: async () => (await crowd.leave(), null),
  ended: async () => ({ parts: await crowd.ended() }),
});
lane.tell('ready', null);
