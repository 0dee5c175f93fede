// What discovery found, as plain data: main leads the search, every gateway shows it. Discovery itself stands in
// src/discovery and is handed in by the composition root.

import type { Problem } from '../base/errors.ts';

/** How a device was seen. */
export type Way = 'neighbours' | 'ports' | 'ws-discovery' | 'mdns' | 'phone' | 'onvif' | 'paths';

/** A service of a device that may have pictures. */
export interface Service {
  /** `http`: a camera's own pages. `web`: speaks HTTP, and nothing tells what it is; no camera is listed for that alone. */
  readonly kind: 'rtsp' | 'http' | 'web' | 'onvif' | 'phone';
  readonly port: number;
  /** Where it answers; without credentials. */
  readonly url: string;
}

/** An address of a device that gives a picture, or would with a password. */
export interface FoundStream {
  /** As a source of the config, without credentials. */
  readonly source: string;
  /** `main`, `sub`, or what the device calls it. */
  readonly label: string;
  /** How it came to be known. */
  readonly way: Way;
  /** True when it was opened and described; false when it asks for a password or was only named. */
  readonly confirmed: boolean;
  /** FFmpeg's name; empty, 0: not known. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** One camera, whatever saw it. */
export interface FoundCamera {
  /** Of this run: `mac:…`, `endpoint:…`, `serial:…` or `address:…`; may become a better one while the run goes on. */
  readonly id: string;
  readonly address: string;
  readonly otherAddresses: readonly string[];
  readonly mac: string | null;
  readonly serial: string | null;
  readonly endpoint: string | null;
  readonly name: string | null;
  readonly maker: string | null;
  readonly model: string | null;
  readonly ways: readonly Way[];
  readonly services: readonly Service[];
  /** Best first. */
  readonly streams: readonly FoundStream[];
  readonly needsPassword: boolean;
}

/** What somebody wants to have looked for. */
export interface SearchWish {
  /** For devices that ask; used for this run only, at private addresses only. */
  readonly login: { readonly username: string; readonly password: string } | null;
  /** A private network, `192.168.1.0/24`; null: those that this machine is attached to. */
  readonly subnet: string | null;
  /** Only this device is looked at, anew; what was found before stays in the list. */
  readonly address: string | null;
}

/** A search that runs or has ended. */
export interface SearchInfo {
  readonly state: 'none' | 'running' | 'ended';
  /** Monotonic, microseconds. */
  readonly startedUs: number | null;
  readonly endedUs: number | null;
  /** When it is forgotten, with everything that it found. */
  readonly expiresUs: number | null;
  /** Those that are looked through: `192.168.1.0/24`. */
  readonly networks: readonly string[];
  readonly cameras: readonly FoundCamera[];
  /** Why it ended early. */
  readonly problem: Problem | null;
}

export const NO_SEARCH: SearchInfo = {
  state: 'none',
  startedUs: null,
  endedUs: null,
  expiresUs: null,
  networks: [],
  cameras: [],
  problem: null,
};
