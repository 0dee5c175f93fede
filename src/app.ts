// The composition root: what a server is made of, started in order and stopped in reverse.

import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { SightlineError } from './base/errors.ts';
import { LoadWatch } from './base/load-watch.ts';
import { LoopMonitor } from './base/loop-monitor.ts';
import { Scope } from './base/scope.ts';
import { FixedConfig } from './config/fixed-config.ts';
import type { Config } from './config/load.ts';
import { AccessKeeper } from './control/access.ts';
import { Control } from './control/control.ts';
import { Gateway } from './gateway/server.ts';
import { Directory } from './link/directory.ts';
import { packageRoot, packageVersion } from './package.ts';
import { makeRuntimeFolder } from './runtime-folder.ts';
import { UnkeptMemory } from './state/unkept-memory.ts';

export interface AppOptions {
  readonly config: Config;
  /** Listen on an address that others can reach although nothing protects it. */
  readonly insecure: boolean;
  readonly log: Logger;
}

const GRACE_MS = 500;
const BEAT_MS = 1000;

/** A running server. */
export class App {
  readonly #scope: Scope;
  readonly #control: Control;
  readonly #folder: string;
  /** Where pages and API answer, for people on this machine: `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Who sends it may do everything; for the person who started the server, never for a log. */
  readonly localKey: string;

  private constructor(scope: Scope, control: Control, facts: { folder: string; url: string; localKey: string }) {
    this.#scope = scope;
    this.#control = control;
    this.#folder = facts.folder;
    this.url = facts.url;
    this.localKey = facts.localKey;
  }

  /** Starts everything; on a failure what had started is stopped again. Throws SightlineError. */
  static async start(options: AppOptions): Promise<App> {
    const scope = new Scope();
    try {
      return await App.#start(options, scope);
    } catch (error) {
      await scope.close();
      throw error;
    }
  }

  static async #start({ config, insecure, log }: AppOptions, scope: Scope): Promise<App> {
    const folder = await makeRuntimeFolder();
    await scope.add(() => rm(folder, { recursive: true, force: true }));
    const monitor = new LoopMonitor();
    await scope.add(() => monitor.close());
    const load = new LoadWatch();
    let beat = monitor.read();
    const directory = new Directory({ role: 'gateway' });
    const fixed = new SightlineError('config-fixed', 'The cameras were named when the server was started.');
    const live = new FixedConfig(config, fixed);
    const memory = new UnkeptMemory();
    const access = new AccessKeeper({
      ...{ wishes: config.server, insecure, log },
      ...{ localKey: memory.localKey, folder: memory.path, secret: memory.secret },
    });
    await scope.add(() => access.close());
    const control = new Control({
      version: packageVersion(),
      config: live,
      memory,
      access,
      folder,
      log,
      heartbeat: () => ({ ...beat, nativeCalls: 0, oldestNativeMs: 0, load: load.level }),
      onDirectory: (entries) => directory.update(entries),
    });
    await scope.add(() => control.stop());
    await scope.add(() => directory.close());
    const gateway = await Gateway.start({
      view: control,
      media: directory,
      server: config.server,
      log,
      pages: path.join(packageRoot(), 'web', 'dist'),
    });
    await scope.add(() => gateway.stop({ graceMs: GRACE_MS }));
    control.join(gateway, true);
    control.listensOn([gateway.address.port]);
    const timer = setInterval(() => {
      beat = monitor.read();
      gateway.shed(load.beat(beat.loopDelayMs));
    }, BEAT_MS);
    await scope.add(() => clearInterval(timer));
    return new App(scope, control, { folder, url: urlOf(gateway.address), localKey: memory.localKey });
  }

  /** Ends every response with its last part whole, closes cameras, ends every process. */
  stop(): Promise<void> {
    this.#control.retire();
    return this.#scope.close();
  }

  /** Kills what is left, for a person who asks twice. */
  killNow(): void {
    this.#control.killAll();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An address to open in a browser here: one that stands for all addresses becomes this machine's own. */
function urlOf({ host, port }: { host: string; port: number }): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
}
