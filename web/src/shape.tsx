// The shapes beside the state words, 12 px, drawn in the colour of their word.

import type { JSX } from 'preact';
import type { Shape, Tone } from './words.ts';

const DRAWINGS: Readonly<Record<Shape, JSX.Element>> = {
  dot: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  disc: <circle cx="6" cy="6" r="2.5" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.75" />,
  bars: <path d="M4 2v8M8 2v8" stroke="currentColor" stroke-width="2" />,
  crossed: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M3 9 9 3" stroke="currentColor" stroke-width="1.5" />
    </>
  ),
  key: (
    <>
      <circle cx="3.75" cy="6" r="2.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M6.25 6H11M9.5 6v2.5" fill="none" stroke="currentColor" stroke-width="1.5" />
    </>
  ),
  square: <rect x="2" y="2" width="8" height="8" fill="none" stroke="currentColor" stroke-width="1.75" />,
  clock: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M6 3.5V6l1.75 1.25" fill="none" stroke="currentColor" stroke-width="1.25" />
    </>
  ),
};

export function StateShape({ shape, tone }: { readonly shape: Shape; readonly tone: Tone }): JSX.Element {
  return (
    <svg class={`shape tone-${tone}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {DRAWINGS[shape]}
    </svg>
  );
}
