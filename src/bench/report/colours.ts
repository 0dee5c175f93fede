// How plots are coloured, in light and in dark. Sides have the colours of Okabe and Ito, which are told apart with every
// kind of colour blindness, and each side a marker and a dash of its own besides.

export type Colour = 'paper' | 'ink' | 'muted' | 'grid' | 'edge' | `side${number}`;

const LIGHT: Readonly<Record<Colour, string>> = {
  paper: '#ffffff',
  ink: '#14181d',
  muted: '#56606d',
  grid: '#e6e9ee',
  edge: '#768190',
  side0: '#d55e00',
  side1: '#009e73',
  side2: '#0072b2',
  side3: '#cc79a7',
  side4: '#000000',
  side5: '#e69f00',
  side6: '#56b4e9',
};

const DARK: typeof LIGHT = {
  ...LIGHT,
  paper: '#0d1014',
  ink: '#e9edf2',
  muted: '#a4aebb',
  grid: '#232b34',
  edge: '#6b7785',
  side2: '#56b4e9',
  side4: '#f4f4f4',
  side5: '#f0e442',
  side6: '#0072b2',
};

const DASHES = ['7 3', '2 3', '', '9 3 2 3', '4 3', '1 3', '12 3'];
const MODES: readonly string[] = ['naive', 'threaded', 'shared'];

/** The slot of each side: modes have always the same, peers take the rest in their order. */
export function slotsOf(sides: readonly { readonly name: string; readonly kind: 'mode' | 'peer' }[]): number[] {
  let next = MODES.length;
  return sides.map(({ name, kind }) => {
    const mode = kind === 'mode' ? MODES.indexOf(name) : -1;
    return mode >= 0 ? mode : next++;
  });
}

export function colourOf(slot: number): Colour {
  return `side${slot < DASHES.length ? slot : MODES.length + ((slot - MODES.length) % (DASHES.length - MODES.length))}`;
}

/** Of a line, as `stroke-dasharray`: changes also where colours come again. */
export function dashOf(slot: number): string {
  return DASHES[slot < DASHES.length ? slot : (slot * 2 + 1) % DASHES.length]!;
}

/** Path of a marker around 0, 0, about nine units wide. */
export function markerOf(slot: number): string {
  return MARKERS[slot % MARKERS.length]!;
}

const MARKERS = [
  'M0-5L5 4H-5Z',
  'M-4-4H4V4H-4Z',
  'M-4.5 0A4.5 4.5 0 1 1 4.5 0A4.5 4.5 0 1 1-4.5 0Z',
  'M0-5.5L5.5 0L0 5.5L-5.5 0Z',
  'M0 5L5-4H-5Z',
  'M-1.5-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5V-1.5H-1.5Z',
  'M-5-5L0-2L5-5L2 0L5 5L0 2L-5 5L-2 0Z',
];

/** Custom properties of a page in both themes; paper is printed on light. */
export function colourProperties(): string {
  const block = (colours: typeof LIGHT): string =>
    Object.entries(colours)
      .map(([name, value]) => `--${name}:${value}`)
      .join(';');
  return `:root{color-scheme:light dark;${block(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${block(DARK)}}}`;
}

export const asProperty = (colour: Colour): string => `var(--${colour})`;
export const asLight = (colour: Colour): string => LIGHT[colour]!;

/** Style of plots, with colours from a page's properties or written out. */
export function plotStyle(colour: (name: Colour) => string): string {
  const sides = Object.keys(LIGHT).filter((name): name is Colour => name.startsWith('side'));
  return `.plot text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:${colour('ink')}}
.plot .tick,.plot .axis-title,.plot .mark-text{fill:${colour('muted')};font-variant-numeric:tabular-nums}
.plot .title{font-size:15px;font-weight:600}
.plot .grid{stroke:${colour('grid')};fill:none}.plot .edge{stroke:${colour('edge')};fill:none}
.plot .mark{stroke:${colour('edge')};stroke-dasharray:1 4;stroke-linecap:round;stroke-width:1.5}
.plot .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:butt}
.plot .range{stroke:currentColor;stroke-width:1.5;fill:none}
.plot .marker{fill:currentColor;stroke:${colour('paper')};stroke-width:1.25;paint-order:stroke}
.plot .bar{stroke:currentColor;stroke-width:7;fill:none;stroke-opacity:.4}
.plot .leader{stroke:${colour('edge')};stroke-width:1;fill:none}
.plot .label,.plot .mark-text{stroke:${colour('paper')};stroke-width:4px;paint-order:stroke;stroke-linejoin:round}
.plot .label{font-weight:600}
${sides.map((name) => `.plot .${name}{color:${colour(name)}}`).join('')}`;
}
