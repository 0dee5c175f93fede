// Examinations of cameras that this page has asked for: one a camera, its steps as they come. The server ends one whose
// answer is given up.

import { signal } from '@preact/signals';
import type {
  ExaminationEnd,
  ExaminationLine,
  ExaminationStep,
} from '../../../src/gateway/api/contract-examination.ts';
import { ApiError, ask, type Camera, type ProblemDocument } from '../api.ts';

export interface Examining {
  readonly steps: readonly ExaminationStep[];
  /** Null while it runs, or when it ended too early. */
  readonly end: ExaminationEnd | null;
  readonly running: boolean;
  /** Why the server did not begin, or could not be heard any more. */
  readonly failure: ApiError | null;
}

const BEGUN: Examining = { steps: [], end: null, running: true, failure: null };

/** By uid of the camera. */
export const examinations = signal<ReadonlyMap<string, Examining>>(new Map());
const running = new Map<string, AbortController>();

/** Begins, in place of what was found before; one that runs goes on. */
export function findOutWhy({ id, uid }: Camera): void {
  if (running.has(uid)) return;
  const stop = new AbortController();
  running.set(uid, stop);
  set(uid, BEGUN);
  void follow(id, uid, stop.signal).then(() => {
    running.delete(uid);
    change(uid, { running: false });
  });
}

/** Ends it if it runs; what was found stays. */
export function stopExamining(uid: string): void {
  running.get(uid)?.abort();
}

async function follow(id: string, uid: string, signal: AbortSignal): Promise<void> {
  try {
    const response = await ask(`/api/cameras/${encodeURIComponent(id)}/doctor`, { method: 'POST', signal });
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    for await (const line of linesOf(response)) {
      const said = JSON.parse(line) as ExaminationLine;
      if ('step' in said) change(uid, { steps: [...(examinations.value.get(uid)?.steps ?? []), said] });
      else change(uid, { end: said });
    }
  } catch (error) {
    if (signal.aborted) return;
    change(uid, { failure: error instanceof ApiError ? error : new ApiError(0, {}, error) });
  }
}

async function problemOf(response: Response): Promise<Partial<ProblemDocument>> {
  try {
    return (await response.json()) as Partial<ProblemDocument>;
  } catch {
    return {};
  }
}

async function* linesOf({ body }: Response): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}

function change(uid: string, changes: Partial<Examining>): void {
  set(uid, { ...(examinations.value.get(uid) ?? BEGUN), ...changes });
}

function set(uid: string, now: Examining): void {
  examinations.value = new Map(examinations.value).set(uid, now);
}
