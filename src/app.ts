// The composition root: what a server is made of, started in order and stopped in reverse.

import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { DialGuard } from './base/dial-guard.ts';
import { Pulse } from './base/pulse.ts';
import { Scope } from './base/scope.ts';
import type { LiveConfig } from './config/store-types.ts';
import { AccessKeeper } from './control/access.ts';
import { Control } from './control/control.ts';
import { PacketBudget } from './discovery/packet-budget.ts';
import { searchNearby } from './discovery/search.ts';
import { LocalSense } from './discovery/sense.ts';
import { createFront } from './front.ts';
import type { Front } from './front.ts';
import { Directory } from './link/directory.ts';
import type { Examine } from './link/examination.ts';
import type { Heartbeat, MediaPort } from './link/types.ts';
import { packageRoot, packageVersion } from './package.ts';
import { makeRuntimeFolder } from './runtime-folder.ts';
import type { CameraMemory } from './state/types.ts';

export interface AppOptions {
  /** Closed when the app stops, as is the memory. */
  readonly config: LiveConfig;
  readonly memory: CameraMemory;
  /** Listen on an address that others can reach although nothing protects it. */
  readonly insecure: boolean;
  readonly log: Logger;
}

interface AppParts {
  readonly control: Control;
  readonly front: Front;
  readonly folder: string;
  readonly url: string;
  readonly localKey: string;
}

/** A running server. */
export class App {
  readonly #scope: Scope;
  readonly #control: Control;
  readonly #front: Front;
  readonly #folder: string;
  /** Where pages and API answer, for people on this machine: `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Who sends it may do everything; for the person who started the server, never for a log. */
  readonly localKey: string;

  private constructor(scope: Scope, parts: AppParts) {
    this.#scope = scope;
    this.#control = parts.control;
    this.#front = parts.front;
    this.#folder = parts.folder;
    this.url = parts.url;
    this.localKey = parts.localKey;
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

  static async #start({ config: live, memory, insecure, log }: AppOptions, scope: Scope): Promise<App> {
    await scope.add(() => memory.close());
    await scope.add(() => live.close());
    const { config } = live;
    const folder = await makeRuntimeFolder();
    await scope.add(() => rm(folder, { recursive: true, force: true }));
    const { host, port, basePath, workers } = config.server;
    const front = createFront({
      workers,
      folder,
      settings: { server: { host, port, basePath }, pages: path.join(packageRoot(), 'web', 'dist') },
      log,
    });
    let heartbeat: Heartbeat = { ...idle, rssBytes: process.memoryUsage.rss() };
    const pulse = new Pulse((beat) => (heartbeat = { ...idle, ...beat, load: front.shed(beat.load) }));
    await scope.add(() => pulse.close());
    const access = new AccessKeeper({
      ...{ wishes: config.server, insecure, log },
      ...{ localKey: memory.localKey, folder: memory.path, secret: memory.secret },
    });
    await scope.add(() => access.close());
    const pictures = new Directory({ role: 'doctor' });
    await scope.add(() => pictures.close());
    const packets = new PacketBudget();
    const control: Control = new Control({
      version: packageVersion(),
      config: live,
      memory,
      access,
      folder,
      log,
      heartbeat: () => heartbeat,
      surroundings: {
        search: (request) => searchNearby(request, packets),
        sense: new LocalSense(packets),
      },
      onDirectory: (entries) => {
        front.direct(entries);
        pictures.update(entries);
      },
      examine: (patient, options) => examineWith({ control, media: pictures })(patient, options),
    });
    await scope.add(() => control.stop());
    await scope.add(() => front.stop());
    const address = await front.start(control);
    control.listensOn([address.port]);
    return new App(scope, { control, front, folder, url: urlOf(address), localKey: memory.localKey });
  }

  /** Ends every response with its last part whole, closes cameras, ends every process. */
  stop(): Promise<void> {
    this.#control.retire();
    this.#front.retire();
    return this.#scope.close();
  }

  /** Kills what is left, for a person who asks twice. */
  killNow(): void {
    this.#front.killAll();
    this.#control.killAll();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Doctor on a camera of this server: its pictures are those that the server makes. Loaded when it is first asked for. */
function examineWith(view: { readonly control: Control; readonly media: MediaPort }): Examine {
  return async ({ uid, rules, ...patient }, { signal, onStep }) => {
    const { examine } = await import('./doctor/run.ts');
    const openPictures = () => Promise.resolve({ ...view, uid, [Symbol.asyncDispose]: () => Promise.resolve() });
    return examine({ ...patient, guard: new DialGuard(rules), signal, openPictures, onStep });
  };
}

/** This process has no native code of its own. */
const idle: Heartbeat = { loopDelayMs: 0, rssBytes: 0, nativeCalls: 0, oldestNativeMs: 0, load: 0 };

/** An address to open in a browser here: one that stands for all addresses becomes this machine's own. */
function urlOf({ host, port }: { host: string; port: number }): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
}
