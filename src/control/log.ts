// What a person would want to read later: a camera changed its state or its config, a process died. Each goes to the
// log and, in plain words, to the journal. Never a secret: only masked addresses and problems come here.

import type { JournalLine } from '../link/control-port.ts';
import type { ConfigInfo } from '../link/control-view.ts';
import type { ProcessorReport } from '../link/processors.ts';
import type { StreamState } from '../media/types.ts';
import type { CameraNews } from './cameras.ts';
import type { Sentence } from './crash-ledger.ts';
import type { CameraRecord } from './registry.ts';
import type { Supervised } from './supervised.ts';

type Line = (fields: object, message: string) => void;

/** The part of pino that control uses. */
export interface Log {
  readonly debug: Line;
  readonly info: Line;
  readonly warn: Line;
  readonly error: Line;
}

/** A line for the journal. */
export interface Note {
  readonly level: JournalLine['level'];
  /** The camera that it is about; null: the server itself. */
  readonly about: { readonly uid: string; readonly id: string } | null;
  readonly text: string;
  readonly code: string | null;
}

/** The two that are kept. */
export interface Books {
  readonly log: Log;
  readonly journal: { note(note: Note): void };
}

const SENTENCES: Readonly<Record<StreamState['state'], string>> = {
  idle: 'camera is closed: nobody watches',
  opening: 'camera is being opened',
  live: 'camera is live',
  stalled: 'camera sends no pictures',
  failed: 'camera cannot be shown',
  disabled: 'camera is switched off',
};

/** Says that a camera's state changed, if it did; true then. Probes are only looked at, and not worth a line. */
export function tellState({ log, journal }: Books, record: CameraRecord, before: StreamState): boolean {
  const camera = record.info();
  const { state, reason } = camera.state;
  if (state === before.state && reason?.text === before.reason?.text) return false;
  if (record.isProbe) return true;
  const track = camera.origin?.tracks[0];
  const shape = state === 'live' && track ? { codec: track.codec, size: `${track.width}x${track.height}` } : null;
  const why = reason ? { code: reason.code, reason: reason.text, hint: reason.hint } : {};
  const level = state === 'failed' || state === 'stalled' ? 'warn' : 'info';
  log[level]({ camera: camera.id, ...shape, ...why }, SENTENCES[state]);
  const shown =
    shape && track && track.width > 0 ? `${SENTENCES.live}, ${shape.codec} ${shape.size}` : SENTENCES[state];
  const text = reason ? `${shown}: ${reason.text}` : shown;
  journal.note({ level, about: record, text, code: reason?.code ?? null });
  return true;
}

export function tellDeath(
  { log, journal }: Books,
  child: Supervised,
  { reason, expected }: { readonly reason: string; readonly expected: boolean },
): void {
  const fields = { process: child.title, pid: child.pid, reason };
  if (expected) {
    log.debug(fields, 'process ended');
    return;
  }
  log.error(fields, 'process died and is being replaced');
  const text = `process ${child.title} died and is being replaced: it ${reason}`;
  journal.note({ level: 'error', about: null, text, code: null });
}

/** A camera was at work when its process died, not for the first time. */
export function tellBlame({ log, journal }: Books, record: CameraRecord, sentence: Sentence): void {
  log.warn({ camera: record.id, sentence }, 'its decoding ended a process again');
  const what = sentence === 'quarantined' ? 'it is not decoded any more' : 'it gets a process of its own';
  const text = `decoding it ended its process again: ${what}`;
  const code = sentence === 'quarantined' ? 'quarantined' : null;
  journal.note({ level: 'warn', about: record, text, code });
}

/** A processor began, or what is wrong with it changed. What codec logs of it itself is not logged again. */
export function tellProcessor(
  { journal }: Books,
  record: CameraRecord,
  { before, report }: { readonly before: ProcessorReport | undefined; readonly report: ProcessorReport },
): void {
  const { name, problem, reloads } = report;
  const note = (level: JournalLine['level'], text: string): void => {
    journal.note({ level, about: record, text, code: level === 'info' ? null : (problem?.code ?? null) });
  };
  if (problem !== null && problem.text !== before?.problem?.text) note('warn', problem.text);
  else if (problem === null && before?.problem) note('info', `processor ${name} is in order again`);
  else if (before !== undefined && reloads > before.reloads) note('info', `processor ${name} runs in a new version`);
}

const NEWS: Readonly<Record<CameraNews['kind'], string>> = {
  added: 'camera was added',
  changed: "camera's config was changed",
  renamed: 'camera was renamed',
  removed: 'camera was removed',
};

/** Who changed the config. */
export type Author = 'API' | 'config file';

export function tellNews({ log, journal }: Books, news: CameraNews, author: Author): void {
  const { kind, record, before } = news;
  const was = kind === 'renamed' ? { was: before } : {};
  log.info({ camera: record.id, ...was, by: author }, NEWS[kind]);
  const from = kind === 'renamed' ? ` from ${before} to ${record.id}` : '';
  const off = kind !== 'removed' && !record.config.enabled ? '; it is switched off' : '';
  journal.note({ level: 'info', about: record, text: `${NEWS[kind]}${from} (${author})${off}`, code: null });
}

/** Says what is wrong with the config file, or that it is well again. */
export function tellConfig({ log, journal }: Books, now: ConfigInfo, before: ConfigInfo): void {
  const { problem, restartNeeded } = now;
  const waits = restartNeeded.join(', ');
  if (waits !== '' && waits !== before.restartNeeded.join(', ')) {
    log.warn({ keys: restartNeeded }, 'these keys of the config file wait for a restart');
    journal.note({ level: 'warn', about: null, text: `${waits} of the config file: waits for a restart`, code: null });
  }
  if (problem?.text === before.problem?.text) return;
  if (problem === null) {
    const text = 'the config file is in order again';
    log.info({ file: now.file }, text);
    journal.note({ level: 'info', about: null, text, code: null });
    return;
  }
  const { code, text: reason, hint } = problem;
  const what = 'the config file was refused, the last good one stays in force';
  log.error({ code, reason, hint }, what);
  journal.note({ level: 'error', about: null, text: `${what}: ${reason}`, code });
}
