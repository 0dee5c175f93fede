// A config that nobody changes while it runs: the cameras of a command line, or none at all for a probe.

import { createHash } from 'node:crypto';
import type { SightlineError } from '../base/errors.ts';
import type { Config } from './load.ts';
import type { ConfigInfo, LiveConfig } from './store-types.ts';

export class FixedConfig implements LiveConfig {
  readonly config: Config;
  readonly info: ConfigInfo;
  readonly #refusal: SightlineError;

  constructor(config: Config, refusal: SightlineError) {
    this.config = config;
    this.#refusal = refusal;
    this.info = { file: null, fixed: refusal.toProblem(), problem: null, restartNeeded: [] };
  }

  revisionOf(id: string): string | null {
    const camera = this.config.cameras.find((each) => each.id === id);
    if (camera === undefined) return null;
    return createHash('sha256').update(JSON.stringify(camera)).digest('hex').slice(0, 16);
  }

  onChange(): () => void {
    return () => undefined;
  }

  onInfo(): () => void {
    return () => undefined;
  }

  edit(): Promise<Config> {
    return Promise.reject(this.#refusal);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
