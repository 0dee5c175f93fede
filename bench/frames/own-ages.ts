// Our side of the `frames` benchmark, in a process of its own: `openCamera` in a loop. Arguments and what it prints are
// those of opencv_ages.py; being busy blocks the whole process, as work of OpenCV in it does.

import { openCamera } from '../../src/public/open-camera.ts';
import type { CameraFrame } from '../../src/frames/contract.ts';
import { nowUs } from '../../src/base/clock.ts';

const [address = '', , busyMs = '0', settle = '2', seconds = '8'] = process.argv.slice(2);
const COLUMNS = 40;
const ROWS = 3;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

function cells({ data, width, height }: CameraFrame): string {
  const top = height - (height * 2 * ROWS) / 45;
  const picked = Buffer.alloc(ROWS * COLUMNS);
  for (let row = 0; row < ROWS; row++) {
    const y = Math.floor(top + ((row + 0.5) * (height - top)) / ROWS);
    for (let column = 0; column < COLUMNS; column++) {
      const x = Math.floor(((column + 0.5) * width) / COLUMNS);
      picked[row * COLUMNS + column] = data[(y * width + x) * 3 + 1]!;
    }
  }
  return picked.toString('hex');
}

const frames: [number, string][] = [];
const beginUs = nowUs() + Number(settle) * 1e6;
let cpu: NodeJS.CpuUsage | null = null;
await using camera = await openCamera(address);
for await (using frame of camera.frames()) {
  const now = nowUs();
  if (now > beginUs) {
    cpu ??= process.cpuUsage();
    frames.push([now, cells(frame)]);
    if (now > beginUs + Number(seconds) * 1e6) break;
  }
  if (Number(busyMs) > 0) Atomics.wait(sleeper, 0, 0, Number(busyMs));
}
const { user, system } = process.cpuUsage(cpu ?? undefined);
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, frames }));
