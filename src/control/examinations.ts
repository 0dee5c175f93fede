// Examinations of cameras that somebody follows through the API: begun with the camera's stored secrets, read step by
// step, ended when nobody reads any more. How a camera is examined is handed in.

import { setTimeout as sleep } from 'node:timers/promises';
import type { DialRules } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { uuidV7 } from '../base/uuid.ts';
import type { Examination, ExaminationNews, Examine, StepReport } from '../link/examination.ts';
import type { CameraRecord } from './registry.ts';

/** A reader asks again at once; one that has not for so long is gone. */
const UNREAD_MS = 15_000;
const WAIT_MS = 10_000;
const MOST_AT_ONCE = 4;

export interface ExaminationsOptions {
  readonly examine: Examine;
  /** For sources that came through the API. */
  readonly rules: () => DialRules;
}

export class Examinations {
  readonly #options: ExaminationsOptions;
  readonly #runs = new Map<string, Run>();

  constructor(options: ExaminationsOptions) {
    this.#options = options;
  }

  /** Begins; the name to read it by. Throws `too-many-attempts`. */
  open(record: CameraRecord): string {
    const running = [...this.#runs.values()].filter(({ isOver }) => !isOver);
    if (running.some(({ uid }) => uid === record.uid)) {
      throw new SightlineError('too-many-attempts', `${record.id} is being examined already.`, {
        hint: 'Wait until that has ended.',
      });
    }
    if (running.length >= MOST_AT_ONCE) {
      throw new SightlineError('too-many-attempts', `${MOST_AT_ONCE} cameras are being examined already.`, {
        hint: 'Wait until one of them has ended.',
      });
    }
    const name = uuidV7();
    const { source } = record;
    const { tlsVerify } = record.config;
    const rules = (): DialRules | null => (record.guarded ? this.#options.rules() : null);
    const digestOnly = record.login === 'digest';
    const patient = { uid: record.uid, source, tlsVerify, digestOnly, rules };
    this.#runs.set(
      name,
      new Run(
        patient.uid,
        (options) => this.#options.examine(patient, options),
        () => this.close(name),
      ),
    );
    return name;
  }

  /** Throws `not-found` for one that was closed, or told to its end. */
  async read(name: string, known: number): Promise<ExaminationNews> {
    const run = this.#runs.get(name);
    if (run === undefined) throw new SightlineError('not-found', 'There is no such examination.');
    try {
      const news = await run.read(known);
      if (news.examination !== null) this.close(name);
      return news;
    } catch (error) {
      this.close(name);
      throw error;
    }
  }

  /** Closing twice is harmless. */
  close(name: string): void {
    this.#runs.get(name)?.close();
    this.#runs.delete(name);
  }

  /** Ends all; resolves when none uses anything any more. */
  async stop(): Promise<void> {
    const runs = [...this.#runs.values()];
    for (const name of [...this.#runs.keys()]) this.close(name);
    await Promise.all(runs.map(({ ended }) => ended));
  }
}

class Run {
  readonly uid: string;
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  readonly #steps: StepReport[] = [];
  readonly #onUnread: () => void;
  #examination: Examination | null = null;
  #failure: SightlineError | null = null;
  #news = Promise.withResolvers<undefined>();
  #unread: NodeJS.Timeout;

  constructor(uid: string, begin: (options: Parameters<Examine>[1]) => Promise<Examination>, onUnread: () => void) {
    this.uid = uid;
    this.#onUnread = onUnread;
    this.#unread = setTimeout(onUnread, UNREAD_MS);
    const onStep = (report: StepReport): void => {
      this.#steps.push(report);
      this.#tell();
    };
    this.ended = begin({ signal: this.#stop.signal, onStep }).then(
      (examination) => {
        this.#examination = examination;
        this.#tell();
      },
      (error: unknown) => {
        this.#failure = SightlineError.from(error);
        this.#tell();
      },
    );
  }

  get isOver(): boolean {
    return this.#examination !== null || this.#failure !== null;
  }

  async read(known: number): Promise<ExaminationNews> {
    clearTimeout(this.#unread);
    if (this.#steps.length <= known && !this.isOver) {
      await Promise.race([this.#news.promise, sleep(WAIT_MS, undefined, { ref: false })]);
    }
    if (this.#failure !== null) throw this.#failure;
    if (!this.#stop.signal.aborted) this.#unread = setTimeout(this.#onUnread, UNREAD_MS);
    return { steps: this.#steps.slice(known), examination: this.#examination };
  }

  close(): void {
    clearTimeout(this.#unread);
    this.#stop.abort();
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve(undefined);
    this.#news = Promise.withResolvers<undefined>();
  }
}
