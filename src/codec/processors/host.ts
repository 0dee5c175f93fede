// One processor of one camera, from its wish to its stream: which version of it runs, which is to take its place, what
// became of the last failure. Frames come from the camera's frame hub, what it shows goes into a hub of its own.
//
//   frames of the camera --due--> held (the newest only) --> version (thread) --> pictures hub, events, report

import { Backoff } from '../../base/backoff.ts';
import { SightlineError } from '../../base/errors.ts';
import type { Hub } from '../../base/hub.ts';
import type { ProcessorSpec } from '../../config/camera.ts';
import type { ProcessorReport } from '../../link/processors.ts';
import type { Frame } from '../ffmpeg/frame.ts';
import type { StreamStatus } from '../stream-status.ts';
import { ProcessorFacts } from './facts.ts';
import { FrameInlet } from './frame-inlet.ts';
import { describeFault, offProblem, processorProblem } from './problems.ts';
import type { WorkerEvent, WorkerFault } from './protocol.ts';
import { Showing, createPictureHub } from './showing.ts';
import { SourceWatch } from './source-watch.ts';
import type { Done, Loaded } from './thread.ts';
import { Version } from './version.ts';

/** What its code is told of the camera; id and name may change. */
export interface HostCamera {
  readonly uid: string;
  readonly id: string;
  readonly name: string;
}

export interface HostOptions {
  readonly camera: HostCamera;
  readonly spec: ProcessorSpec;
  /** The camera's decoded pictures: reading them keeps it open. */
  readonly frames: Hub<Frame>;
  /** What viewers of the processor's stream are told. */
  readonly status: StreamStatus;
  /** Something of the report changed that is not a count. */
  readonly onChange: () => void;
  /** The frame is valid inside the call only. */
  readonly onEvents: (events: readonly WorkerEvent[], frame: Frame) => void;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
}

/** Failures of these steps come again until somebody saves another version. */
const LASTING: ReadonlySet<WorkerFault['step']> = new Set(['load', 'options', 'setup']);

export class ProcessorHost {
  /** Its pictures as a stream; reading them is what 'watched' means. */
  readonly pictures = createPictureHub(() => this.#decide());
  readonly #options: HostOptions;
  readonly #inlet: FrameInlet;
  readonly #facts: ProcessorFacts;
  readonly #showing = new Showing();
  readonly #watch: SourceWatch;
  readonly #backoff = new Backoff();
  #spec: ProcessorSpec;
  #camera: HostCamera;
  /** The newest frame whose result was given. */
  #doneSequence = -1;
  #running: Version | null = null;
  #next: Version | null = null;
  #retry: NodeJS.Timeout | null = null;
  #ending: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#spec = options.spec;
    this.#camera = options.camera;
    this.#facts = new ProcessorFacts(options.onChange);
    this.#inlet = new FrameInlet(options.frames, () => this.#feed());
    this.#watch = new SourceWatch(() => this.#saved());
    this.#follow(options.spec);
  }

  get name(): string {
    return this.#spec.name;
  }

  get uid(): string {
    return this.#camera.uid;
  }

  report(): ProcessorReport {
    const { taken, skipped } = this.#inlet;
    return this.#facts.report({ uid: this.uid, name: this.name, shows: this.#showing.kind, in: taken, skipped });
  }

  /** Takes new wishes; what did not change goes on. */
  update(camera: HostCamera, spec: ProcessorSpec): void {
    const before = this.#spec;
    const cameraBefore = this.#camera;
    this.#spec = spec;
    this.#camera = camera;
    const sameCode =
      JSON.stringify([before.module, before.timeoutMs, before.memoryMb, cameraBefore.id, cameraBefore.name]) ===
      JSON.stringify([spec.module, spec.timeoutMs, spec.memoryMb, camera.id, camera.name]);
    const sameOptions = JSON.stringify(before.options) === JSON.stringify(spec.options);
    if (before.enabled !== spec.enabled) this.#follow(spec);
    else if (!sameCode) this.#follow(spec);
    else if (!sameOptions) this.#takeOptions(spec.options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    this.#clearRetry();
    this.#inlet.close();
    await this.pictures.close(new SightlineError('stopping', 'The processor is ending.'));
    this.#endAll();
    await this.#ending;
    this.#showing.close();
  }

