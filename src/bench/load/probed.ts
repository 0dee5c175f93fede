// What the pictures of the probe say: which of the camera's frames came, which did not, and how old each was.

import type { CameraUnderTest, ProbeWindow } from '../types.ts';
import { quantiles } from './first-times.ts';
import type { ProbedPicture } from './protocol.ts';

const MAX_DELAYS = 500;

/** Null for a camera without a strip in its pictures, or when none could be read. */
export function probed(pictures: readonly ProbedPicture[], camera: CameraUnderTest): ProbeWindow | null {
  const { capturedAtUs, loopFrames } = camera;
  const read = pictures.filter(({ strip }) => strip !== null);
  if (capturedAtUs === null || read.length === 0) return null;
  const delaysMs = read.flatMap(({ strip, arrivedUs }) => {
    const capturedUs = strip && capturedAtUs(strip, arrivedUs);
    return capturedUs === null ? [] : [(arrivedUs - capturedUs) / 1000];
  });
  return {
    pictures: pictures.length,
    unread: pictures.length - read.length,
    ...gaps(
      read.map(({ strip }) => strip!.frame),
      loopFrames,
    ),
    delayMs: quantiles(delaysMs),
    delaysMs: evenly(delaysMs, MAX_DELAYS),
  };
}

/** From frame numbers in the order of arrival; `loop`: they begin again after so many. */
function gaps(frames: readonly number[], loop: number | null): Pick<ProbeWindow, 'lost' | 'repeated' | 'reordered'> {
  let lost = 0;
  let repeated = 0;
  let reordered = 0;
  for (let at = 1; at < frames.length; at++) {
    const step = frames[at]! - frames[at - 1]!;
    const forward = loop === null ? step : ((step % loop) + loop) % loop;
    const isBack = loop === null ? step < 0 : forward > loop / 2;
    if (forward === 0) repeated++;
    else if (isBack) reordered++;
    else lost += forward - 1;
  }
  return { lost, repeated, reordered };
}

function evenly(values: readonly number[], most: number): number[] {
  const step = Math.max(1, values.length / most);
  return Array.from({ length: Math.min(most, values.length) }, (_, at) => values[Math.floor(at * step)]!);
}
