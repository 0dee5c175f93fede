// Cameras added, changed and removed through the API: each is one edit of the config file, which comes back as a new
// config that control follows. What the edit meant beyond the file's text (a rename, a guard) is told along with it.

import { DialGuard } from '../base/dial-guard.ts';
import type { DialRules } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { CAMERA_ID, parseAddress } from '../config/address.ts';
import type { CameraConfig } from '../config/load.ts';
import type { CameraValues, ConfigEditor, LiveConfig } from '../config/store-types.ts';
import type { CameraDraft, ControlQuestions } from '../link/control-port.ts';
import type { CameraMemory } from '../state/types.ts';
import type { Intent } from './cameras.ts';
import { movesSecrets, valuesOfChange, valuesOfDraft } from './draft.ts';

type Params<M extends keyof ControlQuestions> = ControlQuestions[M]['params'];

export interface EditsOptions {
  readonly config: LiveConfig;
  readonly memory: Pick<CameraMemory, 'uidOf' | 'guard'>;
  /** The camera as it is in force: the test card of a missing file is in no file. */
  readonly inForce: (id: string) => CameraConfig | undefined;
  readonly rules: () => DialRules;
}

export class Edits {
  readonly #options: EditsOptions;
  #intent: Intent | null = null;

  constructor(options: EditsOptions) {
    this.#options = options;
  }

  /** What the config that came just now was meant to be, if it came of an edit here; asked once for each. */
  takeIntent(): Intent | null {
    const intent = this.#intent;
    this.#intent = null;
    return intent;
  }

  /** Adds a camera; its id. */
  async create({ draft }: Params<'createCamera'>): Promise<string> {
    const values = valuesOfDraft(draft);
    refuseAddress(values.source, this.#options.rules());
    let id = '';
    await this.#edit((editor) => {
      id = freeId(draft, editor);
      editor.add(id, values);
      this.#guard(id, values.source);
      return {};
    });
    return id;
  }

  /** Changes or renames a camera; its id from now on. */
  async change({ id, change, ifMatch }: Params<'changeCamera'>): Promise<string> {
    const newId = change.id ?? id;
    await this.#edit((editor) => {
      const before = this.#existing(editor, id, ifMatch);
      if (newId !== id && !editor.isFree(newId)) throw taken(newId);
      const values = valuesOfChange(before, change);
      const isNewSource = values.source !== undefined && values.source !== before.source.target;
      if (isNewSource) refuseAddress(values.source, this.#options.rules());
      if (movesSecrets(before, change, values) && editor.isReference(id, 'source')) throw inReference();
      if (Object.values(values).some((value) => value !== undefined)) editor.change(id, values);
      if (newId !== id) editor.rename(id, newId);
      if (isNewSource) this.#guard(id, values.source);
      return newId === id ? {} : { renamed: [id, newId] };
    });
    return newId;
  }

  async remove({ id, ifMatch }: Params<'removeCamera'>): Promise<void> {
    await this.#edit((editor) => {
      this.#existing(editor, id, ifMatch);
      editor.remove(id);
      return { removed: id };
    });
  }

  async #edit(mutate: (editor: ConfigEditor) => Intent): Promise<void> {
    try {
      await this.#options.config.edit((editor) => {
        this.#intent = null;
        this.#intent = mutate(editor);
      });
    } finally {
      this.#intent = null;
    }
  }

  /** Before it is written: from its first moment this source is one that came through the API. */
  #guard(id: string, source: string): void {
    const { memory } = this.#options;
    memory.guard(memory.uidOf(id), parseAddress(source, { cwd: '/' }));
  }

  /** The camera as the file has it. Throws `not-found`, `revision-mismatch`. */
  #existing(editor: ConfigEditor, id: string, ifMatch: string | null): CameraConfig {
    const written = editor.config.cameras.find((each) => each.id === id);
    const camera = written ?? (editor.has(id) ? this.#options.inForce(id) : undefined);
    if (camera === undefined) throw new SightlineError('not-found', `There is no camera "${id}".`);
    if (ifMatch !== null && ifMatch !== editor.revisionOf(id)) {
      throw new SightlineError('revision-mismatch', `The camera ${id} was changed by somebody else.`);
    }
    return camera;
  }
}

function inReference(): SightlineError {
  return new SightlineError('source-invalid', 'The address in the config file has its password from the environment.', {
    hint: 'Change the address in the config file, or send user name and password with it.',
  });
}

/** An address that can be judged before it is dialled is refused at once. */
function refuseAddress(source: NonNullable<CameraValues['source']>, rules: DialRules): void {
  const url = URL.parse(source);
  if (url !== null) new DialGuard(() => rules).lookupFor(url.hostname.replace(/^\[|\]$/g, ''), portOf(url));
}

const PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322, 'http:': 80, 'https:': 443 };

function portOf(url: URL): number {
  return url.port === '' ? (PORTS[url.protocol] ?? 0) : Number(url.port);
}

/** The id that was asked for, or one that is made from the name. Throws `taken`. */
export function freeId({ id, name }: Pick<CameraDraft, 'id' | 'name'>, editor: Pick<ConfigEditor, 'isFree'>): string {
  if (id !== undefined) {
    if (!editor.isFree(id)) throw taken(id);
    return id;
  }
  const slug = slugOf(name ?? '');
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const tried = slug === '' ? `camera${number}` : `${slug.slice(0, 63 - suffix.length)}${suffix}`;
    if (editor.isFree(tried)) return tried;
  }
}

/** `Haustür, vorne` -> `haustur-vorne`; empty where nothing of the name can stand in an id. */
function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const isPlain = !/[\p{L}\p{N}]/u.test(plain.replace(/[a-z0-9]/g, ''));
  const slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return isPlain && CAMERA_ID.test(slug.slice(0, 63)) ? slug.slice(0, 63) : '';
}

function taken(id: string): SightlineError {
  return new SightlineError('taken', `There is a camera "${id}" already.`);
}
