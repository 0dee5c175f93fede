// The cameras as control knows them: wishes from the config, facts from the processes' reports. Makes the specs that
// children get, the directory that consumers get and the views that the gateway shows.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { uuidV7 } from '../base/uuid.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { CameraConfig } from '../config/load.ts';
import type { CameraInfo, CameraWishes } from '../link/control-view.ts';
import type { CodecReport, DirectoryEntry, Endpoint, OriginReport } from '../link/types.ts';
import type { Problem } from '../base/errors.ts';
import type { StreamState } from '../media/types.ts';
import type { ChildRole } from './roles.ts';

/** Room left above the newest number that a dead process reported: what it gave since then is not known. */
const SEQUENCE_MARGIN = 300;
const EPOCH_MARGIN = 16;

/** One camera: what is wished and what is known. */
export class CameraRecord {
  readonly id: string;
  readonly uid = uuidV7();
  readonly revision = '1';
  readonly config: CameraConfig;
  origin: OriginReport | null = null;
  codec: CodecReport | null = null;
  #quarantinedUs: number | null = null;
  #width = 0;
  #height = 0;
  #sequenceBase = 0;
  #epochBase = 0;
  #own: StreamState;
  /** Why a process that it needs does not start, by role. */
  readonly #missing = new Map<ChildRole, Problem>();

  constructor(config: CameraConfig) {
    this.id = config.id;
    this.config = config;
    this.#own = config.enabled
      ? { state: 'idle', sinceUs: nowUs(), reason: null }
      : { state: 'disabled', sinceUs: nowUs(), reason: disabledProblem(config.id) };
  }

  /** True when codec opens it: devices, files, the test card and whatever FFmpeg reads. */
  get openedByCodec(): boolean {
    return this.config.source.kind !== 'rtsp' && this.config.source.kind !== 'http';
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
    const before = `${this.passthrough} ${this.#width} ${this.#height}`;
    this.origin = report;
    const video = report.tracks.find((track) => track.kind === 'video');
    if (video && video.width > 0) {
      this.#width = video.width;
      this.#height = video.height;
    }
    return before !== `${this.passthrough} ${this.#width} ${this.#height}`;
  }

  /** The process that opened it is gone: numbers go on behind what it gave, and the state says why. */
  loseOrigin(): void {
    const { origin } = this;
    if (!origin) return;
    this.#sequenceBase = Math.max(this.#sequenceBase, origin.sequence) + SEQUENCE_MARGIN;
    this.#epochBase = Math.max(this.#epochBase, origin.epoch) + EPOCH_MARGIN;
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
    return this.config.source.kind === 'http';
  }

  spec(): CameraSpec {
    return {
      uid: this.uid,
      id: this.id,
      address: this.config.source,
      always: this.config.always,
      enabled: this.config.enabled,
      tlsVerify: this.config.tlsVerify,
      sequenceBase: this.#sequenceBase,
      guard: null,
      epochBase: this.#epochBase,
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
      streams: ['main'],
      state: this.#state(),
      origin: this.origin,
      codec: this.codec,
      width: this.#width,
      height: this.#height,
    };
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

function wishesOf({ name, source, always, enabled, tlsVerify }: CameraConfig): CameraWishes {
  return {
    name,
    source: source.display,
    username: source.credentials?.username ?? null,
    password: (source.credentials?.password ?? '') !== '',
    always,
    enabled,
    tlsVerify,
  };
}

function disabledProblem(id: string) {
  return new SightlineError('disabled', `${id} is switched off in the config`).toProblem();
}

function quarantinedProblem(id: string) {
  return new SightlineError('quarantined', `decoding ${id} ended its process five times in ten minutes`).toProblem();
}
