// What an origin hands to the link for one subscription: packets of a camera, its pictures untouched when it sends
// JPEG, or one picture. Each is a bounded reader of the camera's hub with the camera's state in band.

import { nowUs } from '../base/clock.ts';
import type { Reader, ReaderOptions } from '../base/hub.ts';
import type { Problem } from '../base/errors.ts';
import { SightlineError } from '../base/errors.ts';
import type { Feed, FeedMessage, SubscribeRequest } from '../link/types.ts';
import { jpegSize } from '../media/jpeg.ts';
import { Due } from '../media/due.ts';
import type { Jpeg, Packet, StreamState } from '../media/types.ts';
import type { CaptureCamera } from './camera.ts';
import { PushFeed } from './push-feed.ts';

/** Common part: state messages before items, end as the last message. */
abstract class CameraFeed implements Feed {
  onReady: (() => void) | null = null;
  protected readonly camera: CaptureCamera;
  protected readonly reader: Reader<Packet>;
  readonly #unlisten: () => void;
  #saidState: StreamState | null = null;
  #end: FeedMessage | null = null;

  constructor(camera: CaptureCamera, reader: ReaderOptions) {
    this.camera = camera;
    this.reader = camera.attach(reader);
    this.reader.onReady = () => this.onReady?.();
    this.reader.onEnd = (error) => this.finish(SightlineError.from(error, 'stream-moved').toProblem());
    this.#unlisten = camera.listen(() => this.onReady?.());
  }

  take(): FeedMessage | undefined {
    if (this.#end === null) {
      const message = this.#takeState() ?? this.takeItem();
      if (message) return message;
    }
    return this.#end ?? undefined;
  }

  close(): void {
    this.#unlisten();
    this.reader.close();
  }

  protected finish(problem: Problem | null): void {
    if (this.#end) return;
    this.#end = { kind: 'end', problem };
    this.onReady?.();
  }

  #takeState(): FeedMessage | undefined {
    const { state } = this.camera;
    if (state === this.#saidState) return undefined;
    this.#saidState = state;
    return { kind: 'state', state };
  }

  protected abstract takeItem(): FeedMessage | undefined;
}

class PacketFeed extends CameraFeed {
  #saidEpoch = -1;
  #pending: Packet | null = null;
  readonly #liveSequence: number;

  constructor(camera: CaptureCamera, reader: ReaderOptions) {
    super(camera, reader);
    this.#liveSequence = camera.hub.newest()?.sequence ?? 0;
  }

  protected takeItem(): FeedMessage | undefined {
    if (this.#pending) {
      const packet = this.#pending;
      this.#pending = null;
      return { kind: 'packet', packet };
    }
    const packet = this.reader.take();
    if (!packet) return undefined;
    const dropped = this.reader.takeGap();
    if (packet.epoch !== this.#saidEpoch) {
      // Packets of an epoch that is over have no tracks to be read with any more.
      if (packet.epoch !== this.camera.epoch) return this.takeItem();
      this.#saidEpoch = packet.epoch;
      this.#pending = packet;
      return { kind: 'tracks', epoch: packet.epoch, tracks: this.camera.tracks, liveSequence: this.#liveSequence };
    }
    if (dropped === 0) return { kind: 'packet', packet };
    this.#pending = packet;
    return { kind: 'gap', dropped };
  }
}

/** Pictures as the camera sends them; a camera that sends none is served by codec. */
class PassthroughFeed extends CameraFeed {
  readonly #due: Due;
  #pending: Jpeg | null = null;

  constructor(camera: CaptureCamera, fps: number | null) {
    super(camera, { start: 'group', policy: 'latest' });
    this.#due = new Due(fps);
  }

  protected takeItem(): FeedMessage | undefined {
    if (this.#pending) {
      const jpeg = this.#pending;
      this.#pending = null;
      return { kind: 'jpeg', jpeg };
    }
    const jpeg = this.#next();
    if (!jpeg) return undefined;
    const dropped = this.reader.takeGap();
    if (dropped === 0) return { kind: 'jpeg', jpeg };
    this.#pending = jpeg;
    return { kind: 'gap', dropped };
  }

  #next(): Jpeg | undefined {
    if (!mayPass(this.camera)) {
      this.finish(moved(this.camera));
      return undefined;
    }
    let packet = this.reader.take();
    while (packet !== undefined && !this.#due.isDue(packet.stamp.capturedAtUs)) packet = this.reader.take();
    return packet && toJpeg(packet, this.camera);
  }
}

class SnapshotFeed extends CameraFeed {
  readonly #oldestUs: number;

  constructor(camera: CaptureCamera, maxAgeMs: number) {
    super(camera, { start: 'group', policy: 'latest' });
    this.#oldestUs = nowUs() - maxAgeMs * 1000;
  }

  protected takeItem(): FeedMessage | undefined {
    if (!mayPass(this.camera)) {
      this.finish(moved(this.camera));
      return undefined;
    }
    const packet = this.reader.take();
    if (!packet || packet.stamp.capturedAtUs < this.#oldestUs) return undefined;
    this.finish(null);
    return { kind: 'jpeg', jpeg: toJpeg(packet, this.camera) };
  }
}

/** The feed that answers `request` from a camera opened here. Throws `stream-moved` for what only codec can make. */
export function feedOf(camera: CaptureCamera, request: SubscribeRequest): Feed {
  if (request.kind === 'packets') return new PacketFeed(camera, request.reader);
  if (request.kind === 'push') return new PushFeed(camera);
  if (request.kind === 'slate' || request.kind === 'kept' || request.width !== null || request.quality !== null) {
    throw new SightlineError('stream-moved', 'pictures are drawn and scaled by codec');
  }
  if (request.kind === 'snapshot') return new SnapshotFeed(camera, request.maxAgeMs);
  return new PassthroughFeed(camera, request.fps ?? null);
}

/** True while nothing says that the camera sends anything but JPEG. */
function mayPass(camera: CaptureCamera): boolean {
  const video = camera.tracks.find((track) => track.kind === 'video');
  return video === undefined || video.codec === 'mjpeg';
}

function moved(camera: CaptureCamera): Problem {
  return new SightlineError(
    'stream-moved',
    `${camera.spec.id} does not send JPEG: codec makes its pictures`,
  ).toProblem();
}

function toJpeg(packet: Packet, camera: CaptureCamera): Jpeg {
  const track = camera.tracks[0];
  const size = track && track.width > 0 ? track : jpegSize(packet.data);
  return {
    bytes: packet.data,
    width: size?.width ?? 0,
    height: size?.height ?? 0,
    sequence: packet.sequence,
    stamp: packet.stamp,
  };
}
