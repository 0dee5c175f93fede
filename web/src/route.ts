// The page's own router: / is the wall, /cameras/ID that camera, and there are pages to add, to choose and to log in.
// Addresses are real, so that reload, back and a link in another tab all work, and stand below the server's base path.

import { computed, signal } from '@preact/signals';
import { address } from './api.ts';

export type PageName = 'wall' | 'camera' | 'add' | 'settings' | 'login';

export interface Route {
  readonly page: PageName;
  /** Id of the camera; null on other pages. */
  readonly id: string | null;
}

const PAGES: Readonly<Record<string, PageName>> = { '/add': 'add', '/settings': 'settings', '/login': 'login' };

/** Where the page is. */
export const route = signal<Route>(currentRoute());
/** The camera that the address names; null elsewhere. */
export const routedId = computed(() => route.value.id);

addEventListener('popstate', () => {
  route.value = currentRoute();
});

function currentRoute(): Route {
  const base = new URL(document.baseURI).pathname.replace(/[^/]*$/, '');
  const path = `/${location.pathname.slice(base.length)}`.replace(/(.)\/$/, '$1');
  const camera = /^\/cameras\/([^/]+)$/.exec(path);
  if (camera !== null) return { page: 'camera', id: decodeURIComponent(camera[1]!) };
  return { page: PAGES[path] ?? 'wall', id: null };
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
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { href } = event.currentTarget;
  if (href !== location.href) history.pushState(null, '', href);
  route.value = currentRoute();
}

/** As an `href` below the base path. */
export function linkTo(path: string): string {
  return new URL(address(path)).pathname;
}
