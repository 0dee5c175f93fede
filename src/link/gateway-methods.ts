// What main and the gateway's workers say to one another over their control lane. A worker decides nothing: it shows
// what main pushed, and carries questions to main.

import type { ServerConfig } from '../config/schema.ts';
import type { AccessTable } from './access.ts';
import type { ControlQuestions, GatewayReport, ViewerInfo } from './control-port.ts';
import type { CameraInfo, SystemInfo } from './control-view.ts';
import type { SearchInfo } from './found.ts';
import type { KeptEvent } from './processors.ts';
import type { DirectoryEntry, Heartbeat, LogLine } from './types.ts';

/** What a worker needs to begin. Who may ask stands in the access table, so no credential goes over. */
export interface GatewaySettings {
  readonly server: Pick<ServerConfig, 'host' | 'port' | 'basePath'>;
  /** Folder of the built pages. */
  readonly pages: string;
  /** Least level that main's log takes. */
  readonly logLevel: string;
}

/** Everything that a worker shows, as of now. Pushed whole, so that a lost or skipped one leaves no hole. */
export interface Shown {
  readonly cameras: readonly CameraInfo[];
  /** Cameras that no list shows (probes). */
  readonly hidden: readonly CameraInfo[];
  readonly system: SystemInfo;
  readonly search: SearchInfo;
  /** Unix time minus monotonic time, microseconds. */
  readonly wallOffsetUs: number;
  /** Rises when control says that something changed; figures alone do not raise it. */
  readonly version: number;
  /** Null: as before. */
  readonly access: AccessTable | null;
  /** Null: as before. */
  readonly directory: readonly DirectoryEntry[] | null;
}

/** Main asks, a worker answers. */
export interface GatewayMethods {
  /** Take connections from now on. `address`: what main listens on, as numbers; `events`: all that are kept. */
  serve: {
    params: {
      readonly settings: GatewaySettings;
      readonly address: string;
      readonly shown: Shown;
      readonly events: readonly KeptEvent[];
    };
    result: null;
  };
  /** The answer says that it is shown from now on. */
  show: { params: Shown; result: null };
  /** Those that came since the last time, in order. */
  events: { params: { readonly events: readonly KeptEvent[] }; result: null };
  /** Who watches a camera at this worker. */
  viewers: { params: { readonly uid: string }; result: { readonly viewers: readonly ViewerInfo[] } };
  /** End every response with its last part whole, then exit. */
  end: { params: null; result: null };
}

/** A worker tells or asks, main answers. */
export interface GatewayMainMethods {
  /** It can be told to serve. */
  ready: { params: null; result: null };
  /** One of ControlQuestions. What it changed is shown at every worker before the answer comes. */
  ask: { params: { readonly method: keyof ControlQuestions; readonly params: unknown }; result: unknown };
  report: { params: GatewayReport; result: null };
  heartbeat: { params: Heartbeat; result: null };
  log: { params: { readonly lines: readonly LogLine[] }; result: null };
}
