// One use of a channel by a tile: takes its pictures out of the fan-out and hears its state. A tile that changes its
// size has two for a moment, so that it shows the old one until the new one has given a picture.

import type { Jpeg, StreamState } from '../../../media/types.ts';
import type { ChannelLease } from '../shared/channels.ts';
import type { PartTaker } from '../shared/fanout.ts';
import type { Part } from '../shared/part.ts';

/** Whom it tells; both are synchronous and must not throw. */
export interface WatchOwner {
  picture(watch: Watch, jpeg: Jpeg): void;
  state(watch: Watch, state: StreamState): void;
}

export class Watch implements PartTaker {
  slot = -1;
  /** Names stream, encoding and rate. */
  readonly name: string;
  readonly #lease: ChannelLease;
  readonly #owner: WatchOwner;
  #unlisten: () => void = () => undefined;

  constructor(name: string, lease: ChannelLease, owner: WatchOwner) {
    this.name = name;
    this.#lease = lease;
    this.#owner = owner;
  }

  get state(): StreamState {
    return this.#lease.channel.state.current;
  }

  /** Begins: the newest picture is handed over in this call when it is fresh. */
  open(): void {
    const { channel } = this.#lease;
    this.#unlisten = channel.state.listen((state) => this.#owner.state(this, state));
    channel.fanout.add(this);
    if (channel.isFresh) channel.fanout.catchUp(this);
  }

  offer({ jpeg }: Part): void {
    if (jpeg !== null) this.#owner.picture(this, jpeg);
  }

  /** Closing twice is harmless. */
  close(): void {
    this.#unlisten();
    this.#lease.channel.fanout.remove(this);
    this.#lease.release();
  }
}
