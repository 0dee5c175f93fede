// What `import … from 'sightline'` gives: a server inside another Node program, and the types of what it answers.

import pino from 'pino';
import { App } from '../app.ts';
import { configFromArguments, loadConfig } from '../config/load.ts';
import type { Config } from '../config/load.ts';
import { serverSchema } from '../config/schema.ts';

export { ERROR_CODES, SightlineError } from '../base/errors.ts';
export type { ErrorCode, Problem } from '../base/errors.ts';
export type { Camera, System, ViewerList } from '../gateway/api/contract.ts';

export interface ServerOptions {
  /** Sources as on the command line, `[id=]ADDRESS`. Default: the test card. Not together with `config`. */
  readonly sources?: readonly string[];
  /** Path of a config file. */
  readonly config?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
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
  const config = configOf(options);
  const { host = config.server.host, port = config.server.port, token = config.server.token } = options;
  const log = pino({ level: options.logLevel ?? 'warn', base: null }, pino.destination({ fd: 2, sync: true }));
  return App.start({
    config: { ...config, server: { ...config.server, host, port, token } },
    insecure: options.insecure ?? false,
    log,
  });
}

function configOf({ sources, config }: ServerOptions): Config {
  if (config !== undefined) return loadConfig({ file: config, env: process.env, cwd: process.cwd() });
  return { server: serverSchema.parse({}), cameras: configFromArguments(sources ?? ['test:'], process.cwd()) };
}
