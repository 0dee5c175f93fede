// The clock and the camera's name over its picture. The time is when the frame was captured, so that it is as true as
// the camera's clock, however late the picture is seen.

import { z } from 'zod';
import { plainText } from '../../../media/font.ts';
import { defineProcessor } from '../contract.ts';
import type { Colour, Point } from '../contract.ts';

const CORNERS = {
  'top left': { x: 0, y: 0 },
  'top right': { x: 1, y: 0 },
  'bottom left': { x: 0, y: 1 },
  'bottom right': { x: 1, y: 1 },
} as const satisfies Readonly<Record<string, Point>>;

const corner = z.enum(Object.keys(CORNERS) as [keyof typeof CORNERS, ...(keyof typeof CORNERS)[]]);

const options = z.object({
  clock: z.boolean().default(true).describe('The capture time of the picture'),
  zone: z.enum(['local', 'utc']).default('local').describe('Time zone of the server, or UTC'),
  format: z
    .string()
    .max(60)
    .default('YYYY-MM-DD HH:mm:ss')
    .describe('YYYY, MM, DD, HH, mm, ss and SSS (milliseconds) stand for the time, all else for itself'),
  name: z.boolean().default(true).describe('The name of the camera'),
  corner: corner.default('top left').describe('Where they stand'),
  colour: z
    .templateLiteral(['#', z.string().regex(/^[0-9a-f]{6}$/i)])
    .default('#101010')
    .describe('Of the plate behind the letters, #rrggbb'),
});

type Options = z.output<typeof options>;

const TOKENS = /YYYY|MM|DD|HH|mm|ss|SSS/g;

export default defineProcessor({
  description: 'Clock and name over the picture',
  // The picture itself is not looked at.
  input: { width: 16, format: 'gray', fps: 30 },
  runs: 'watched',
  options,
  setup: ({ options: given, camera }) => {
    let current = given;
    return {
      process: ({ capturedAt }) => {
        const text = textOf(current, { name: nameOf(camera), unixMs: capturedAt.unixUs / 1000 });
        const at = CORNERS[current.corner];
        const colour: Colour = current.colour;
        return { drawings: text === '' ? [] : [{ kind: 'label', at, text, colour }] };
      },
      update: (fresh) => {
        current = fresh;
      },
    };
  },
});

function textOf(
  { clock, zone, format, name }: Options,
  facts: { readonly name: string; readonly unixMs: number },
): string {
  const time = clock ? timeText(facts.unixMs, format, zone) : '';
  return [name ? facts.name : '', time].filter((part) => part !== '').join('  ');
}

/** Letters that the font has not are worth less than the id, which it has. */
function nameOf({ id, name }: { readonly id: string; readonly name: string }): string {
  const plain = plainText(name);
  return plain === '' || (plain.includes('?') && !name.includes('?')) ? id : plain;
}

function timeText(unixMs: number, format: string, zone: Options['zone']): string {
  const date = new Date(unixMs);
  // Local time is UTC of an instant that is shifted by what the zone is ahead at that moment.
  const shifted = zone === 'utc' ? date : new Date(unixMs - date.getTimezoneOffset() * 60_000);
  const [year, month, day, hour, minute, second, millisecond] = shifted.toISOString().match(/\d+/g)!;
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    MM: month!,
    DD: day!,
    HH: hour!,
    mm: minute!,
    ss: second!,
    SSS: millisecond!,
  };
  return format.replace(TOKENS, (token) => parts[token]!);
}
