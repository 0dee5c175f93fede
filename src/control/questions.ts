// What control answers when a gateway asks, as one table.

import { SightlineError } from '../base/errors.ts';
import { listDevices } from '../config/device-list.ts';
import type { CameraInfo } from '../link/control-view.ts';
import type { ServerConfig } from '../config/schema.ts';
import type { AccessTable } from '../link/access.ts';
import type { ControlQuestions, LoginAttempt } from '../link/control-port.ts';
import type { Cameras } from './cameras.ts';
import { probeOf } from './draft.ts';
import type { Edits } from './edits.ts';
import type { Examinations } from './examinations.ts';
import type { Gateways } from './gateways.ts';
import type { Journal } from './journal.ts';
import type { Probes } from './probes.ts';
import type { Searches } from './searches.ts';

/** Who may ask what, and logins. */
export interface ControlAccess {
  readonly table: AccessTable;
  login(attempt: LoginAttempt): ControlQuestions['login']['result'] | Promise<ControlQuestions['login']['result']>;
  logout(cookie: string): void;
  /** Takes the config as it is now. */
  apply(wishes: ServerConfig): void;
  /** Called when the table changed; returns what ends it. */
  onChange(listener: () => void): () => void;
}

export type Answers = {
  readonly [M in keyof ControlQuestions]: (
    params: ControlQuestions[M]['params'],
  ) => ControlQuestions[M]['result'] | Promise<ControlQuestions[M]['result']>;
};

export interface AnswersOptions {
  readonly cameras: Cameras;
  readonly edits: Edits;
  readonly probes: Probes;
  readonly searches: Searches;
  readonly examinations: Examinations;
  readonly journal: Journal;
  readonly gateways: Gateways;
  readonly access: ControlAccess;
}

export function answersOf(options: AnswersOptions): Answers {
  const { cameras, edits, probes, searches, examinations, journal, gateways, access } = options;
  const shown = (id: string): CameraInfo => existing(cameras, id).info();
  return {
    createCamera: async (params) => shown(await edits.create(params)),
    changeCamera: async (params) => shown(await edits.change(params)),
    removeCamera: async (params) => {
      await edits.remove(params);
      return null;
    },
    openProbe: ({ draft }) => {
      const like = draft.like === undefined ? null : existing(cameras, draft.like);
      const probed = probeOf(draft, like?.config ?? null);
      // The very address that a person wrote into the file may be opened as that camera is.
      const isWritten = like?.guarded === false && like.config.source.target === probed.source.target;
      return { uid: probes.open({ ...probed, guarded: !isWritten }) };
    },
    closeProbe: ({ uid }) => {
      probes.close(uid);
      return null;
    },
    startSearch: (wish) => searches.start(wish),
    endSearch: async () => {
      await searches.end();
      return null;
    },
    openExamination: ({ id }) => ({ run: examinations.open(existing(cameras, id)) }),
    readExamination: ({ run, known }) => examinations.read(run, known),
    closeExamination: ({ run }) => {
      examinations.close(run);
      return null;
    },
    journal: ({ uid, limit }) => ({ lines: journal.read(uid, limit) }),
    devices: async () => ({ devices: await listDevices() }),
    viewers: async ({ uid }) => ({ viewers: await gateways.viewers(uid) }),
    login: (attempt) => access.login(attempt),
    logout: ({ cookie }) => {
      access.logout(cookie);
      return null;
    },
  };
}

function existing(cameras: Cameras, id: string): NonNullable<ReturnType<Cameras['byId']>> {
  const record = cameras.byId(id);
  if (record === undefined) throw new SightlineError('not-found', `There is no camera "${id}".`);
  return record;
}
