// What each address needs, in one table. A test keeps it complete: no route without an entry.

import type { Permission } from '../../link/access.ts';

/** `open`: for everybody, and therefore telling nothing. */
export type Need = Permission | 'open';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface AddressRule extends Partial<Record<Method, Need>> {
  /** `?token=` is taken: no header can be sent with an <img> or by a page's WebSocket. */
  readonly tokenInQuery?: true;
}

/** By the path as the router has it. HEAD needs what GET needs. */
export const ADDRESS_RULES: Readonly<Record<string, AddressRule>> = {
  '/camera': { GET: 'view', tokenInQuery: true },
  '/cameras/:id/stream.mjpeg': { GET: 'view', tokenInQuery: true },
  '/cameras/:id/snapshot.jpg': { GET: 'view', tokenInQuery: true },
  '/cameras/:id/frames': { GET: 'view', tokenInQuery: true },
  '/cameras/:id/frame': { PUT: 'control' },
  '/tiles': { GET: 'view', tokenInQuery: true },
  '/api/cameras': { GET: 'view', POST: 'configure' },
  '/api/cameras/:id': { GET: 'view', PATCH: 'configure', DELETE: 'configure' },
  '/api/cameras/:id/viewers': { GET: 'view' },
  '/api/cameras/:id/log': { GET: 'view' },
  '/api/cameras/:id/doctor': { POST: 'configure' },
  '/api/events': { GET: 'view', tokenInQuery: true },
  '/api/events/recent': { GET: 'view' },
  '/api/events/:event/snapshot.jpg': { GET: 'view', tokenInQuery: true },
  '/api/log': { GET: 'view' },
  '/api/probe': { POST: 'configure' },
  '/api/discovery': { GET: 'configure', POST: 'configure', DELETE: 'configure' },
  '/api/discovery/events': { GET: 'configure' },
  '/api/devices': { GET: 'view' },
  '/api/system': { GET: 'view' },
  '/api/session': { GET: 'open' },
  '/api/login': { POST: 'open' },
  '/api/logout': { POST: 'open' },
  '/metrics': { GET: 'view' },
  '/readyz': { GET: 'view' },
  '/healthz': { GET: 'open' },
  '/openapi.json': { GET: 'view' },
  '/docs': { GET: 'view' },
  '/docs/scalar.js': { GET: 'view' },
  // The pages hold no secrets: they ask /api/session and show a login.
  '/': { GET: 'open' },
  '/index.html': { GET: 'open' },
  '/*': { GET: 'open' },
};

/** What a request needs; `path` undefined: there is no such address. Unnamed reading needs `view`, all else `configure`. */
export function needOf(method: string, path: string | undefined): Need {
  if (path === undefined) return 'open';
  return named(method, path) ?? (method === 'GET' || method === 'HEAD' ? 'view' : 'configure');
}

/** True when the table says what this needs. */
export function isNamed(method: string, path: string): boolean {
  return named(method, path) !== undefined;
}

function named(method: string, path: string): Need | undefined {
  return ADDRESS_RULES[path]?.[(method === 'HEAD' ? 'GET' : method) as Method];
}
