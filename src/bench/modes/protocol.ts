// What the bench asks of a mode's server process over its control lane. The camera's address comes this way, so that
// no password stands among arguments or in the environment.

import type { SourceAddress } from '../../config/camera.ts';

/** The modes that are servers of the bench's own; `shared` is Sightline itself. */
export type OwnModeName = 'naive' | 'threaded';

/** What the process tells the bench. */
export interface BenchMethods {
  /** It may be asked now. */
  readonly ready: { readonly params: null; readonly result: null };
}

export interface ServerMethods {
  /** Asked first, once. */
  readonly serve: {
    readonly params: { readonly mode: OwnModeName; readonly address: SourceAddress };
    readonly result: { readonly port: number };
  };
  /** Ends all responses, each behind a whole part; gives the parts that were sent since the start. */
  readonly finish: { readonly params: null; readonly result: { readonly parts: number } };
  readonly end: { readonly params: null; readonly result: null };
}
