// The pictures of one stream at its own size. A camera that sends JPEG is passed through untouched, without decoding;
// of any other camera they are those of the encoding at that size. A change of codec in mid-stream changes the way.

import type { Hub, Reader } from '../base/hub.ts';
import type { MediaPort } from '../link/types.ts';
import { jpegSize } from '../media/jpeg.ts';
import type { Demand, Wanting } from '../media/due.ts';
import type { Jpeg, Packet, StreamKey } from '../media/types.ts';
import { PacketTap } from './packet-tap.ts';
import { unsupportedTrack } from './stream-status.ts';
import type { StreamStatus } from './stream-status.ts';

interface OwnOutlets {
  /** The encoding to fall back on when the camera does not send JPEG. */
  readonly encoded: () => { readonly hub: Hub<Jpeg>; readonly demand: Demand };
  /** How often its pictures are wanted. */
  readonly demand: Wanting;
  readonly publish: (jpeg: Jpeg) => void;
  /** Called when that encoding ended: no picture will come. */
  readonly failed: (error: unknown) => void;
}

/** Pictures as the camera has them: its JPEGs untouched, or else those of the encoding at its own size. */
export class OwnPictures {
  readonly #port: MediaPort;
  readonly #key: StreamKey;
  readonly #status: StreamStatus;
  readonly #outlets: OwnOutlets;
  readonly #unlisten: () => void;
  readonly #unfollow: () => void;
  #tap: PacketTap | null = null;
  #reader: Reader<Jpeg> | null = null;
  #withdraw: () => void = () => undefined;
  #size = { width: 0, height: 0 };
  #last = { epoch: -1, sequence: -1 };
  #closed = false;

  constructor(port: MediaPort, key: StreamKey, status: StreamStatus, outlets: OwnOutlets) {
    this.#port = port;
    this.#key = key;
    this.#status = status;
    this.#outlets = outlets;
    this.#unfollow = status.follow();
    this.#unlisten = status.listen(() => this.#choose());
    this.#choose();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#unlisten();
    this.#stop();
    this.#unfollow();
    return Promise.resolve();
  }

  #choose(): void {
    const { codec } = this.#status;
    if (codec === null || codec === 'mjpeg') this.#passThrough();
    else this.#followEncoding();
  }

  #passThrough(): void {
    if (this.#tap !== null) return;
    this.#stop();
    const tap = new PacketTap(
      this.#port,
      this.#key,
      { start: 'group', policy: 'latest' },
      {
        tracks: (track) => {
          if (track === undefined) this.#status.setProblem('decode', unsupportedTrack(track));
          else if (track.codec === 'mjpeg') this.#status.setProblem('decode', null);
          this.#size = { width: track?.width ?? 0, height: track?.height ?? 0 };
          this.#status.setCodec(track?.codec ?? null, this.#size.width);
        },
        packet: (packet) => this.#pass(packet),
        gap: (dropped) => (this.#status.counters.dropped += dropped),
        state: (state) => this.#status.setOrigin(state),
      },
    );
    // Tracks may have come at once and have been those of another codec.
    if (this.#reader === null && !this.#closed) this.#tap = tap;
    else tap.close();
  }

  #pass(packet: Packet): void {
    if (packet.damaged || this.#status.codec !== 'mjpeg') {
      this.#status.counters.dropped++;
      return;
    }
    // After a new subscription the newest packet comes again.
    if (packet.epoch === this.#last.epoch && packet.sequence <= this.#last.sequence) return;
    this.#last = { epoch: packet.epoch, sequence: packet.sequence };
    const size = this.#size.width > 0 ? this.#size : (jpegSize(packet.data) ?? this.#size);
    const { sequence, stamp, data: bytes } = packet;
    this.#outlets.publish({ bytes, width: size.width, height: size.height, sequence, stamp });
  }

  #followEncoding(): void {
    if (this.#reader !== null) return;
    this.#stop();
    const { hub, demand } = this.#outlets.encoded();
    this.#withdraw = demand.add(this.#outlets.demand);
    const reader = hub.attach({ start: 'group', policy: 'latest' });
    this.#reader = reader;
    const move = (): void => {
      const jpeg = reader.take();
      if (jpeg !== undefined) this.#outlets.publish(jpeg);
    };
    reader.onReady = move;
    reader.onEnd = this.#outlets.failed;
    move();
  }

  #stop(): void {
    this.#tap?.close();
    this.#tap = null;
    this.#withdraw();
    this.#reader?.close();
    this.#reader = null;
  }
}
