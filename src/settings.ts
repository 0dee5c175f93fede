// From what a person asked for (a config file, sources, options over it) to the config and the memory that a server runs
// with. Used by `sightline serve` and by the library.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { SightlineError } from './base/errors.ts';
import { configFromArguments } from './config/load.ts';
import type { ServerOverrides } from './config/server-keys.ts';
import { ConfigStore } from './config/store.ts';
import type { StoreLog } from './config/store.ts';
import { StateFolder } from './state/folder.ts';
import type { StateLog } from './state/folder.ts';

export const CONFIG_NAME = 'sightline.yaml';
const STATE_NAME = '.sightline';

export interface Wanted {
  /** Path of the config file; null: `sightline.yaml` of `cwd` if it is there and no source is named. */
  readonly file: string | null;
  /** Cameras that take the place of the file's; none: the file's, without a file the test card. */
  readonly sources: readonly string[];
  /** State folder; null: beside the config file, without one in `cwd`. */
  readonly state: string | null;
  readonly overrides: ServerOverrides;
  readonly insecure: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: StoreLog & StateLog;
}

export interface Settings {
  readonly config: ConfigStore;
  readonly memory: StateFolder;
}

/** Opens both. Rejects with `config-invalid`, `source-invalid`. */
export async function openSettings(wanted: Wanted): Promise<Settings> {
  const { sources, cwd, env, log } = wanted;
  const file = findFile(wanted);
  const cameras = configFromArguments(sources.length > 0 ? sources : ['test:'], cwd);
  const home = file === null ? cwd : path.dirname(file);
  const memory = await StateFolder.open(
    wanted.state === null ? path.join(home, STATE_NAME) : path.resolve(cwd, wanted.state),
    log,
  );
  try {
    const config = await ConfigStore.open({
      file,
      creates: path.join(cwd, CONFIG_NAME),
      fixed: sources.length === 0 ? null : namedAtStart().toProblem(),
      cameras,
      overrides: wanted.overrides,
      insecure: wanted.insecure,
      env,
      cwd: home,
      secret: memory.secret,
      log,
    });
    return { config, memory };
  } catch (error) {
    await memory.close();
    throw error;
  }
}

function findFile({ file, sources, cwd }: Wanted): string | null {
  if (file !== null) return path.resolve(cwd, file);
  const standing = path.join(cwd, CONFIG_NAME);
  return sources.length === 0 && existsSync(standing) ? standing : null;
}

function namedAtStart(): SightlineError {
  return new SightlineError('config-fixed', 'The cameras were named when the server was started.');
}
