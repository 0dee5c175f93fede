// What the pictures of the probe say: which of the camera's frames came, which did not, and how old each was.

import type { CameraUnderTest, ProbeWindow } from '../types.ts';
import { quantiles } from './first-times.ts';
import type { ProbedPicture } from './protocol.ts';

const MAX_DELAYS = 500;

type Order = Pick<ProbeWindow, 'lost' | 'repeated' | 'reordered'>;

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
      pictures.map(({ strip }) => strip?.frame ?? null),
      loopFrames,
    ),
    delayMs: quantiles(delaysMs),
    delaysMs: evenly(delaysMs, MAX_DELAYS),
  };
}

/**
 * From the frame numbers in the order of arrival; null where a strip could not be read. A number is taken for the
 * nearest frame, before or after the newest, that may have it: `loop` says after how many they begin again.
 */
function gaps(numbers: readonly (number | null)[], loop: number | null): Order {
  const came = new Set<number>();
  const order = { lost: 0, repeated: 0, reordered: 0 };
  let first = NaN;
  let newest = NaN;
  let unread = 0;
  for (const number of numbers) {
    if (number === null) {
      unread++;
      continue;
    }
    if (came.size === 0) first = newest = number;
    const frame = newest + steps(number - newest, loop);
    if (came.has(frame)) order.repeated++;
    else if (frame < newest) {
      order.reordered++;
      // It was taken for lost, unless it is older than all that came.
      if (frame > first) order.lost = Math.max(0, order.lost - 1);
    } else if (frame > newest) order.lost += Math.max(0, frame - newest - 1 - unread);
    came.add(frame);
    newest = Math.max(newest, frame);
    unread = 0;
  }
  return order;
}

function steps(difference: number, loop: number | null): number {
  if (loop === null) return difference;
  const forward = ((difference % loop) + loop) % loop;
  return forward > loop / 2 ? forward - loop : forward;
}

function evenly(values: readonly number[], most: number): number[] {
  const step = Math.max(1, values.length / most);
  return Array.from({ length: Math.min(most, values.length) }, (_, at) => values[Math.floor(at * step)]!);
}
