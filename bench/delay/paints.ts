// What was painted in a page, by the strips in its pixels: watched inside the page (painted.js), put on this machine's
// clock, and compared with when the camera pushed each frame.

import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Page } from 'playwright-core';
import { nowUs } from '../../src/base/clock.ts';

export interface Paint {
  /** The number in the strip. */
  readonly frame: number;
  /** When it was on the screen, `nowUs`. */
  readonly atUs: number;
}

export interface Painted {
  readonly paints: readonly Paint[];
  /** Animation frames in which no strip could be read. */
  readonly unread: number;
  /** How wrong the page's clock can be. */
  readonly uncertaintyMs: number;
}

export interface Steps {
  /** Frames of the camera between the first and the last that were never painted, as a share of those there were. */
  readonly lostShare: number;
  /** Pictures that were painted after a newer one. */
  readonly repeated: number;
}

const ROUND_TRIPS = 40;
/** Watches the element in an open page for so long. */
export async function watchPaints(page: Page, selector: string, forMs: number): Promise<Painted> {
  const clock = await clockOf(page);
  const wish = JSON.stringify({ selector, forMs });
  const { paints, unread } = await page.evaluate<{ paints: { frame: number; atMs: number }[]; unread: number }>(
    `${importInPage()}.then((module) => module.watchPainted(module.readStripRgba, ${wish}))`,
  );
  return {
    paints: paints.map(({ frame, atMs }) => ({ frame, atUs: atMs * 1000 + clock.offsetUs })),
    unread,
    uncertaintyMs: clock.uncertaintyUs / 1000,
  };
}

/** Strip reader and watcher as one module; a page that was opened without its content security policy takes it. */
function importInPage(): string {
  const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const module = [stripTypeScriptTypes(text('../../src/media/strip.ts')), text('painted.js')].join('\n');
  return `import('data:text/javascript,${encodeURIComponent(module).replaceAll("'", '%27')}')`;
}

/** Of several round trips the shortest says most: half of it is how wrong its middle can be. */
async function clockOf(page: Page): Promise<{ offsetUs: number; uncertaintyUs: number }> {
  let best = { offsetUs: 0, uncertaintyUs: Infinity };
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const askedUs = nowUs();
    const pageMs = await page.evaluate<number>('performance.now()');
    const uncertaintyUs = (nowUs() - askedUs) / 2;
    if (uncertaintyUs < best.uncertaintyUs) {
      best = { offsetUs: askedUs + uncertaintyUs - pageMs * 1000, uncertaintyUs };
    }
  }
  return best;
}

/** The numbers begin again after `loop` frames; a step back of less than half of that is an older picture. */
export function stepsOf(frames: readonly number[], loop: number): Steps {
  let [lost, painted, repeated] = [0, frames.length > 0 ? 1 : 0, 0];
  let newest = frames[0] ?? 0;
  for (const frame of frames.slice(1)) {
    const step = (frame - newest + loop) % loop;
    if (step === 0 || step > loop / 2) {
      repeated += 1;
      continue;
    }
    lost += step - 1;
    painted += 1;
    newest = frame;
  }
  return { lostShare: painted === 0 ? NaN : lost / (lost + painted), repeated };
}
