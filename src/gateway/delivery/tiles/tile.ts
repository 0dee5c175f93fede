// One tile of a page: follows its camera through changes of size, rate and config, tells its state in order with its
// pictures, and holds at most two that are under way and the newest that waits ("latest wins").

import { nowUs } from '../../../base/clock.ts';
import { SightlineError, type Problem } from '../../../base/errors.ts';
import type { CameraInfo, ControlView } from '../../../link/control-view.ts';
import { Due } from '../../../media/due.ts';
import type { Jpeg, StreamState } from '../../../media/types.ts';
import type { TileMessage, TileRequest } from '../../api/contract-tiles.ts';
import type { ViewerPresence, Viewers } from '../../viewers.ts';
import type { ChannelLease, Channels, Target } from '../shared/channels.ts';
import { targetOf } from '../shared/target.ts';
import { Watch, type WatchOwner } from './watch.ts';

/** Pictures of a tile that its page has not acknowledged. */
const MAX_UNDER_WAY = 2;

export type Show = Extract<TileRequest, { type: 'show' }>;

/** What a tile needs of the connection that it is on. */
export interface TileHost {
  readonly view: ControlView;
  readonly channels: Channels;
  readonly viewers: Viewers;
  readonly address: string;
  /** Throws when the page's caller may not see this camera. */
  check(uid: string): void;
  say(message: TileMessage): void;
  /** The tile has a picture that may be sent. */
  ready(tile: Tile): void;
}

/** A picture on its way out. */
export interface Outgoing {
  readonly jpeg: Jpeg;
  /** Pictures that gave way to newer ones since the last that was sent. */
  readonly skipped: number;
}

interface Counters {
  sent: number;
  dropped: number;
  bytes: number;
}

/** As which viewer it is counted: one camera and stream. */
interface Presence {
  readonly viewer: ViewerPresence;
  readonly counters: Counters;
}

export class Tile implements WatchOwner {
  readonly number: number;
  /** Stands in the connection's queue of turns. */
  queued = false;
  readonly #host: TileHost;
  #show: Show;
  #key = '';
  #due: Due;
  #current: Watch | null = null;
  /** Of another size: takes over with its first picture. */
  #next: Watch | null = null;
  /** Name of what cannot be had at the moment, while the tile goes on with what it has. */
  #refused = '';
  #presence: Presence | null = null;
  #said: StreamState | null = null;
  #lastSequence = -1;
  readonly #underWay: number[] = [];
  #waiting: Jpeg | null = null;
  #skipped = 0;

  constructor(host: TileHost, show: Show) {
    this.#host = host;
    this.number = show.tile;
    this.#show = show;
    this.#due = new Due(show.fps);
  }

