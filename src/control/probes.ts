// Probes: cameras that somebody looks at before saving them. Each is a camera that no list shows, placed and opened
// like any other, for half a minute at most.

import { SightlineError } from '../base/errors.ts';
import { uuidV7 } from '../base/uuid.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { Login } from '../media/types.ts';
import type { CameraMemory } from '../state/types.ts';
import type { Cameras } from './cameras.ts';
import type { Processes } from './processes.ts';
import { CameraRecord } from './registry.ts';

const LIMIT_MS = 30_000;
const MOST_AT_ONCE = 4;

export interface Probed {
  readonly source: SourceAddress;
  readonly tlsVerify: boolean;
  /** It came through the API: it may not be dialled anywhere. */
  readonly guarded: boolean;
}

export interface ProbesOptions {
  readonly cameras: Pick<Cameras, 'listed' | 'hide' | 'unhide'>;
  readonly processes: Pick<Processes, 'follow' | 'publishNow' | 'forgive'>;
  readonly memory: Pick<CameraMemory, 'setSize' | 'setIdentity'>;
}

export class Probes {
  readonly #options: ProbesOptions;
  readonly #open = new Map<string, NodeJS.Timeout>();

  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  /** Makes the camera; its uid can be subscribed to at once. Throws `too-many-attempts`. */
  open({ source, tlsVerify, guarded }: Probed): string {
    if (this.#open.size >= MOST_AT_ONCE) {
      throw new SightlineError('too-many-attempts', `${MOST_AT_ONCE} cameras are being looked at already.`, {
        hint: 'Wait until one of them has answered.',
      });
    }
    const uid = uuidV7();
    const config = { id: 'probe', name: 'probe', source, always: false, enabled: true, tlsVerify, processors: [] };
    const login = this.#loginOf(source);
    const facts = { uid, size: null, identity: null, remember: this.#options.memory, isProbe: true, login };
    this.#options.cameras.hide(new CameraRecord({ config, revision: '', guarded }, facts));
    this.#open.set(
      uid,
      setTimeout(() => this.close(uid), LIMIT_MS),
    );
    this.#options.processes.follow();
    this.#options.processes.publishNow();
    return uid;
  }

  /** What is known of a camera with the same address and password: looking at it once more tells it no more. */
  #loginOf({ target, credentials }: SourceAddress): Login | null {
    const essence = JSON.stringify([target, credentials]);
    for (const { config, source, login } of this.#options.cameras.listed()) {
      const isSame = [config.source, source].some(
        (each) => JSON.stringify([each.target, each.credentials]) === essence,
      );
      if (isSame && login !== null) return login;
    }
    return null;
  }

  /** Closing twice is harmless. */
  close(uid: string): void {
    const timer = this.#open.get(uid);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#open.delete(uid);
    this.#options.cameras.unhide(uid);
    this.#options.processes.forgive(uid);
    this.#options.processes.follow();
  }

  /** Stops waiting; the processes are ended by others. */
  stop(): void {
    for (const timer of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
  }
}
