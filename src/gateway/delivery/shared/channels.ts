// All open channels by stream and encoding. A channel lives while somebody uses it; the camera's own grace period is
// kept at the camera, so there is none here.

import { SightlineError, type Problem } from '../../../base/errors.ts';
import type { LoadLevel } from '../../../base/load-watch.ts';
import type { MediaPort } from '../../../link/types.ts';
import type { ControlView } from '../../../link/control-view.ts';
import type { Jpeg, StreamKey } from '../../../media/types.ts';
import { Channel } from './channel.ts';
import type { Encoding } from './encoding.ts';
import { explainCamera, uidOf } from './reason.ts';
import { Slates } from './slates.ts';

/** What a request is after: one stream of one camera in one encoding. */
export interface Target {
  readonly cameraId: string;
  readonly key: StreamKey;
  readonly encoding: Encoding;
}

export interface ChannelLease {
  readonly channel: Channel;
  /** Releasing twice is harmless. */
  release(): void;
}

/** An open channel and how many of its users want each rate. */
interface Entry {
  readonly channel: Channel;
  readonly rates: Map<number, number>;
}

export class Channels {
  readonly #media: MediaPort;
  readonly #view: ControlView;
  readonly #silenceMs: number;
  readonly #slates: Slates;
  readonly #open = new Map<string, Entry>();
  #load: LoadLevel = 0;

  constructor(media: MediaPort, view: ControlView, silenceMs: number) {
    this.#media = media;
    this.#view = view;
    this.#silenceMs = silenceMs;
    this.#slates = new Slates(media);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Sheds load: at 1 no further stream or size begins, at 2 viewers also get every second picture only. */
  shed(level: LoadLevel): void {
    this.#load = level;
    for (const { channel } of this.#open.values()) channel.fanout.halved = level === 2;
  }

  /** `fps`: at most so many pictures a second are wanted; null: all. What nobody wants is not made. */
  acquire(target: Target, fps: number | null): ChannelLease {
    const rate = fps ?? Infinity;
    const name = nameOf(target);
    let entry = this.#open.get(name);
    if (entry === undefined) {
      if (this.#load > 0 && this.#open.size > 0) {
        throw new SightlineError(
          'too-many-encodings',
          'The server is overloaded and begins no new streams at the moment.',
        );
      }
      entry = { channel: this.#create(target, rate), rates: new Map() };
      this.#open.set(name, entry);
    }
    const taken = entry;
    count(taken, rate, 1);
    let held = true;
    return {
      channel: taken.channel,
      release: () => {
        if (!held) return;
        held = false;
        count(taken, rate, -1);
        if (taken.rates.size > 0 || this.#open.get(name) !== taken) return;
        this.#open.delete(name);
        taken.channel.close();
      },
    };
  }

  /** The newest picture of an open channel; opens nothing. */
  newest(target: Target): Jpeg | null {
    return this.#open.get(nameOf(target))?.channel.newest ?? null;
  }

  close(): void {
    for (const { channel } of this.#open.values()) channel.close();
    this.#open.clear();
    this.#slates.close();
  }

  #create(target: Target, rate: number): Channel {
    return new Channel({
      key: target.key,
      name: () => this.#view.byUid(uidOf(target.key))?.id ?? target.cameraId,
      encoding: target.encoding,
      rate,
      media: this.#media,
      slates: this.#slates,
      silenceMs: this.#silenceMs,
      explain: (known: Problem | null) => explainCamera(this.#view, target, known),
    });
  }
}

/** One user of this rate more or less; the channel is asked for the highest. */
function count({ channel, rates }: Entry, rate: number, by: 1 | -1): void {
  const users = (rates.get(rate) ?? 0) + by;
  if (users > 0) rates.set(rate, users);
  else rates.delete(rate);
  if (rates.size > 0) channel.demand(Math.max(...rates.keys()));
}

function nameOf(target: Target): string {
  const { width, quality, pixels } = target.encoding;
  return `${target.key} ${width} ${pixels ?? quality}`;
}
