// The page's own router: / is the wall, /cameras/ID that camera, and there are pages to add, to choose and to log in.
// Addresses are real, so that reload, back and a link in another tab all work, and stand below the server's base path.

import { computed, signal } from '@preact/signals';
import { address, cameraPath, MAIN } from './api.ts';

export type PageName = 'wall' | 'camera' | 'events' | 'add' | 'settings' | 'login';

export interface Route {
  readonly page: PageName;
  /** Id of the camera; null on other pages. */
  readonly id: string | null;
  /** Stream of the camera that is wished for. */
  readonly stream: string;
}

const PAGES: Readonly<Record<string, PageName>> = {
  '/events': 'events',
  '/add': 'add',
  '/settings': 'settings',
  '/login': 'login',
};

/** Where the page is. */
export const route = signal<Route>(currentRoute());
/** The camera that the address names; null elsewhere. */
export const routedId = computed(() => route.value.id);

/** The camera that was opened last: its tile gets the focus when the wall is shown again. */
export const leftId = signal<string | null>(null);

addEventListener('popstate', () => {
  leftId.value = routedId.value;
  route.value = currentRoute();
});

function currentRoute(): Route {
  const base = new URL(document.baseURI).pathname.replace(/[^/]*$/, '');
  const path = `/${location.pathname.slice(base.length)}`.replace(/(.)\/$/, '$1');
  const camera = /^\/cameras\/([^/]+)$/.exec(path);
  const stream = new URLSearchParams(location.search).get('stream') ?? MAIN;
  if (camera !== null) return { page: 'camera', id: decodeURIComponent(camera[1]!), stream };
  return { page: PAGES[path] ?? 'wall', id: null, stream: MAIN };
}

/** Goes to a path of the page ('/', '/add', '/cameras/door'); `replace` leaves no way back to where it was. */
export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  const url = address(path);
  if (how === 'replace') history.replaceState(null, '', url);
  else if (url !== location.href) history.pushState(null, '', url);
  route.value = currentRoute();
}

/** Follows a link of the page by a click or key; leaves modified clicks (new tab) to the browser. */
export function follow(event: MouseEvent & { readonly currentTarget: HTMLAnchorElement }): void {
  if (!isPlain(event)) return;
  event.preventDefault();
  const { href } = event.currentTarget;
  if (href !== location.href) history.pushState(null, '', href);
  route.value = currentRoute();
}

function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/** As an `href` below the base path. */
export function linkTo(path: string): string {
  return new URL(address(path)).pathname;
}

/** Opens a camera. One that is opened already is replaced, so that back leads to the wall. */
export function openCamera(id: string): void {
  if (routedId.value === id) return;
  if (route.value.page === 'camera') history.replaceState(history.state, '', address(cameraPath(id)));
  else history.pushState({ fromWall: route.value.page === 'wall' }, '', address(cameraPath(id)));
  route.value = currentRoute();
}

/** Shows another stream of the opened camera; the address says which, so that a link shows it too. */
export function chooseStream(stream: string): void {
  const query = stream === MAIN ? '' : `?stream=${encodeURIComponent(stream)}`;
  history.replaceState(history.state, '', location.pathname + query);
  route.value = currentRoute();
}

/** Back to the wall, by the history where it came from there. */
export function showWall(): void {
  leftId.value = routedId.value;
  if ((history.state as { fromWall?: boolean } | null)?.fromWall === true) history.back();
  else go('/');
}

/** The same for a link: modified clicks (new tab) are the browser's. */
export function openLink(event: MouseEvent, id: string): void {
  if (!isPlain(event)) return;
  event.preventDefault();
  openCamera(id);
}
