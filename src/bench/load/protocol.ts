// What the bench asks of its two load processes over their control lanes: the crowd, which counts, and the probe, whose
// pictures are decoded after the window. The same methods for both, so that one number of viewers is split over them.

import type { Refusal } from './viewer.ts';

/** From the request, microseconds; null: that viewer did not get so far. */
export interface ViewerTimes {
  readonly headersUs: number | null;
  readonly partUs: number | null;
  readonly pictureUs: number | null;
}

/** What the viewers of one process saw between two instants. */
export interface SeenWindow {
  readonly seconds: number;
  readonly parts: number;
  readonly bytes: number;
  /** Pictures a second, a viewer each. */
  readonly fps: readonly number[];
  readonly served: number;
  readonly refusals: readonly Refusal[];
  readonly broken: number;
  /** CPU seconds a second, of this process. */
  readonly cores: number;
}

/** One picture of the probe. */
export interface ProbedPicture {
  readonly arrivedUs: number;
  /** Null: no strip could be read. */
  readonly strip: { readonly frame: number; readonly timeUs: number } | null;
}

export interface LoadMethods {
  /** Opens more viewers; answers when each is served, refused, ended, or out of time. */
  readonly open: {
    readonly params: { readonly url: string; readonly viewers: number };
    readonly result: { readonly times: readonly ViewerTimes[] };
  };
  /** Viewers that come one after the other and go with their first picture; none of them is counted anywhere. */
  readonly visit: {
    readonly params: { readonly url: string; readonly times: number };
    readonly result: { readonly times: readonly ViewerTimes[] };
  };
  readonly window: { readonly params: { readonly ms: number }; readonly result: SeenWindow };
  /** Reads the strips of the pictures of the last window; the crowd has none. */
  readonly probe: { readonly params: null; readonly result: { readonly pictures: readonly ProbedPicture[] } };
  readonly leave: { readonly params: null; readonly result: null };
  /** Waits until all responses have ended; gives all whole parts since they were opened. */
  readonly ended: { readonly params: null; readonly result: { readonly parts: number } };
}

export interface LoadMainMethods {
  readonly ready: { readonly params: null; readonly result: null };
}
