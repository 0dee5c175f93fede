// The cameras as control knows them: wishes from the config, facts from the processes' reports. Makes the specs that
// children get, the directory that consumers get and the views that the gateway shows.

import { nowUs } from '../base/clock.ts';
import type { DialRules } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import type { CameraSpec, SourceAddress, SourceKind } from '../config/camera.ts';
import type { CameraConfig } from '../config/load.ts';
import type { CameraInfo, ProcessorInfo } from '../link/control-view.ts';
import type { CameraProcessors, ProcessorReport } from '../link/processors.ts';
import type { CodecReport, DirectoryEntry, Endpoint, OriginReport } from '../link/types.ts';
import type { Problem } from '../base/errors.ts';
import type { Login, StreamState } from '../media/types.ts';
import type { CameraIdentity, CameraMemory, PictureSize } from '../state/types.ts';
import { atHost, hostOf } from './moved-address.ts';
import type { ChildRole } from './roles.ts';
import { disabledProblem, essenceOf, quarantinedProblem, restingState, sessionOf, wishesOf } from './wishes.ts';
import type { RecordWishes } from './wishes.ts';

/** Room left above the newest number that a dead process reported: what it gave since then is not known. */
const SEQUENCE_MARGIN = 300;
const EPOCH_MARGIN = 16;

/** Sources that need no native code. */
const OF_INGEST: ReadonlySet<SourceKind> = new Set(['rtsp', 'http', 'push'] as const);

export interface RecordFacts {
  readonly uid: string;
  /** Size of its pictures as last seen. */
  readonly size: PictureSize | null;
  /** Which device it is, as far as that was learned. */
  readonly identity: CameraIdentity | null;
  /** Where size and identity are remembered. */
  readonly remember: Pick<CameraMemory, 'setSize' | 'setIdentity'>;
  /** Opened to be looked at once; no list shows it. */
  readonly isProbe: boolean;
  /** How it took the password before. Default: not known. */
  readonly login?: Login | null;
}

/** One camera: what is wished and what is known. */
export class CameraRecord {
  readonly uid: string;
  readonly isProbe: boolean;
  origin: OriginReport | null = null;
  codec: CodecReport | null = null;
  readonly #remember: RecordFacts['remember'];
  #wishes: RecordWishes;
  #quarantinedUs: number | null = null;
  #width: number;
  #height: number;
  #sequenceBase = 0;
  #epochBase = 0;
  #login: Login | null;
  #own: StreamState;
  #identity: CameraIdentity | null;
  #movedUs: number | null = null;
  readonly #processors = new Map<string, ProcessorReport>();
  /** Why a process that it needs does not start, by role. */
  readonly #missing = new Map<ChildRole, Problem>();

  constructor(wishes: RecordWishes, { uid, size, identity, remember, isProbe, login = null }: RecordFacts) {
    this.uid = uid;
    this.isProbe = isProbe;
    this.#remember = remember;
    this.#wishes = wishes;
    this.#width = size?.width ?? 0;
    this.#height = size?.height ?? 0;
    this.#own = restingState(wishes.config);
    this.#identity = identity;
    this.#login = login;
  }

  get id(): string {
    return this.#wishes.config.id;
  }

  get config(): CameraConfig {
    return this.#wishes.config;
  }

  /** Where it is opened: what the config says, at the host where the device was found since. */
  get source(): SourceAddress {
    const { source } = this.config;
    const host = this.identity?.movedTo ?? null;
    return host === null ? source : atHost(source, host);
  }

  /** Of the device at the configured address; null: never learned, or that was another address. */
  get identity(): CameraIdentity | null {
    return this.#identity?.host === hostOf(this.config.source) ? this.#identity : null;
  }

  /** This device answers where it is opened. */
  identify({ mac, codec }: Pick<CameraIdentity, 'mac' | 'codec'>): void {
    const host = hostOf(this.config.source);
    if (host === null) return;
    this.#remembered({ mac, codec, host, movedTo: this.identity?.movedTo ?? null });
  }

  /** The device is at this host now: it is opened there from the next `spec` on. */
  moveTo(host: string): void {
    const { identity } = this;
    if (identity === null) return;
    this.#remembered({ ...identity, movedTo: host === identity.host ? null : host });
    this.#movedUs = nowUs();
    this.#countOn();
    this.origin = null;
    this.codec = null;
    this.#own = { state: 'opening', sinceUs: nowUs(), reason: null };
  }

