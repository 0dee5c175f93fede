// What answers HTTP, as the composition root has it: the gateway inside this process, or workers of their own beside a
// main process that only controls.

import type { LoadLevel } from './base/load-watch.ts';
import type { Logger } from 'pino';
import type { GatewayHost } from './control/workers.ts';
import { Workers } from './control/workers.ts';
import type { Gateway } from './gateway/server.ts';
import { Directory } from './link/directory.ts';
import type { GatewaySettings } from './link/gateway-methods.ts';
import type { DirectoryEntry } from './link/types.ts';

const GRACE_MS = 500;

export interface Front {
  /** Listens. Rejects with a SightlineError: `unsafe-bind`, `port-in-use`, `port-forbidden`, `address-unavailable`. */
  start(control: GatewayHost): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes the directory of streams, as control publishes it. */
  direct(entries: readonly DirectoryEntry[]): void;
  /** Sheds load as this process's LoadWatch says; gives what it does now. */
  shed(level: LoadLevel): LoadLevel;
  /** From now on no process that ends is replaced. */
  retire(): void;
  /** Ends every response with its last part whole. */
  stop(): Promise<void>;
  /** Ends what runs beside this process without a word. */
  killAll(): void;
}

export interface FrontOptions {
  readonly workers: number;
  /** Folder of mode 0700 that the server's processes share. */
  readonly folder: string;
  readonly settings: Omit<GatewaySettings, 'logLevel'>;
  readonly log: Logger;
}

export function createFront({ workers, folder, settings, log }: FrontOptions): Front {
  if (workers === 1) return new InsideFront(settings, log);
  return new Workers({ count: workers, folder, settings: { ...settings, logLevel: log.level }, log });
}

/** The gateway in this process. */
class InsideFront implements Front {
  readonly #settings: FrontOptions['settings'];
  readonly #log: Logger;
  readonly #directory = new Directory({ role: 'gateway' });
  #gateway: Gateway | null = null;

  constructor(settings: FrontOptions['settings'], log: Logger) {
    this.#settings = settings;
    this.#log = log;
  }

  async start(control: GatewayHost): Promise<Gateway['address']> {
    // Loaded here, so that a main process that only controls has no HTTP server in its memory.
    const { Gateway } = await import('./gateway/server.ts');
    this.#gateway = await Gateway.start({
      ...this.#settings,
      view: control,
      media: this.#directory,
      log: this.#log,
    });
    control.join(this.#gateway, true);
    return this.#gateway.address;
  }

  direct(entries: readonly DirectoryEntry[]): void {
    this.#directory.update(entries);
  }

  shed(level: LoadLevel): LoadLevel {
    this.#gateway?.shed(level);
    return level;
  }

  retire(): void {
    // It has no process of its own.
  }

  async stop(): Promise<void> {
    await this.#gateway?.stop({ graceMs: GRACE_MS });
    await this.#directory.close();
  }

  killAll(): void {
    // It ends with this process.
  }
}
