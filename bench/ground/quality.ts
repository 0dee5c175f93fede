// Which of the product's qualities gives pictures of the size that the targets speak of.

import type { Context } from './context.ts';
import { openMjpeg } from './mjpeg-reader.ts';

/** Bytes of the JPEG that the targets are said for. */
export const TARGET_BYTES = 41_000;
const QUALITIES = [30, 40, 50, 60, 70, 80, 90];
/** The clip once through. */
const SAMPLES = 250;
const chosenBefore = new WeakMap<Context, Chosen>();

export interface Chosen {
  readonly path: string;
  readonly quality: number;
  readonly meanBytes: number;
}

/** The quality whose mean JPEG is nearest to the target's size, found by bisection once a run. */
export async function chooseQuality(context: Context, port: number, id: string): Promise<Chosen> {
  const chosen = chosenBefore.get(context) ?? (await search(port, id));
  chosenBefore.set(context, chosen);
  return chosen;
}

async function search(port: number, id: string): Promise<Chosen> {
  const tried = new Map<number, number>();
  let low = 0;
  let high = QUALITIES.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const quality = QUALITIES[middle]!;
    const meanBytes = await meanSize(port, address(id, quality));
    tried.set(quality, meanBytes);
    if (meanBytes < TARGET_BYTES) low = middle + 1;
    else high = middle - 1;
  }
  const distance = (bytes: number) => Math.abs(bytes - TARGET_BYTES);
  const [quality, meanBytes] = [...tried].reduce((best, next) => (distance(next[1]) < distance(best[1]) ? next : best));
  return { path: address(id, quality), quality, meanBytes };
}

function address(id: string, quality: number): string {
  return `/cameras/${id}/stream.mjpeg?quality=${quality}`;
}

async function meanSize(port: number, path: string): Promise<number> {
  const sizes: number[] = [];
  await new Promise<void>((resolve, reject) => {
    const viewer = openMjpeg(port, path, ({ bytes }) => {
      sizes.push(bytes.length);
      if (sizes.length === SAMPLES) viewer.close();
    });
    viewer.ended.then(resolve, reject);
  });
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}