  /**
   * How it took the password, here and wherever it was found since: Digest once it did. Null: it was not asked for it
   * since it was written so, or switched on, or since this process began.
   */
  get login(): Login | null {
    return this.#login;
  }

  /** Its source came through the API. */
  get guarded(): boolean {
    return this.#wishes.guarded;
  }

  get revision(): string {
    return this.#wishes.revision;
  }

  /** Takes new wishes. `reopened`: its session is another one from now on, and what was known of the old one goes. */
  update(wishes: RecordWishes): { changed: boolean; reopened: boolean } {
    const before = this.#wishes;
    this.#wishes = wishes;
    const changed = essenceOf(before) !== essenceOf(wishes);
    const reopened = sessionOf(before) !== sessionOf(wishes);
    const switched = before.config.enabled !== wishes.config.enabled;
    if (!reopened && !switched) {
      if (!wishes.config.enabled) this.#own = { ...restingState(wishes.config), sinceUs: this.#own.sinceUs };
      return { changed, reopened };
    }
    this.#countOn();
    this.origin = null;
    this.codec = null;
    this.#login = null;
    this.#quarantinedUs = null;
    this.#missing.clear();
    if (before.config.source.target !== wishes.config.source.target) this.#width = this.#height = 0;
    this.#own = restingState(wishes.config);
    return { changed, reopened };
  }

  /** True when codec opens it: devices, files, the test card and whatever FFmpeg reads. */
  get openedByCodec(): boolean {
    return !OF_INGEST.has(this.config.source.kind);
  }

  /** Decoding it has ended its process too often: packets go on, pictures do not. */
  get quarantined(): boolean {
    return this.#quarantinedUs !== null;
  }

  quarantine(): void {
    this.#quarantinedUs ??= nowUs();
    this.codec = null;
  }

  /** True while native code is at work on it: it is suspected if its codec process dies. */
  get isNativeWork(): boolean {
    const isOpen = this.openedByCodec && this.origin !== null && this.origin.state !== 'idle';
    return isOpen || this.codec?.decoding === true;
  }