  /** Takes a wish: the first one, or another one. */
  show(show: Show): void {
    if (show.fps !== this.#show.fps) this.#due = new Due(show.fps);
    // What is said of another camera is news, even in the same words.
    if (show.camera !== this.#show.camera || show.stream !== this.#show.stream) this.#said = null;
    this.#show = show;
    this.#refused = '';
    this.follow();
  }

  /** Looks again where its camera is: after a wish, and whenever control shows something new. */
  follow(): void {
    const { view } = this.#host;
    const info = view.byId(this.#show.camera);
    try {
      if (info === undefined) throw new SightlineError('not-found', `There is no camera "${this.#show.camera}".`);
      this.#host.check(info.uid);
      this.#aim(info, this.#targetOf(info));
    } catch (error) {
      this.#fail(SightlineError.from(error).toProblem());
    }
  }

  ack(sequence: number): void {
    const at = this.#underWay.lastIndexOf(sequence);
    if (at < 0) return;
    this.#underWay.splice(0, at + 1);
    if (this.maySend) this.#host.ready(this);
  }

  delay(delayMs: number | null, uncertaintyMs: number | null): void {
    this.#presence?.viewer.delay(delayMs, uncertaintyMs);
  }

  get maySend(): boolean {
    return this.#waiting !== null && this.#underWay.length < MAX_UNDER_WAY;
  }

  /** What is to be sent now; it counts as under way. Null: nothing, or nothing yet. */
  take(): Outgoing | null {
    const jpeg = this.#waiting;
    if (jpeg === null || !this.maySend) return null;
    this.#waiting = null;
    this.#underWay.push(jpeg.sequence);
    const skipped = this.#skipped;
    this.#skipped = 0;
    if (this.#presence !== null) {
      this.#presence.counters.sent += 1;
      this.#presence.counters.bytes += jpeg.bytes.length;
    }
    return { jpeg, skipped };
  }

  /** Ends it: nothing is said or sent any more. */
  close(why: string): void {
    this.#leaveChannels();
    this.#presence?.viewer.leave(why);
    this.#presence = null;
  }

  picture(watch: Watch, jpeg: Jpeg): void {
    if (watch === this.#next) this.#takeOver();
    if (watch !== this.#current || jpeg.sequence <= this.#lastSequence) return;
    if (!this.#due.isDue(jpeg.stamp.capturedAtUs)) return;
    this.#lastSequence = jpeg.sequence;
    if (this.#waiting !== null) {
      this.#skipped += 1;
      if (this.#presence !== null) this.#presence.counters.dropped += 1;
    }
    this.#waiting = jpeg;
    if (this.maySend) this.#host.ready(this);
  }

  state(watch: Watch, state: StreamState): void {
    if (watch === this.#next) this.#nextSays(state);
    else if (watch === this.#current) this.#say(state);
  }

  #targetOf(info: CameraInfo): Target {
    const { stream = 'main', width } = this.#show;
    if (!info.streams.includes(stream)) {
      throw new SightlineError('not-found', `The camera "${info.id}" has no stream "${stream}".`);
    }
    return targetOf(info, { stream, width: width ?? undefined });
  }

  /** Watches this target from now on. The same camera in another size or rate goes on meanwhile. */
  #aim(info: CameraInfo, target: Target): void {
    const { fps } = this.#show;
    const name = `${target.key} ${target.encoding.width} ${fps}`;
    if (name === (this.#next ?? this.#current)?.name || name === this.#refused) return;
    const isOther = target.key !== this.#key;
    if (isOther) this.#leaveChannels();
    let lease: ChannelLease;
    try {
      lease = this.#host.channels.acquire(target, fps);
    } catch (error) {
      this.#refuse(name, SightlineError.from(error).toProblem());
      return;
    }
    // Not before it has a channel: to come and go as a viewer is a change, after which each tile looks again.
    if (isOther) this.#begin(info, target);
    const watch = new Watch(name, lease, this);
    this.#next?.close();
    this.#next = null;
    if (this.#current === null) this.#current = watch;
    else this.#next = watch;
    if (watch === this.#current) this.#say(watch.state);
    watch.open();
    if (watch === this.#next) this.#nextSays(watch.state);
  }

  /** Another camera or stream: nothing of the one before counts any more. */
  #begin({ id, uid }: CameraInfo, { key }: Target): void {
    this.#presence?.viewer.leave('its page shows something else');
    const counters: Counters = { sent: 0, dropped: 0, bytes: 0 };
    const { viewers, address } = this.#host;
    const stream = key.slice(uid.length + 1);
    const viewer = viewers.enter({ cameraId: id, uid, via: 'tiles', stream, address, counters: () => counters });
    this.#presence = { viewer, counters };
    this.#key = key;
    this.#lastSequence = -1;
    this.#skipped = 0;
    this.#said = null;
  }

  #nextSays(state: StreamState): void {
    if (state.state !== 'failed' && state.state !== 'disabled') return;
    const next = this.#next;
    if (next !== null && state.reason?.code === 'too-many-encodings') this.#refuse(next.name, state.reason);
    else this.#takeOver();
  }

  /** The other size cannot be had: the tile keeps what it has, or has nothing. */
  #refuse(name: string, problem: Problem): void {
    this.#next?.close();
    this.#next = null;
    if (this.#current === null) {
      this.#fail(problem);
      return;
    }
    this.#refused = name;
    this.#host.say({ type: 'problem', tile: this.number, problem });
  }

  #takeOver(): void {
    const next = this.#next;
    this.#next = null;
    this.#current?.close();
    this.#current = next;
    if (next !== null) this.#say(next.state);
  }

  /** There is nothing to watch; `follow` tries again whenever something changes. */
  #fail(reason: Problem): void {
    this.close('its camera cannot be shown any more');
    this.#key = '';
    this.#say({ state: 'failed', sinceUs: nowUs(), reason });
  }

  #leaveChannels(): void {
    this.#current?.close();
    this.#next?.close();
    this.#current = null;
    this.#next = null;
    this.#waiting = null;
  }

  /** Tells a state unless it is what was told last. What waits was captured before, and nothing old is live. */
  #say(state: StreamState): void {
    if (state.state !== 'live') this.#waiting = null;
    const said = this.#said;
    this.#said = state;
    const isSameReason = said?.reason?.code === state.reason?.code && said?.reason?.text === state.reason?.text;
    const isSameTime = said?.sinceUs === state.sinceUs || state.state === 'live' || state.state === 'failed';
    if (said?.state === state.state && isSameReason && isSameTime) return;
    this.#host.say({ type: 'state', tile: this.number, ...state });
  }
}
