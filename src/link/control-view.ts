// What control shows of cameras, processes and itself. The gateway turns these into API answers; a worker will get
// them over its control lane, so they are plain data.

import type { ConfigInfo } from '../config/store-types.ts';
import type { RequestCount, ViewerCount } from './gateway-report.ts';
import type { SearchInfo } from './found.ts';
import type { ProcessorReport } from './processors.ts';
import type { CodecReport, Heartbeat, OriginReport } from './types.ts';
import type { StreamState } from '../media/types.ts';

export type { ConfigInfo };

/** A camera's wishes, with secrets masked. */
export interface CameraWishes {
  /** What people call it; the id where the config names nothing else. */
  readonly name: string;
  /** Address with user and password masked. */
  readonly source: string;
  readonly username: string | null;
  /** True when a password is set; its text is never here. */
  readonly password: boolean;
  readonly always: boolean;
  readonly enabled: boolean;
  readonly tlsVerify: boolean;
}

/** A processor of a camera: what is wished of it, and what codec said last. */
export interface ProcessorInfo {
  readonly name: string;
  /** Of the built-in; null: a file. */
  readonly use: string | null;
  readonly enabled: boolean;
  /** As written in the config. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Null: nothing yet, or its process is being replaced. */
  readonly report: ProcessorReport | null;
}

export interface CameraInfo {
  readonly id: string;
  readonly uid: string;
  /** Changes with each change of the camera's config, and is the same again when that is; opaque, an entity tag. */
  readonly revision: string;
  readonly wishes: CameraWishes;
  /** Names of its streams; `main` first. */
  readonly streams: readonly string[];
  readonly processors: readonly ProcessorInfo[];
  /** What a person should see: the origin's state, or control's own word while a process is being replaced. */
  readonly state: StreamState;
  readonly origin: OriginReport | null;
  readonly codec: CodecReport | null;
  /** Size of its pictures as last seen; 0 when never. */
  readonly width: number;
  readonly height: number;
  /**
   * Where the device was found when it was not any more at the configured host; null: it is there. `sinceUs` is monotonic,
   * null when that was in an earlier run.
   */
  readonly moved: { readonly from: string; readonly to: string; readonly sinceUs: number | null } | null;
}

export interface ProcessInfo {
  /** As in `ps`: `sightline ingest 1`. */
  readonly title: string;
  readonly role: 'main' | 'gateway' | 'ingest' | 'codec';
  readonly pid: number;
  /** Monotonic, microseconds. */
  readonly startedUs: number;
  /** Times that this place was filled anew after a death. */
  readonly restarts: number;
  /** Null until the first heartbeat. */
  readonly heartbeat: Heartbeat | null;
}

/** Events of one processor and type since the server started. */
export interface EventCount {
  readonly uid: string;
  readonly processor: string;
  readonly type: string;
  readonly count: number;
}

export interface SystemInfo {
  readonly version: string;
  readonly startedUs: number;
  readonly processes: readonly ProcessInfo[];
  readonly config: ConfigInfo;
  /** What all gateways serve together; counters of gateways that are gone stay in, so that they never fall. */
  readonly counts: readonly ViewerCount[];
  readonly events: readonly EventCount[];
  /** HTTP answers of all gateways together, those that are gone included. */
  readonly requests: readonly RequestCount[];
}

/** Control as the gateway sees it. Every call is synchronous and cheap. */
export interface ControlView {
  cameras(): readonly CameraInfo[];
  byId(id: string): CameraInfo | undefined;
  /** Also finds a camera that no list shows (a probe). */
  byUid(uid: string): CameraInfo | undefined;
  /** The search for cameras; another object at each change. */
  search(): SearchInfo;
  system(): SystemInfo;
}