  /** Takes a report; true when the directory changes by it. */
  takeOrigin(report: OriginReport): boolean {
    // Its last words about a session that is no more.
    if (report.epoch < this.#epochBase) return false;
    const before = `${this.passthrough} ${this.#width} ${this.#height}`;
    this.origin = report;
    if (this.#login !== 'digest') this.#login = report.login ?? this.#login;
    const video = report.tracks.find((track) => track.kind === 'video');
    if (video && video.width > 0) this.#seeSize(video);
    return before !== `${this.passthrough} ${this.#width} ${this.#height}`;
  }

  /** The process that opened it is gone: numbers go on behind what it gave, and the state says why. */
  loseOrigin(): void {
    const { origin } = this;
    if (!origin) return;
    this.#countOn();
    const wasOpen = origin.state !== 'idle';
    this.origin = null;
    this.#own = {
      state: wasOpen ? 'opening' : 'idle',
      sinceUs: nowUs(),
      reason: wasOpen
        ? new SightlineError('link-closed', `the process that opens ${this.id} is being replaced`).toProblem()
        : null,
    };
  }

  /** The process of this role that it is placed on ended before it was of any use. */
  notStarted(role: ChildRole, reason: string): void {
    const text = `the ${role} process that ${this.id} needs does not start: it ${reason}`;
    this.#missing.set(role, new SightlineError('internal', text).toProblem());
    if (role === this.#originRole) this.#own = { state: 'failed', sinceUs: nowUs(), reason: this.#missing.get(role)! };
  }

  /** The process of this role is there. */
  started(role: ChildRole): void {
    if (!this.#missing.delete(role) || role !== this.#originRole) return;
    this.#own = { state: 'idle', sinceUs: nowUs(), reason: null };
  }

  get #originRole(): ChildRole {
    return this.openedByCodec ? 'codec' : 'ingest';
  }

  get passthrough(): boolean {
    const video = this.origin?.tracks.find((track) => track.kind === 'video');
    if (video) return video.codec === 'mjpeg';
    return this.config.source.kind === 'http' || this.config.source.kind === 'push';
  }

  /** `rules`: whom sources that came through the API may not dial. */
  spec(rules: DialRules): CameraSpec {
    return {
      uid: this.uid,
      id: this.id,
      address: this.source,
      always: this.config.always,
      enabled: this.config.enabled,
      tlsVerify: this.config.tlsVerify,
      sequenceBase: this.#sequenceBase,
      guard: this.#wishes.guarded ? rules : null,
      epochBase: this.#epochBase,
      digestOnly: this.#login === 'digest',
    };
  }

  entry(origin: Endpoint | null, codec: Endpoint | null): DirectoryEntry {
    return {
      uid: this.uid,
      origin,
      codec,
      passthrough: this.passthrough,
      width: this.#width,
      height: this.#height,
      problem: this.#problem(),
    };
  }

  info(): CameraInfo {
    return {
      id: this.id,
      uid: this.uid,
      revision: this.revision,
      wishes: wishesOf(this.config),
      streams: ['main', ...this.#derived()],
      processors: this.#processorInfos(),
      state: this.#state(),
      origin: this.origin,
      codec: this.codec,
      width: this.#width,
      height: this.#height,
      moved: this.#moved(),
    };
  }

  /** What its codec process is to run; null: nothing. */
  processors(): CameraProcessors | null {
    const { processors, enabled, name } = this.config;
    if (!enabled || this.quarantined || processors.length === 0) return null;
    return { uid: this.uid, id: this.id, name, processors };
  }

  /** Takes codec's word of a processor; true when more than counts changed. False also for one that is gone. */
  takeProcessor(report: ProcessorReport): boolean {
    if (!this.config.processors.some(({ name }) => name === report.name)) return false;
    const before = this.#processors.get(report.name);
    this.#processors.set(report.name, report);
    return essenceOfProcessor(before) !== essenceOfProcessor(report);
  }

  processorReport(name: string): ProcessorReport | undefined {
    return this.#processors.get(name);
  }

  /** Its codec process is gone, and what it said with it. */
  loseProcessors(): void {
    this.#processors.clear();
  }

  /** Streams that processors make: of one that is not known yet it is taken that it shows something. */
  #derived(): string[] {
    const shows = this.config.processors.filter(({ name, enabled }) => {
      return enabled && this.#processors.get(name)?.shows !== 'nothing';
    });
    return this.config.enabled ? shows.map(({ name }) => name) : [];
  }

  #processorInfos(): ProcessorInfo[] {
    return this.config.processors.map(({ name, module, enabled, options }) => {
      const use = module.kind === 'builtin' ? module.use : null;
      return { name, use, enabled, options, report: this.#processors.get(name) ?? null };
    });
  }

  #moved(): CameraInfo['moved'] {
    const { identity } = this;
    if (identity === null || identity.movedTo === null) return null;
    return { from: identity.host, to: identity.movedTo, sinceUs: this.#movedUs };
  }

  #remembered(identity: CameraIdentity): void {
    this.#identity = identity;
    this.#remember.setIdentity(this.uid, identity);
  }

  /** Numbers go on behind what was given, also behind what was not reported yet. */
  #countOn(): void {
    if (!this.origin) return;
    this.#sequenceBase = Math.max(this.#sequenceBase, this.origin.sequence) + SEQUENCE_MARGIN;
    this.#epochBase = Math.max(this.#epochBase, this.origin.epoch) + EPOCH_MARGIN;
  }

  #seeSize({ width, height }: PictureSize): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    if (!this.isProbe) this.#remember.setSize(this.uid, { width, height });
  }

  #problem() {
    if (!this.config.enabled) return disabledProblem(this.id);
    return this.quarantined ? quarantinedProblem(this.id) : null;
  }

  #state(): StreamState {
    if (this.#quarantinedUs !== null) {
      return { state: 'failed', sinceUs: this.#quarantinedUs, reason: quarantinedProblem(this.id) };
    }
    if (!this.origin || !this.config.enabled) return this.#own;
    const { state, sinceUs, reason } = this.origin;
    const codecProblem = this.codec?.problem ?? this.#missing.get('codec');
    if (state === 'live' && codecProblem) return { state, sinceUs, reason: codecProblem };
    return { state, sinceUs, reason };
  }
}

/** What a person would notice of a processor, for comparing only. */
function essenceOfProcessor(report: ProcessorReport | undefined): string {
  const { state, problem, shows, options, optionsSchema, reloads } = report ?? {};
  return JSON.stringify([state, problem?.text, shows, options, optionsSchema, reloads]);
}
