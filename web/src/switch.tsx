// Something that is on or off at once, without being saved: a switch, with its words beside it or said only to who hears.

import type { JSX } from 'preact';

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly onTurn: (on: boolean) => void;
  /** The words stand beside it; else they are its accessible name only. */
  readonly labelled?: boolean;
  readonly id?: string;
  readonly describedBy?: string | undefined;
}

export function Switch({ label, on, onTurn, labelled = false, id, describedBy }: SwitchProps): JSX.Element {
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      id={id}
      aria-checked={on}
      aria-label={labelled ? undefined : label}
      aria-describedby={describedBy}
      onClick={() => onTurn(!on)}
    >
      <span class="switch-track" aria-hidden="true" />
      {labelled && <span>{label}</span>}
    </button>
  );
}
