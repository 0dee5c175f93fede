// The one owner of the config file in the main process: reads it again when it changes, keeps the last good one in force
// when it is broken, and writes edits back. Readings and edits take turns; whoever listens gets each change once.

import { isDeepStrictEqual } from 'node:util';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import { fingerprint, MISSING, readConfigFile, writeConfigFile } from './config-file.ts';
import { Editor } from './editor.ts';
import { FileWatch } from './file-watch.ts';
import { loadReading } from './load.ts';
import type { CameraConfig, Config, LoadOptions } from './load.ts';
import { revisionOf } from './revision.ts';
import type { ServerConfig } from './schema.ts';
import { demandProtection, inForce, withOverrides } from './server-keys.ts';
import type { ServerOverrides } from './server-keys.ts';
import { NO_FILE, SettledReader } from './settled-reader.ts';
import type { Standing } from './settled-reader.ts';
import type { ConfigEditor, ConfigInfo, LiveConfig } from './store-types.ts';

export interface StoreLog {
  error(fields: object, message: string): void;
}

export interface StoreOptions {
  /** Absolute path of the config file; null: there is none yet. */
  readonly file: string | null;
  /** Absolute path where a file is made with the first camera; one that a person makes there is taken too. */
  readonly creates: string;
  /** Why cameras cannot be edited (they come from the command line); null when they can. */
  readonly fixed: Problem | null;
  /** In force while there is no file (the test card); always, when `fixed`. */
  readonly cameras: readonly CameraConfig[];
  readonly overrides: ServerOverrides;
  /** Listen beyond this machine although nothing protects it. */
  readonly insecure: boolean;
  readonly env: LoadOptions['env'];
  /** Folder that relative paths of sources are resolved against. */
  readonly cwd: string;
  /** Keys the revisions. */
  readonly secret: Buffer;
  readonly log: StoreLog;
}

/** How often an edit begins anew on a file that changes under it. */
const MAX_TRIES = 20;

/** Two writes within a step of the file system's clock may leave the same fingerprint. */
const CLOCK_STEP_US = 50_000;

const NEW_FILE = `# The cameras of Sightline: what each key means is told by docs/configuration.md of the package and, for editors, by
# \`sightline config schema\`. Changes count while Sightline runs; \`sightline config check\` finds mistakes.
cameras: {}
`;

export class ConfigStore implements LiveConfig {
  readonly #options: StoreOptions;
  readonly #path: string;
  readonly #started: ServerConfig;
  readonly #changeListeners = new Set<(config: Config) => void>();
  readonly #infoListeners = new Set<(info: ConfigInfo) => void>();
  readonly #closing = new AbortController();
  #config: Config;
  #info: ConfigInfo;
  #standing: Standing;
  /** Of the file as it was read last; null: it must be read again whatever it is. */
  #print: string | null;
  /** It was read or written a moment ago: another writer of that moment would leave the same fingerprint. */
  #unsure = true;
  #sinceUs = nowUs();
  readonly #reader: SettledReader;
  #watch: FileWatch | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #looking = false;

  private constructor(options: StoreOptions, standing: Standing, print: string) {
    this.#options = options;
    this.#path = options.file ?? options.creates;
    this.#standing = standing;
    this.#print = print;
    this.#started = withOverrides(standing.reading.config.server, options.overrides);
    this.#config = { server: this.#started, cameras: this.#camerasOf(standing) };
    this.#info = { file: options.file, fixed: options.fixed, problem: null, restartNeeded: [] };
    const { env, cwd } = options;
    this.#reader = new SettledReader({ file: this.#path, env, cwd }, this.#closing.signal);
  }

  /** Reads the file and watches it from then on. Rejects with `config-invalid`. */
  static async open(options: StoreOptions): Promise<ConfigStore> {
    const { file, env, cwd } = options;
    const print = file === null ? MISSING : await fingerprint(file);
    const text = file === null ? null : await readConfigFile(file);
    const standing =
      file === null || text === null ? NO_FILE : { text, reading: loadReading({ file, text, env, cwd }) };
    const store = new ConfigStore(options, standing, print);
    if (file !== null || options.fixed === null) {
      store.#watch = new FileWatch(store.#path, () => store.#look());
      await store.#watch.armed();
      store.#look();
    }
    return store;
  }

  get config(): Config {
    return this.#config;
  }

  get info(): ConfigInfo {
    return this.#info;
  }

