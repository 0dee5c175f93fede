// One camera in the process that opens it: source -> repaired, numbered packets -> hub. Opens while somebody reads,
// reopens with backoff, watches for silence, and says its state. Ingest and codec both mount these.

import { Backoff } from '../base/backoff.ts';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { Hub } from '../base/hub.ts';
import type { HubTraits, Reader, ReaderOptions } from '../base/hub.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { OriginReport } from '../link/types.ts';
import type { Inlet, Packet, Source, SourceSink, SourceUnit, StreamState, Track } from '../media/types.ts';
import type { Problem } from '../base/errors.ts';
import { CameraState } from './camera-state.ts';
import { Pace, SILENCE_LIMIT_US } from './pace.ts';
import { beginlessProblem, stalledProblem } from './problems.ts';
import { RateMeter } from './rate-meter.ts';
import { RetryPause } from './retry-pause.ts';
import { Sequencer } from './sequencer.ts';
import { Silence } from './silence.ts';

/** A session that has given no picture for this long is explained in the state, and goes on. */
const FIRST_PICTURE_US = 7_000_000;
const WATCH_INTERVAL_MS = 500;
/** A session that was live for so long begins the backoff anew. */
const STEADY_US = 5_000_000;
/** How long the source stays open after the last reader. */
export const GRACE_MS = 10_000;
/** Bounds of the group kept for new readers. */
const KEEP = { maxBytes: 8 * 1024 * 1024, maxAgeMs: 10_000 };

/** A packet that a consumer took is never released: its memory is the collector's. */
const PACKETS: HubTraits<Packet> = {
  bytes: (packet) => packet.data.length,
  startsGroup: (packet) => packet.key,
  retain: (packet) => packet.memory?.retain(),
  release: (packet) => packet.memory?.release(),
};

export interface CameraOptions {
  readonly spec: CameraSpec;
  readonly source: Source;
  /** Called at each change of state, of tracks or of size. */
  readonly onChange: (camera: CaptureCamera) => void;
  readonly graceMs?: number;
}

/** Opens one camera for all of its readers. */
export class CaptureCamera {
  readonly hub: Hub<Packet>;
  readonly #source: Source;
  readonly #sequencer: Sequencer;
  readonly #rate = new RateMeter();
  readonly #pace: Pace | null;
  readonly #backoff = new Backoff();
  readonly #retry = new RetryPause();
  readonly #quirks = new Map<string, number>();
  readonly #state: CameraState;
  #tracks: readonly Track[] = [];
  #sessions = 0;
  #restarts = 0;
  #silence = new Silence();
  #release: (() => void) | null = null;
  #spec: CameraSpec;
  #closed = false;

