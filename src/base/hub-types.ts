// The contract of a hub: fan-out of one stream of items (Packets, Frames or Jpegs) to many Readers, in one process.
// The source side is opened by the first reader and closed a grace period after the last one has left.

export type HubState = 'closed' | 'opening' | 'open' | 'lingering' | 'closing';

/** `latest`: at most one waiting item. `groups`: past its bound it drops to the next group. `lossless`: past its bound it ends. */
export type ReaderPolicy = 'latest' | 'groups' | 'lossless';

export interface ReaderOptions {
  /** `group`: begin with the kept group, if there is one, else at the next key item. `next`: the next item (latest) or key item. */
  readonly start: 'group' | 'next';
  readonly policy: ReaderPolicy;
  /** Bound on what waits, bytes. Default 8 MB. */
  readonly maxBytes?: number;
  /** Bound on the age of the oldest waiting item, milliseconds. Default 10 s. */
  readonly maxAgeMs?: number;
}

/** How a hub looks at its items. */
export interface HubTraits<T> {
  bytes(item: T): number;
  /** True where a reader may begin. Frames and Jpegs: always. */
  startsGroup(item: T): boolean;
  /** Called once for each reference that the hub or a reader takes to an item and once when it lets go; for native resources. */
  retain?(item: T): void;
  release?(item: T): void;
}

export interface HubOptions<T> {
  readonly name: string;
  readonly traits: HubTraits<T>;
  /** How long the source stays open after the last reader, milliseconds. */
  readonly graceMs: number;
  /** Keep the newest group for readers that start with `group`; null keeps nothing. */
  readonly keep: { readonly maxBytes: number; readonly maxAgeMs: number } | null;
  /**
   * Opens the source side. It publishes through `hub.publish` until `signal` aborts; resolves once it has begun (not
   * when it has a picture). Serial: never called again before the function that it resolved to has resolved.
   */
  open(signal: AbortSignal): Promise<() => Promise<void>>;
  readonly onState?: (state: HubState) => void;
  /** Told when closing the source failed; the hub counts it as closed all the same. */
  readonly onCloseError?: (error: unknown) => void;
}

export interface ReaderCounters {
  readonly taken: number;
  readonly dropped: number;
  readonly takenBytes: number;
}

/** One consumer of a hub. */
export interface Reader<T> {
  /** Called synchronously inside the fan-out whenever something became available to take. Must not throw. */
  onReady: (() => void) | null;
  /** Called once when the hub ends this reader (not after its own close). */
  onEnd: ((error: unknown) => void) | null;
  /** The next item, or undefined when nothing waits. With retain/release traits the caller owns one reference and releases it. */
  take(): T | undefined;
  /** Items dropped for this reader since the last call: said before the item that `take` gives next. */
  takeGap(): number;
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly counters: ReaderCounters;
  close(): void;
}

export interface HubContract<T> {
  readonly name: string;
  readonly state: HubState;
  readonly readerCount: number;
  /**
   * Adds a reader now; opens the source if need be. Kept group and live position are handed over in this tick: what is
   * kept can be taken at once, without a call of `onReady`. If the source cannot be opened, `onEnd` says why.
   */
  attach(options: ReaderOptions): Reader<T>;
  /** Hands an item to every reader. Readers may close inside it. The caller keeps its own reference to the item. */
  publish(item: T): void;
  /** The newest published item that is kept, or undefined. */
  newest(): T | undefined;
  /** Forgets the kept group: after an end or a change of tracks. */
  forget(): void;
  /**
   * Holds the source open without reading (`always: true`); returns its release. When an opening fails the hub stays
   * closed until the next `attach` or `hold`.
   */
  hold(): () => void;
  /**
   * Ends every reader with `error`, lets go of every hold and closes the source; harmless when closed. What waited is
   * dropped. The hub may be used again afterwards. Resolves when the source is closed.
   */
  close(error?: unknown): Promise<void>;
}