  #follow(spec: ProcessorSpec): void {
    this.#backoff.reset();
    this.#facts.setProblem(null);
    if (!spec.enabled) {
      this.#clearRetry();
      this.#endAll();
      this.#inlet.close();
      this.#facts.enter('off');
      this.#options.status.setProblem('decode', offProblem(spec.name));
      return;
    }
    this.#watchFiles([]);
    this.#startNext();
  }

  #takeOptions(options: Loaded['options']): void {
    if (!this.#spec.enabled) return;
    if (this.#next !== null || this.#running === null) this.#startNext();
    else this.#running.options(options);
  }

  /** One of its files is another one now. */
  #saved(): void {
    if (this.#closed || !this.#spec.enabled) return;
    this.#backoff.reset();
    this.#options.log('info', 'its files changed: the new version is tried');
    this.#startNext();
  }

  /** Loads a version beside the one that runs, if one does. */
  #startNext(): void {
    if (this.#closed) return;
    this.#clearRetry();
    if (this.#next !== null) this.#end(this.#next);
    const { name, module, options, timeoutMs, memoryMb } = this.#spec;
    const { id, name: called } = this.#camera;
    const start = { name, module, options, camera: { id, name: called } };
    this.#next = new Version(start, { timeoutMs, memoryMb }, this.#listener);
    if (this.#running === null) this.#facts.enter('starting');
  }

  readonly #listener = {
    loaded: (version: Version, loaded: Loaded): void => {
      this.#watchFiles(loaded.files, version.startedMs);
      // Until it takes over, neither version waits for the other's pace.
      this.#inlet.fps = Math.max(loaded.input.fps, this.#running?.loaded?.input.fps ?? 0);
      if (this.#running === null) this.#facts.takeVersion(loaded);
      this.#decide();
    },
    done: (version: Version, done: Done, frame: Frame): void => this.#take(version, done, frame),
    updated: (version: Version, options: Loaded['options']): void => {
      if (version !== this.#running) return;
      this.#facts.takeOptions(options);
      this.#facts.setProblem(null);
    },
    fault: (version: Version, fault: WorkerFault): void => this.#fail(version, fault),
    log: (level: 'debug' | 'info' | 'warn' | 'error', text: string): void => this.#options.log(level, text),
    idle: (): void => this.#feed(),
  };

  /** Whether frames are wanted now. */
  #decide(): void {
    if (this.#closed || this.#facts.loaded === null || !this.#spec.enabled) return;
    const isWanted = this.#facts.loaded.runs === 'always' || this.pictures.readerCount > 0;
    if (isWanted) {
      if (this.#running === null && this.#next === null && this.#retry === null && this.#facts.state !== 'failed') {
        this.#startNext();
      }
      this.#inlet.open();
      return;
    }
    this.#inlet.close();
    if (this.#facts.state === 'failed') return;
    this.#endAll();
    this.#facts.enter('resting');
  }

  /** Offers the held frame to who is free for it. */
  #feed(): void {
    const frame = this.#inlet.held;
    if (frame === null) return;
    const watched = this.pictures.readerCount > 0;
    const first = this.#next?.isFree === true && this.#next.offer(frame, watched);
    const taken = this.#running?.isFree === true && this.#running.offer(frame, watched);
    if (taken || (first && this.#running === null)) this.#inlet.letGo();
  }

  #take(version: Version, done: Done, frame: Frame): void {
    if (version === this.#next) this.#swap(version, frame);
    if (version !== this.#running) return;
    this.#facts.enter('running');
    this.#options.status.setProblem('decode', null);
    // The version before was quicker with the first frame of this one.
    if (frame.sequence <= this.#doneSequence) return;
    this.#doneSequence = frame.sequence;
    this.#facts.takeDone(done);
    this.#show(version, done, frame);
    if (done.events.length > 0) this.#options.onEvents(done.events, frame);
  }

  #show(version: Version, done: Done, frame: Frame): void {
    try {
      using shown = this.#showing.show(done, frame, this.pictures.readerCount > 0);
      if (shown === null) return;
      this.#options.status.width = shown.width;
      this.pictures.publish(shown);
    } catch (error) {
      const { message } = SightlineError.from(error, 'decode-failed');
      this.#fail(version, { step: 'process', message, file: null, line: null });
    }
  }

  /** The new version has done its first frame: the old one goes. */
  #swap(version: Version, frame: Frame): void {
    const old = this.#running;
    if (this.#inlet.held === frame) this.#inlet.letGo();
    this.#running = version;
    this.#next = null;
    this.#inlet.fps = version.loaded!.input.fps;
    this.#facts.takeVersion(version.loaded!);
    if (old !== null) {
      this.#facts.reloads++;
      this.#end(old);
      this.#options.log('info', 'the new version runs');
    }
    this.#facts.setProblem(null);
    // It may want to rest while nobody watches.
    this.#decide();
  }

  #fail(version: Version, fault: WorkerFault): void {
    const isLive = version === this.#running;
    if (!isLive && version !== this.#next) return;
    if (fault.files !== undefined && fault.files.length > 0) this.#watchFiles(fault.files, version.startedMs);
    const text = describeFault(this.name, fault);
    this.#options.log('warn', text);
    if (fault.step === 'options' || fault.step === 'update') {
      if (isLive) {
        this.#facts.setProblem(processorProblem(`${text}; the options before are still in force`));
        return;
      }
    }
    this.#end(version);
    if (isLive) this.#running = null;
    else this.#next = null;
    if (this.#running !== null) {
      this.#inlet.fps = this.#running.loaded!.input.fps;
      this.#facts.setProblem(processorProblem(`${text}; the version before still runs`));
      return;
    }
    this.#inlet.letGo();
    this.#facts.setProblem(processorProblem(text));
    this.#facts.enter('failed');
    this.#options.status.setProblem('decode', this.#facts.problem);
    const isLasting = LASTING.has(fault.step) && fault.late !== true && !isLive;
    if (this.#next !== null || isLasting) return;
    this.#facts.restarts++;
    const waitMs = Math.max(this.#backoff.nextMs({ watched: this.pictures.readerCount > 0 }), 250);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#startNext();
    }, waitMs);
  }

  #watchFiles(files: readonly string[], sinceMs = Infinity): void {
    const { module } = this.#spec;
    if (module.kind === 'builtin') return;
    void this.#watch.follow([...new Set([module.path, ...files])], sinceMs);
  }

  #endAll(): void {
    for (const version of [this.#running, this.#next]) if (version !== null) this.#end(version);
    this.#running = null;
    this.#next = null;
  }

  #end(version: Version): void {
    this.#ending = Promise.all([this.#ending, version.end()]);
  }

  #clearRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }
}
