// Full screen as a state of the page: the opened camera fills it, its words stay below the picture. Where a browser
// has no full screen for pages (iPhone), the page fills itself.

import { signal } from '@preact/signals';

export const full = signal(false);

document.addEventListener('fullscreenchange', () => {
  if (document.fullscreenElement === null) full.value = false;
});

export function toggleFull(): void {
  if (full.value) leaveFull();
  else enterFull();
}

export function enterFull(): void {
  full.value = true;
  const page = document.documentElement;
  if (typeof page.requestFullscreen !== 'function') return;
  page.requestFullscreen({ navigationUI: 'hide' }).catch(() => {
    // Refused by the browser or its person: the page fills its own window all the same.
    full.value = true;
  });
}

export function leaveFull(): void {
  full.value = false;
  if (document.fullscreenElement != null) void document.exitFullscreen();
}
