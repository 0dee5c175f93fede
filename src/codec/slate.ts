// Slates: dark pictures with a few lines of text, for MJPEG viewers of a camera that has no picture. Drawn on demand,
// encoded like any frame, and kept, because all viewers of all sizes of one camera are told the same.

import { nowUs } from '../base/clock.ts';
import { LINE_ADVANCE, drawText, plainText, textWidth } from '../media/font.ts';
import type { Jpeg } from '../media/types.ts';
import { drawnFrame } from './ffmpeg/drawn-frame.ts';
import { JpegEncoder } from './ffmpeg/jpeg-encoder.ts';

export interface SlateOptions {
  /** Pixels; brought into 160 to 1920, 90 to 1080 and to even numbers. */
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

const MAX_KEPT = 32;
const MAX_LINES = 12;
const MAX_LINE_LENGTH = 200;
const QUALITY = 80;
const BACKGROUND = 24;
/** The first line is a title: brighter than the others. */
const TITLE_LEVEL = 235;
const TEXT_LEVEL = 190;
/** About so many characters fit into the width. */
const COLUMNS = 44;

/** Newest last; concurrent askers share one drawing. */
const kept = new Map<string, Promise<Jpeg>>();

/** A slate as JPEG, sequence 0. The same size and lines give the same picture. */
export function renderSlate(options: SlateOptions): Promise<Jpeg> {
  const width = bounded(options.width, 160, 1920);
  const height = bounded(options.height, 90, 1080);
  const lines = options.lines.slice(0, MAX_LINES).map((line) => plainText(line.slice(0, MAX_LINE_LENGTH)));
  const name = JSON.stringify([width, height, lines]);
  const known = kept.get(name);
  const slate = known ?? draw(width, height, lines);
  kept.delete(name);
  kept.set(name, slate);
  slate.catch(() => kept.delete(name));
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) break;
    kept.delete(oldest);
  }
  return slate;
}

function bounded(value: number, low: number, high: number): number {
  const whole = Number.isFinite(value) ? Math.floor(value / 2) * 2 : low;
  return Math.min(high, Math.max(low, whole));
}

async function draw(width: number, height: number, lines: readonly string[]): Promise<Jpeg> {
  const plane = { data: Buffer.alloc(width * height, BACKGROUND), stride: width, width, height };
  const scale = Math.max(1, Math.floor(width / textWidth('m'.repeat(COLUMNS), 1)));
  const columns = Math.max(8, Math.floor((width * 0.92) / textWidth('mm', scale)) * 2);
  const wrapped = lines.flatMap((line, index) => wrap(line, columns).map((text) => ({ text, isTitle: index === 0 })));
  const advance = LINE_ADVANCE * scale;
  const fitting = wrapped.slice(0, Math.max(1, Math.floor(height / advance)));
  let y = Math.max(0, Math.floor((height - fitting.length * advance) / 2));
  for (const { text, isTitle } of fitting) {
    const x = Math.max(0, Math.floor((width - textWidth(text, scale)) / 2));
    drawText(plane, text, { x, y, scale, level: isTitle ? TITLE_LEVEL : TEXT_LEVEL });
    y += advance;
  }
  const stamp = { capturedAtUs: nowUs(), clock: 'arrival' } as const;
  using frame = drawnFrame(plane, { epoch: 0, sequence: 0, stamp });
  const encoder = new JpegEncoder(null, QUALITY);
  try {
    return await encoder.encode(frame);
  } finally {
    await encoder.close();
  }
}

/** Breaks a line at spaces, and inside a word that is longer than a line. */
function wrap(line: string, columns: number): string[] {
  const broken: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > 0 ? space : columns;
    broken.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  broken.push(rest);
  return broken;
}
