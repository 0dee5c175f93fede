// What `import … from 'sightline'` gives: a server inside another Node program, a camera's frames in it, the contract of
// processors, and the types of what is answered.

import pino from 'pino';
import { App } from '../app.ts';
import { SightlineError } from '../base/errors.ts';
import { serverSchema } from '../config/schema.ts';
import { openSettings } from '../settings.ts';

export { ERROR_CODES, SightlineError } from '../base/errors.ts';
export type { ErrorCode, Problem } from '../base/errors.ts';
export type { Camera, ViewerList } from '../gateway/api/contract.ts';
export type { System } from '../gateway/api/contract-server.ts';

export interface ServerOptions {
  /** Sources as on the command line, `[id=]ADDRESS`. Default: the test card. Not together with `config`. */
  readonly sources?: readonly string[];
  /** Path of a config file. It is watched, and written when cameras are changed through the API. */
  readonly config?: string;
  /** State folder. Default: `.sightline` beside the config file, without one in the current folder. */
  readonly state?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Processes that answer HTTP, 1 to 64. Default 1: this one answers. */
  readonly workers?: number;
  /** Token that callers must send; needed on any host but loopback unless `insecure`. */
  readonly token?: string;
  readonly insecure?: boolean;
  /** Least level that is logged to stderr. Default `warn`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

export interface Server {
  /** `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Ends every response and process. Closing twice is harmless. */
  stop(): Promise<void>;
}

/** Starts a server in this process. Throws SightlineError: `config-invalid`, `source-invalid`, `port-in-use`, … */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const { sources, host, port, token, workers, insecure = false } = options;
  if (workers !== undefined && !serverSchema.shape.workers.safeParse(workers).success) {
    throw new SightlineError('usage', 'workers must be a whole number from 1 to 64.');
  }
  const log = pino({ level: options.logLevel ?? 'warn', base: null }, pino.destination({ fd: 2, sync: true }));
  const settings = await openSettings({
    file: options.config ?? null,
    state: options.state ?? null,
    sources: options.config === undefined ? (sources ?? ['test:']) : [],
    overrides: { host, port, token, workers },
    insecure,
    cwd: process.cwd(),
    env: process.env,
    log,
  });
  return App.start({ ...settings, insecure, log });
}

export { openCamera } from './open-camera.ts';
export type {
  CameraFrame,
  FrameCounters,
  OpenCameraOptions,
  OpenedCamera,
  OpenedCameraStatus,
} from '../frames/contract.ts';
export * from './processors.ts';
export { tryProcessor } from '../codec/processors/trial.ts';
export type { FoundEvent, Trial, TrialInput, TriedFrame } from '../codec/processors/trial.ts';
