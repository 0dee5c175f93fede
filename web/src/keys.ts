// The keys of the page, in one table that also makes the list under `?`. They act on the opened camera, or on the tile
// that has the focus; while a dialog or menu is open, or somebody types, they are nobody's.

import type { Camera } from './api.ts';
import { dialog, openDialog } from './dialog-state.ts';
import { enterFull, full, leaveFull, toggleFull } from './full-screen.ts';
import type { WatchWords } from './dictionary/watch-en.ts';
import { openNeighbour, openNth } from './opened/neighbours.ts';
import { statisticsShown } from './opened/statistics.tsx';
import { openedZoom } from './opened/zoom.ts';
import { openCamera, route, routedId, showWall } from './route.ts';
import { savePicture } from './save-picture.ts';
import { cameras } from './state.ts';

const ZOOM_STEP = 1.5;

/** Keys as the list shows them, and the name of their sentence. */
export const KEY_LIST: readonly (readonly [string, Exclude<keyof WatchWords['keyList'], 'title'>])[] = [
  ['← ↑ → ↓', 'arrowsWall'],
  ['Enter', 'enter'],
  ['← →', 'arrows'],
  ['1 – 9', 'numbers'],
  ['Esc', 'escape'],
  ['f', 'f'],
  ['s', 's'],
  ['i', 'i'],
  ['?', 'help'],
  ['+ − 0', 'zoom'],
];

/** Listens for the whole page, for as long as it lives. */
export function followKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !isOurs(event)) return;
    if (act(event.key)) event.preventDefault();
  });
}

function isOurs({ target }: KeyboardEvent): boolean {
  if (route.value.page !== 'wall' && route.value.page !== 'camera') return false;
  if (dialog.value !== null || document.querySelector('dialog[open], :popover-open') !== null) return false;
  return !(target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]'));
}

function act(key: string): boolean {
  if (/^[1-9]$/.test(key)) openNth(Number(key));
  else if (key === '?') openDialog({ kind: 'keys' });
  else if (routedId.value !== null && actOnOpened(key)) return true;
  else return actOnCamera(key);
  return true;
}

function actOnOpened(key: string): boolean {
  switch (key) {
    case 'ArrowLeft':
      openNeighbour(-1);
      return true;
    case 'ArrowRight':
      openNeighbour(1);
      return true;
    case 'Escape':
      if (full.value) leaveFull();
      else showWall();
      return true;
    case 'f':
      toggleFull();
      return true;
    case 'i':
      statisticsShown.value = !statisticsShown.value;
      return true;
    case '+':
    case '-':
      openedZoom.value?.by(key === '+' ? ZOOM_STEP : 1 / ZOOM_STEP);
      return true;
    case '0':
      openedZoom.value?.reset();
      return true;
    default:
      return false;
  }
}

function actOnCamera(key: string): boolean {
  const camera = current();
  if (camera === undefined) return false;
  switch (key) {
    case 's':
      void savePicture(camera);
      return true;
    case 'f':
      openCamera(camera.id);
      enterFull();
      return true;
    case 'i':
      openCamera(camera.id);
      statisticsShown.value = true;
      return true;
    default:
      return false;
  }
}

/** The opened camera, or the one whose tile has the focus. */
function current(): Camera | undefined {
  const tile = document.activeElement?.closest('.tile')?.querySelector<HTMLElement>('a.open');
  const id = routedId.value ?? tile?.dataset['id'];
  return cameras.value?.find((camera) => camera.id === id);
}
