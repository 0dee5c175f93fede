// The pictures of a live source in the process of the program itself: one session, opened and kept open as the server
// does it, one decoding for all loops, none while there is no loop.

import { UNGUARDED } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import type { Hub } from '../base/hub.ts';
import { CaptureCamera } from '../capture/camera.ts';
import { createFrameHub } from '../codec/decode.ts';
import type { Frame } from '../codec/ffmpeg/frame.ts';
import { openLocalSource } from '../codec/sources/open.ts';
import { StreamStatus } from '../codec/stream-status.ts';
import type { SourceAddress } from '../config/camera.ts';
import { openNetworkSource } from '../ingest/sources/open.ts';
import type { Source, StreamState } from '../media/types.ts';
import { localPort } from './local-port.ts';
import { losslessHub } from './lossless-decoding.ts';
import type { Pictures } from './pictures.ts';
import { Room } from './room.ts';

const KEY = 'camera/main';
/** Decoding goes on for so long without a loop: the next one need not begin at a keyframe. */
const LINGER_MS = 10_000;

export interface LiveWishes {
  readonly address: SourceAddress;
  readonly tlsVerify: boolean;
  /** Null: the newest wins. */
  readonly maxBehindMs: number | null;
}

export class LivePictures implements Pictures {
  readonly hub: Hub<Frame>;
  readonly room: Room | null;
  readonly end = null;
  readonly size = null;
  readonly #capture: CaptureCamera;
  readonly #status = new StreamStatus();

  /** Begins to open the source. */
  constructor({ address, tlsVerify, maxBehindMs }: LiveWishes) {
    const status = this.#status;
    const capture = new CaptureCamera({
      source: sourceOf(address, tlsVerify),
      spec: { ...NUMBERS, uid: 'camera', id: address.display, address, tlsVerify, always: true },
      onChange: () => undefined,
    });
    this.#capture = capture;
    this.room = maxBehindMs === null ? null : new Room();
    this.hub =
      this.room === null
        ? createFrameHub({ port: localPort(capture), key: KEY, status, graceMs: LINGER_MS, newestOnly: true })
        : losslessHub({ capture, status, room: this.room, maxBehindMs: maxBehindMs ?? 0, graceMs: LINGER_MS });
  }

  /** The capture's word; decoding's, when it is what fails. */
  get state(): StreamState {
    const { state } = this.#capture;
    const isUndecodable = state.state === 'live' && this.#status.problem !== null;
    return isUndecodable ? (this.#status.state ?? state) : state;
  }

  get captured(): number {
    return this.#capture.sequence;
  }

  get lost(): number {
    const { dropped, leapt } = this.#status.counters;
    return dropped - leapt;
  }

  get leapt(): number {
    return this.#status.counters.leapt;
  }

  get catchingUp(): Promise<void> | null {
    return this.#status.decoding;
  }

  listen(listener: () => void): () => void {
    const unlisten = [this.#capture.listen(listener), this.#status.listen(listener)];
    return () => {
      for (const each of unlisten) each();
    };
  }

  async close(): Promise<void> {
    const reason = new SightlineError('stopping', 'The camera was closed.');
    await this.hub.close(reason);
    await this.#capture.close();
  }
}

const NUMBERS = { enabled: true, sequenceBase: 0, epochBase: 0, guard: null } as const;

function sourceOf(address: SourceAddress, tlsVerify: boolean): Source {
  const isNetwork = address.kind === 'rtsp' || address.kind === 'http';
  // A person wrote the address into a program: it may be dialled wherever it points.
  if (isNetwork) return openNetworkSource({ address, tlsVerify, guard: UNGUARDED });
  return openLocalSource({ address, name: 'Sightline' });
}