  constructor(options: CameraOptions) {
    this.#spec = options.spec;
    this.#source = options.source;
    this.#state = new CameraState(() => options.onChange(this));
    this.#pace = options.source.inlet === undefined ? null : new Pace();
    this.#sequencer = new Sequencer(options.spec);
    this.hub = new Hub<Packet>({
      name: `${options.spec.id}/main`,
      traits: PACKETS,
      graceMs: options.graceMs ?? GRACE_MS,
      keep: KEEP,
      open: (signal) => Promise.resolve(this.#begin(signal)),
    });
    this.#hold();
  }

  /** What is wished of it now. */
  get spec(): CameraSpec {
    return this.#spec;
  }

  /** Takes wishes that the session need not be opened anew for: id, always, whom it may dial. */
  update(spec: CameraSpec): void {
    this.#spec = spec;
    this.#hold();
  }

  get state(): StreamState {
    return this.#state.now;
  }

  /** Where its pictures are handed in; null for a camera that is asked for them. */
  get inlet(): Inlet | null {
    return this.#source.inlet ?? null;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  get epoch(): number {
    return this.#sequencer.epoch;
  }

  /** Newest sequence given to a packet. */
  get sequence(): number {
    return this.#sequencer.sequence;
  }

  /** Calls `listener` after each change of state or tracks, and when it is being closed; returns its removal. */
  listen(listener: () => void): () => void {
    return this.#state.listen(listener);
  }

  /** Adds a reader. One that comes while the camera waits for its next try brings that try forward. */
  attach(options: ReaderOptions): Reader<Packet> {
    const reader = this.hub.attach(options);
    this.#retry.hurry();
    return reader;
  }

  report(): OriginReport {
    const stamp = this.#sequencer.lastStamp;
    const rate = this.#rate.read(nowUs());
    const live = this.state.state === 'live';
    return {
      uid: this.spec.uid,
      ...this.state,
      tracks: this.#tracks.map((track) => ({ ...track, config: null })),
      epoch: this.epoch,
      sequence: this.sequence,
      clock: stamp?.clock ?? null,
      uncertaintyUs: stamp?.uncertaintyUs ?? null,
      fps: live ? rate.fps : 0,
      bitrate: live ? rate.bitrate : 0,
      restarts: this.#restarts,
      sessions: this.#sessions,
      packetsIn: this.#sequencer.units,
      quirks: Object.fromEntries(this.#quirks),
      login: this.#source.login ?? null,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#state.tellListeners();
    this.#release?.();
    this.#release = null;
    await this.hub.close(new SightlineError('stream-moved', `${this.spec.id} is being closed here`));
  }

  /** Keeps the camera open although nobody reads, or no longer. One that is sent its pictures always is. */
  #hold(): void {
    if (this.#spec.always || this.inlet) this.#release ??= this.hub.hold();
    else {
      this.#release?.();
      this.#release = null;
    }
  }

  #begin(signal: AbortSignal): () => Promise<void> {
    const stopped = this.#keepOpen(signal);
    return async () => {
      await stopped;
      this.#tracks = [];
      this.#state.set('idle', null);
    };
  }

  async #keepOpen(signal: AbortSignal): Promise<void> {
    this.#backoff.reset();
    this.#state.set('opening', null);
    for (;;) {
      const problem = await this.#session(signal);
      if (signal.aborted) return;
      this.#restarts++;
      if (this.#wasSteady()) this.#backoff.reset();
      this.hub.forget();
      const stalled = problem.code === 'camera-stalled';
      this.#state.set(stalled ? 'stalled' : 'failed', problem);
      const refused = problem.code === 'camera-unauthorized';
      const delayMs = this.#backoff.nextMs({ watched: this.hub.readerCount > 0, refused });
      await this.#retry.wait(delayMs, { signal, mayHurry: !refused });
      if (isOver(signal)) return;
    }
  }

  /** True when the session that ended had been live for a while: one that only flashed up is backed off from. */
  #wasSteady(): boolean {
    return this.state.state === 'live' && nowUs() - this.state.sinceUs > STEADY_US;
  }

  /** Runs one session to its end and says why it ended. */
  async #session(outer: AbortSignal): Promise<Problem> {
    // One plain signal: sources ask it for each packet, and a composed one is slow to answer.
    const session = new AbortController();
    const abort = () => session.abort();
    outer.addEventListener('abort', abort, { once: true });
    if (outer.aborted) abort();
    const silence = (this.#silence = new Silence());
    const { inlet } = this;
    const look = () => (inlet ? this.#watchInlet(inlet, silence) : this.#watchSilence(session, silence));
    const watch = setInterval(look, WATCH_INTERVAL_MS);
    let ended = false;
    const sink: SourceSink = {
      begin: (tracks) => ended || this.#beginEpoch(tracks),
      unit: (unit) => ended || this.#takeUnit(unit),
      quirk: (name) => this.#countQuirk(name),
    };
    try {
      await this.#source.run(sink, session.signal);
      if (session.signal.aborted) return stalledProblem(this.spec.id);
      return new SightlineError('camera-closed', `${this.spec.id} ended the stream`).toProblem();
    } catch (error) {
      return SightlineError.from(error, 'camera-protocol').toProblem();
    } finally {
      ended = true;
      outer.removeEventListener('abort', abort);
      clearInterval(watch);
      this.#sessions = 0;
    }
  }

  #watchSilence(session: AbortController, silence: Silence): void {
    const silentUs = silence.look();
    if (silence.isBroken) {
      if (silentUs > SILENCE_LIMIT_US) session.abort();
    } else if (this.state.state === 'opening' && silentUs > FIRST_PICTURE_US) {
      this.#state.set('opening', beginlessProblem(this.spec.id));
    }
  }

  /** Who is sent pictures cannot ask for one: the session goes on, and the state says since when nothing came. */
  #watchInlet(inlet: Inlet, { sinceUs }: Silence): void {
    if (nowUs() - sinceUs <= (this.#pace?.patienceUs ?? SILENCE_LIMIT_US)) return;
    this.hub.forget();
    this.#state.set('stalled', inlet.silence(sinceUs));
  }

  #beginEpoch(tracks: readonly Track[]): void {
    this.#tracks = tracks;
    this.#sessions = this.inlet ? 0 : 1;
    this.#sequencer.beginEpoch();
    this.hub.forget();
    this.#state.changed();
  }

  #takeUnit(unit: SourceUnit): void {
    const arrivedUs = nowUs();
    this.#silence.note(arrivedUs);
    const packet = this.#sequencer.number(unit);
    if (packet) {
      this.#rate.add({ atUs: arrivedUs, dtsUs: packet.dtsUs, bytes: unit.data.length });
      this.#pace?.note(arrivedUs);
      const patienceMs = this.#pace?.patienceMs;
      if (this.state.state !== 'live' || this.state.patienceMs !== patienceMs) {
        this.#state.set('live', null, patienceMs);
      }
      this.hub.publish(packet);
    }
    unit.memory?.release();
  }

  #countQuirk(name: string): void {
    const count = this.#quirks.get(name);
    if (count !== undefined || this.#quirks.size < 64) this.#quirks.set(name, (count ?? 0) + 1);
  }
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
