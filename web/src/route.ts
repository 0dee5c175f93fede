// The page's own router: / shows the first camera, /cameras/ID that one. Addresses are real, so that reload, back and
// a link in another tab all work.

import { signal } from '@preact/signals';
import { cameraPath } from './api.ts';

function currentId(): string | null {
  const match = /^\/cameras\/([^/]+)\/?$/.exec(location.pathname);
  return match === null ? null : decodeURIComponent(match[1]!);
}

/** The camera that the address names; null at /. */
export const routedId = signal<string | null>(currentId());

addEventListener('popstate', () => {
  routedId.value = currentId();
});

/** Opens a camera, or / for null, by a click or key on its link; leaves modified clicks (new tab) to the browser. */
export function followLink(event: MouseEvent, id: string | null): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (routedId.value === id) return;
  history.pushState(null, '', id === null ? '/' : cameraPath(id));
  routedId.value = id;
}
