// A small bitmap font of our own, printable ASCII, drawn straight into a grey plane at whole multiples of its size.
// The test card's clock and the slate are written with it; there is no font library and no file to load.

import type { LumaPlane } from './strip.ts';

/** Pixels from one character to the next at scale 1: five of the glyph and one between. */
export const GLYPH_ADVANCE = 6;
/** Pixels from one line to the next at scale 1: seven above the base line, two below, two between. */
export const LINE_ADVANCE = 11;
/** Height of a capital letter or digit at scale 1. */
export const CAPITAL_HEIGHT = 7;

const GLYPH_WIDTH = 5;

/** Space to tilde. A glyph is its rows from the top, one base-32 digit a row (`v` = all five pixels), blank rows below left out. */
const GLYPHS = `
  0 4444404 aaa aavavaa 4fke5u4 op248j3 cik8lid 448 2488842 8422248 04lel4 044v44 00000cc48 000v 00000cc 01248g
  ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c 0cc0cc 0cc00cc48 248g842 00v0v
  8421248 eh12404 eh1dlle ehhvhhh uhhuhhu ehggghe sihhhis vgguggv vgguggg ehgnhhf hhhvhhh e44444e 72222ic hikokih
  ggggggv hrllhhh hhpljhh ehhhhhe uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla hha4ahh hhha444
  v1248gv e88888e 0g8421 e22222e 4ah 000000v 842 00e1fhf ggmphhu 00egghe 11djhhf 00ehvge 698s888 00fhhhf1e ggmphhh
  40c444e 2062222ic ggikoki c44444e 00qllhh 00mphhh 00ehhhe 00uhhhugg 00fhhhf11 00mpggg 00ege1u 88s8896 00hhhjd
  00hhha4 00hhlla 00ha4ah 00hhhhf1e 00v248v 2448442 4444444 8442448 008l2`
  .trim()
  .split(/\s+/)
  .map((rows) => Array.from(rows, (digit) => parseInt(digit, 32)));

/** Where and how a line of text is drawn. */
export interface TextStyle {
  /** Left edge and top of capitals, pixels. What lies outside of the plane is left out. */
  readonly x: number;
  readonly y: number;
  /** Whole multiple of the font's size. */
  readonly scale: number;
  /** Sample value of the letters. */
  readonly level: number;
}

/** Width of a line of text, pixels. */
export function textWidth(text: string, scale: number): number {
  return Math.max(0, text.length * GLYPH_ADVANCE - 1) * scale;
}

/** Text that the font has glyphs for: accents dropped, anything else that is not ASCII as `?`. */
export function plainText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -~]/gu, '?');
}

/** Draws one line of plain text. */
export function drawText(plane: LumaPlane, text: string, style: TextStyle): void {
  let x = style.x;
  for (let index = 0; index < text.length && x < plane.width; index += 1) {
    const rows = GLYPHS[text.charCodeAt(index) - 32];
    if (rows) drawGlyph(plane, rows, { ...style, x });
    x += GLYPH_ADVANCE * style.scale;
  }
}

function drawGlyph(plane: LumaPlane, rows: readonly number[], style: TextStyle): void {
  for (let row = 0; row < rows.length; row += 1) {
    const bits = rows[row] ?? 0;
    for (let column = 0; column < GLYPH_WIDTH; column += 1) {
      let run = 0;
      while (((bits << (column + run)) & 16) !== 0) run += 1;
      if (run > 0) fillRun(plane, style, { row, column, run });
      column += run;
    }
  }
}

function fillRun(plane: LumaPlane, style: TextStyle, run: { row: number; column: number; run: number }): void {
  const left = Math.max(0, style.x + run.column * style.scale);
  const right = Math.min(plane.width, style.x + (run.column + run.run) * style.scale);
  if (left >= right) return;
  const first = Math.max(0, style.y + run.row * style.scale);
  const end = Math.min(plane.height, style.y + (run.row + 1) * style.scale);
  for (let y = first; y < end; y += 1) {
    plane.data.fill(style.level, y * plane.stride + left, y * plane.stride + right);
  }
}
