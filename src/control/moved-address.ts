// Where a camera stands now, when that is not where the config says: the same address with another host.

import type { SourceAddress } from '../config/camera.ts';

/** Host of a network source; null for others. IPv6 without brackets. */
export function hostOf({ kind, target }: SourceAddress): string | null {
  if (kind !== 'rtsp' && kind !== 'http') return null;
  return URL.parse(target)?.hostname.replaceAll(/[[\]]/g, '') ?? null;
}

/** The source at another host; scheme, port, path and credentials stay. */
export function atHost(source: SourceAddress, host: string): SourceAddress {
  const before = hostOf(source);
  if (before === null || before === host) return source;
  return { ...source, target: replaced(source.target, before, host), display: replaced(source.display, before, host) };
}

/** Not by URL's setter, which would write the rest of the address in its own way. */
function replaced(text: string, before: string, host: string): string {
  const start = text.indexOf('//') + 2;
  const rest = text.slice(start);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf('@') + 1;
  const place = authority.indexOf(before, at);
  if (place < 0) return text;
  const moved = authority.slice(0, place) + host + authority.slice(place + before.length);
  return text.slice(0, start) + moved + (end < 0 ? '' : rest.slice(end));
}