  revisionOf(id: string): string | null {
    const camera = this.#config.cameras.find((candidate) => candidate.id === id);
    return camera === undefined ? null : revisionOf(camera, this.#options.secret);
  }

  onChange(listener: (config: Config) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  onInfo(listener: (info: ConfigInfo) => void): () => void {
    this.#infoListeners.add(listener);
    return () => void this.#infoListeners.delete(listener);
  }

  edit(mutate: (draft: ConfigEditor) => void): Promise<Config> {
    return this.#inTurn(async () => {
      const { signal } = this.#closing;
      if (signal.aborted) throw isStopping();
      return this.#edit(mutate).catch((error: unknown) => {
        throw signal.aborted ? isStopping() : error;
      });
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watch?.close();
    await this.#turn;
  }

  /** Runs after what was begun before, whatever became of that. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  #look(): void {
    if (this.#looking || this.#closing.signal.aborted) return;
    this.#looking = true;
    this.#inTurn(() => {
      this.#looking = false;
      return this.#refresh({ surely: true });
    }).catch((error: unknown) => {
      if (this.#closing.signal.aborted) return;
      this.#options.log.error({ reason: String(error) }, 'the config file could not be looked at');
    });
  }

  async #edit(mutate: (draft: ConfigEditor) => void): Promise<Config> {
    const { fixed } = this.#options;
    if (fixed !== null) throw SightlineError.fromProblem(fixed);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      await this.#refresh({ surely: false });
      const { problem } = this.#info;
      if (problem !== null) throw standsBroken(problem);
      const editor = this.#editor();
      mutate(editor);
      const done = editor.finish();
      if (done === null) return this.#config;
      const written = await writeConfigFile(this.#path, done.text, this.#standing.text);
      this.#print = written ? await fingerprint(this.#path) : null;
      this.#unsure = written;
      this.#sinceUs = nowUs();
      if (!written) continue;
      this.#take(done);
      return this.#config;
    }
    throw new SightlineError('config-unwritable', `${this.#path} changes all the time`);
  }

  #editor(): Editor {
    const { text, reading } = this.#standing;
    const { cameras, env, cwd, secret } = this.#options;
    return new Editor({
      reading,
      text: text ?? NEW_FILE,
      placeholders: text === null ? cameras : [],
      load: { file: this.#path, env, cwd },
      secret,
    });
  }

  /** Reads the file if it is another than the one that was read last, and takes it into force. */
  async #refresh({ surely }: { readonly surely: boolean }): Promise<void> {
    const print = await fingerprint(this.#path);
    if (print === this.#print && (!surely || !this.#unsure || (await this.#isAsItWas()))) return;
    const { print: read, found } = await this.#reader.read(this.#standing);
    this.#print = read;
    this.#unsure = false;
    if (found instanceof SightlineError) this.#refuse(found);
    else this.#take(found);
  }

  /** Looks into a file that seems to be the one of a moment ago; there is no need to wait until that stands still. */
  async #isAsItWas(): Promise<boolean> {
    try {
      const isSame = (await readConfigFile(this.#path)) === this.#standing.text;
      if (isSame) this.#unsure = nowUs() - this.#sinceUs < CLOCK_STEP_US;
      return isSame;
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      return false;
    }
  }

  #take(standing: Standing): void {
    const { overrides, insecure } = this.#options;
    const next = withOverrides(standing.reading.config.server, overrides);
    const { server, restartNeeded } = inForce(next, this.#started);
    try {
      if (!insecure) demandProtection(server, this.#path);
    } catch (error) {
      this.#refuse(SightlineError.from(error));
      return;
    }
    const file = standing.text === null ? null : this.#path;
    this.#standing = standing;
    this.#setConfig({ server, cameras: this.#camerasOf(standing) });
    this.#setInfo({ ...this.#info, file, problem: null, restartNeeded });
  }

  #camerasOf({ text, reading }: Standing): Config['cameras'] {
    const { fixed, cameras } = this.#options;
    return fixed !== null || text === null ? cameras : reading.config.cameras;
  }

  #refuse(error: SightlineError): void {
    const problem = error.toProblem();
    this.#setInfo({ ...this.#info, file: this.#path, problem });
  }

  #setConfig(config: Config): void {
    if (isDeepStrictEqual(config, this.#config)) return;
    this.#config = config;
    for (const listener of this.#changeListeners) this.#tell(() => listener(config));
  }

  #setInfo(info: ConfigInfo): void {
    if (isDeepStrictEqual(info, this.#info)) return;
    this.#info = info;
    for (const listener of this.#infoListeners) this.#tell(() => listener(info));
  }

  /** A listener that fails is told of, and the file's change is no less there for that. */
  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log.error({ reason }, 'a change of the config was not carried out');
    }
  }
}

function standsBroken(problem: Problem): SightlineError {
  return new SightlineError('config-unwritable', `the config file has a fault: ${problem.text}`, {
    hint: problem.hint,
  });
}

function isStopping(): SightlineError {
  return new SightlineError('stopping', 'the server is stopping');
}
