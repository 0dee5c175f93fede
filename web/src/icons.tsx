// The pictures on buttons, 20 px, drawn in the colour of their button.

import type { JSX } from 'preact';

const DRAWINGS = {
  plus: 'M10 4v12M4 10h12',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4',
  events: 'M10 3.5v2M5.5 14V9.75a4.5 4.5 0 0 1 9 0V14l1.5 1.5H4zM8.5 17.5h3',
  back: 'M12 4 6 10l6 6',
  picture: 'M3 6.5h3L7.5 4.5h5L14 6.5h3v9H3zM10 13.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5',
  full: 'M3.5 8V3.5H8M12 3.5h4.5V8M16.5 12v4.5H12M8 16.5H3.5V12',
  unfull: 'M8 3.5V8H3.5M16.5 8H12V3.5M12 16.5V12h4.5M3.5 12H8v4.5',
  chart: 'M3.5 3.5v13h13M7 13l3-4 2.5 2 3.5-5',
  keys: 'M2.5 5.5h15v9h-15zM6 8.5h.01M10 8.5h.01M14 8.5h.01M6.5 11.5h7',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
} as const;

export type IconName = keyof typeof DRAWINGS;

const DOTS = new Set<IconName>(['more']);

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      stroke-width={DOTS.has(name) ? 2.5 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={DRAWINGS[name]} />
    </svg>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly class?: string;
  readonly pressed?: boolean;
  readonly onPress: (button: HTMLButtonElement) => void;
}

export function IconButton({ icon, label, onPress, ...rest }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${rest.class ?? ''}`}
      aria-label={label}
      aria-pressed={rest.pressed}
      title={label}
      onClick={(event) => onPress(event.currentTarget)}
    >
      <Icon name={icon} />
    </button>
  );
}
