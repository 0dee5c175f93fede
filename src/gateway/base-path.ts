// The path below which a reverse proxy shows the server (`server.basePath`). Requests come with it or without it, as
// the proxy likes; the router sees them without. Pages learn it by <base>, cookies by their Path.

/** With a slash at both ends: `/`, `/sightline/`. */
export function baseOf(configured: string): string {
  const inner = configured.replace(/^\/+|\/+$/g, '');
  return inner === '' ? '/' : `/${inner}/`;
}

/** The address of a request without the base path. */
export function withoutBase(url: string, base: string): string {
  if (base === '/') return url;
  if (url.startsWith(base)) return url.slice(base.length - 1);
  const bare = base.slice(0, -1);
  if (url === bare || url.startsWith(`${bare}?`)) return `/${url.slice(bare.length)}`;
  return url;
}

/** The page with what tells it where it stands, so that all its addresses are relative to that. */
export function withBase(page: string, base: string): string {
  return page.replace('<head>', `<head>\n    <base href="${base}" />`);
}
