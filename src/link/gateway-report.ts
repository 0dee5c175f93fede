// What a gateway tells control of the people it serves, as plain data.

/** A viewer, as the gateway that serves it knows it. */
export interface ViewerInfo {
  readonly id: string;
  readonly via: 'mjpeg' | 'tiles' | 'frames';
  readonly stream: string;
  readonly address: string;
  readonly sinceUs: number;
  readonly sent: number;
  readonly dropped: number;
  /** From capture to paint, as the viewer's own page measured it, or to a program's answer; null where nothing tells it. */
  readonly delayMs: number | null;
  readonly uncertaintyMs: number | null;
}

/** What one gateway serves, by camera and way out. Counters only rise while the gateway lives. */
export interface ViewerCount {
  readonly uid: string;
  readonly via: ViewerInfo['via'];
  readonly viewers: number;
  readonly sent: number;
  readonly dropped: number;
  readonly bytes: number;
}

/** HTTP answers of a gateway since it started. */
export interface RequestCount {
  /** Operation of the contract, or `page` for all else: a small set. */
  readonly operation: string;
  readonly status: number;
  readonly count: number;
}

export interface GatewayReport {
  readonly counts: readonly ViewerCount[];
  readonly requests: readonly RequestCount[];
}
