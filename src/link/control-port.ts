// Control as a gateway reaches it, in the same process or from a worker over its control lane: what it shows
// (ControlView), the table of who may ask what, and what it does when it is asked. All of it is plain data.

import type { CameraValues } from '../config/store-types.ts';
import type { AccessTable } from './access.ts';
import type { CameraInfo, ControlView } from './control-view.ts';
import type { SearchInfo, SearchWish } from './found.ts';
import type { ExaminationNews } from './examination.ts';
import type { EventView } from './kept-events.ts';
import type { GatewayReport, ViewerInfo } from './gateway-report.ts';

export type { GatewayReport, RequestCount, ViewerCount, ViewerInfo } from './gateway-report.ts';

/** A camera that somebody wants to add. Values are taken as they are: `${NAME}` is no reference here. */
export interface CameraDraft {
  /** Made from the name, or camera1, camera2, …, when absent. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly source: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly always?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  readonly tlsVerify?: boolean | undefined;
}

/** Changes of one camera (JSON Merge Patch, RFC 7396): absent stays, null goes back to the default. */
export interface CameraChange extends CameraValues {
  /** A new id: the camera is renamed and keeps its uid. */
  readonly id?: string | undefined;
}

/** What somebody wants to look at before saving it. With `like`, stored secrets of that camera serve, at its own host. */
export interface ProbeDraft extends Omit<CameraDraft, 'id' | 'name' | 'always' | 'enabled'> {
  readonly like?: string | undefined;
}

/** One line of what happened. */
export interface JournalLine {
  /** Unix time, microseconds: lines of earlier runs are among them. */
  readonly atUs: number;
  readonly level: 'info' | 'warn' | 'error';
  /** Of the camera that it is about; null: the server itself. */
  readonly uid: string | null;
  readonly camera: string | null;
  readonly text: string;
  readonly code: string | null;
}

/** A login: who says so, and from where (for the limit on tries). */
export interface LoginAttempt {
  readonly address: string;
  readonly credential:
    | { readonly kind: 'key'; readonly key: string }
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'user'; readonly name: string; readonly password: string };
}

/** What control does when a gateway asks. Each may reject with a SightlineError. */
export interface ControlQuestions {
  /** Adds a camera to the config file. `taken`, `source-invalid`, `source-forbidden`, `config-fixed`, `config-unwritable`. */
  createCamera: { params: { readonly draft: CameraDraft }; result: CameraInfo };
  /** `revision-mismatch` when `ifMatch` is not the camera's revision, after reading what a person wrote meanwhile. */
  changeCamera: {
    params: { readonly id: string; readonly change: CameraChange; readonly ifMatch: string | null };
    result: CameraInfo;
  };
  removeCamera: { params: { readonly id: string; readonly ifMatch: string | null }; result: null };
  /** Makes a camera that no list shows, for at most 30 s: its uid can be subscribed to and `byUid` shows it. */
  openProbe: { params: { readonly draft: ProbeDraft }; result: { readonly uid: string } };
  closeProbe: { params: { readonly uid: string }; result: null };
  /** Looks for cameras. `search-running` while somebody's search runs already. */
  startSearch: { params: SearchWish; result: SearchInfo };
  /** Ends the search, if one runs, and forgets what was found. */
  endSearch: { params: null; result: null };
  /** Begins to examine a camera, with its stored secrets; one examination of each at a time. `too-many-attempts`. */
  openExamination: { params: { readonly id: string }; result: { readonly run: string } };
  /** What came after the first `known` steps, as soon as there is any; nothing after ten seconds without. */
  readExamination: { params: { readonly run: string; readonly known: number }; result: ExaminationNews };
  /** Ends it if it runs. */
  closeExamination: { params: { readonly run: string }; result: null };
  /** The newest lines first; of one camera, or of everything. */
  journal: {
    params: { readonly uid: string | null; readonly limit: number };
    result: { readonly lines: readonly JournalLine[] };
  };
  devices: { params: null; result: { readonly devices: readonly { readonly path: string; readonly name: string }[] } };
  /** Viewers of one camera at all gateways. */
  viewers: { params: { readonly uid: string }; result: { readonly viewers: readonly ViewerInfo[] } };
  /** A new session: the cookie's value and how long it holds. `unauthorized`, `too-many-attempts`. */
  login: { params: LoginAttempt; result: { readonly cookie: string; readonly maxAgeSeconds: number } };
  /** Ends the session of this cookie. */
  logout: { params: { readonly cookie: string }; result: null };
}

export interface ControlPort extends ControlView {
  access(): AccessTable;
  /** What processors found. */
  readonly events: EventView;
  ask<M extends keyof ControlQuestions>(
    method: M,
    params: ControlQuestions[M]['params'],
  ): Promise<ControlQuestions[M]['result']>;
  /** Tells what this gateway serves: at each change of a count of viewers, and each second. */
  report(report: GatewayReport): void;
  /** Called soon after anything shown, or the access table, changed; several changes of one tick are one call. */
  onChange(listener: () => void): () => void;
}
