// The menu of a tile: one popover for the whole page, placed at the button that opened it. The browser closes it with
// Escape or a press elsewhere.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Camera } from './api.ts';
import { openDialog } from './dialog-state.ts';
import { enterFull } from './full-screen.ts';
import { t } from './i18n.ts';
import { nameOf } from './names.ts';
import { statisticsShown } from './opened/statistics.tsx';
import { openCamera } from './route.ts';
import { savePicture } from './save-picture.ts';

interface Opened {
  readonly camera: Camera;
  readonly button: HTMLElement;
}

const opened = signal<Opened | null>(null);

export function openMenu(camera: Camera, button: HTMLElement): void {
  opened.value = { camera, button };
}

export function Menu(): JSX.Element | null {
  return opened.value === null ? null : <MenuOf key={opened.value.camera.uid} {...opened.value} />;
}

function MenuOf({ camera, button }: Opened): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place(menu.current!, button);
    menu.current!.querySelector('button')!.focus();
  }, []);
  const closed = ({ newState }: { readonly newState: string }): void => {
    if (newState !== 'closed') return;
    opened.value = null;
    button.focus();
  };
  return (
    <div
      ref={menu}
      class="menu"
      popover="auto"
      role="menu"
      aria-label={t().watch.of(t().watch.more, nameOf(camera))}
      onToggle={closed}
      onKeyDown={moveFocus}
    >
      {itemsOf(camera).map(([label, act]) => (
        <button
          key={label}
          type="button"
          role="menuitem"
          onClick={() => {
            menu.current!.hidePopover();
            act();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function itemsOf(camera: Camera): readonly (readonly [string, () => void])[] {
  const { watch } = t();
  return [
    [watch.savePicture, () => void savePicture(camera)],
    [
      watch.fullScreen,
      () => {
        openCamera(camera.id);
        enterFull();
      },
    ],
    [
      watch.statistics,
      () => {
        openCamera(camera.id);
        statisticsShown.value = true;
      },
    ],
    [watch.edit, () => openDialog({ kind: 'edit', camera })],
    [watch.remove, () => openDialog({ kind: 'remove', camera })],
  ];
}

/** Below the button, or above it where there is no room; right edges together. */
function place(menu: HTMLElement, button: HTMLElement): void {
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const below = at.bottom + menu.offsetHeight + 4 <= innerHeight;
  menu.style.top = `${Math.max(4, below ? at.bottom + 4 : at.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(4, at.right - menu.offsetWidth)}px`;
}

function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll('button')];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}
