// Who asks, as the gateway keeps it beside a request and for as long as an answer goes on: what the caller may do now,
// and by what it is judged again when the table of who may ask what has changed.

import type { Principal } from '../../link/access.ts';

/** What a caller sent that says who it is; digests only. */
export type Proof =
  | { readonly kind: 'none' }
  | { readonly kind: 'key' | 'token' | 'session'; readonly digest: string }
  | { readonly kind: 'user'; readonly name: string; readonly digest: string };

export interface Caller {
  readonly principal: Principal;
  readonly proof: Proof;
  /** Asks from this machine, where reading is free. */
  readonly isLocal: boolean;
  /** Sent a wrong name, password, token or key, and is therefore taken for anyone. */
  readonly isRefused: boolean;
}

/** Callers of addresses that are open to everybody: nobody looked at what they sent. */
export const NOBODY: Caller = {
  principal: { id: 'anyone', kind: 'anyone', grants: [] },
  proof: { kind: 'none' },
  isLocal: false,
  isRefused: false,
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler runs. */
    caller: Caller;
  }
}
