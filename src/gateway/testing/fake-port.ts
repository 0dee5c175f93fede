// For the gateway's tests: a media port and a control view whose every word the test says.

import type { Problem } from '../../base/errors.ts';
import { nowUs } from '../../base/clock.ts';
import type { CameraInfo, ControlView } from '../../link/control-view.ts';
import type { MediaPort, SubscribeRequest, Subscription, SubscriptionHandlers } from '../../link/types.ts';
import type { Jpeg, StreamState, StreamStateName } from '../../media/types.ts';

const BODY_ROOM = 256;
const BODY_TAIL = 64;

/** One subscription that the gateway made. */
export interface FakeSubscription {
  readonly request: SubscribeRequest;
  readonly handlers: SubscriptionHandlers;
}

/** Hands out pictures when told to. `onSubscribe` may answer at once. */
export class FakePort implements MediaPort {
  readonly open = new Set<FakeSubscription>();
  readonly all: FakeSubscription[] = [];
  onSubscribe: (subscription: FakeSubscription) => void = () => undefined;
  #waiting: (() => void)[] = [];

  subscribe(request: SubscribeRequest, handlers: SubscriptionHandlers): Subscription {
    const subscription = { request, handlers };
    this.open.add(subscription);
    this.all.push(subscription);
    const waiting = this.#waiting;
    this.#waiting = [];
    queueMicrotask(() => {
      for (const wake of waiting) wake();
    });
    this.onSubscribe(subscription);
    return { close: () => this.open.delete(subscription) };
  }

  /** Open subscriptions of a kind. */
  of(kind: SubscribeRequest['kind']): FakeSubscription[] {
    return [...this.open].filter(({ request }) => request.kind === kind);
  }

  /** The next open subscription of a kind, now or when it comes. */
  async next(kind: SubscribeRequest['kind']): Promise<FakeSubscription> {
    for (;;) {
      const found = this.of(kind)[0];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  picture(jpeg: Jpeg): void {
    for (const { handlers } of this.of('jpegs')) handlers.jpeg?.(inRoom(jpeg));
  }

  state(state: StreamState): void {
    for (const { handlers } of this.of('jpegs')) handlers.state?.(state);
  }

  end(subscription: FakeSubscription, problem: Problem | null): void {
    if (this.open.delete(subscription)) subscription.handlers.end(problem);
  }
}

/** A picture in memory of its own with free room around it, as the link hands it over. */
export function inRoom(jpeg: Jpeg): Jpeg {
  const memory = Buffer.allocUnsafeSlow(BODY_ROOM + jpeg.bytes.length + BODY_TAIL);
  jpeg.bytes.copy(memory, BODY_ROOM);
  return { ...jpeg, bytes: memory.subarray(BODY_ROOM, BODY_ROOM + jpeg.bytes.length) };
}

/** A picture-like body: begins and ends as a JPEG does, with its sequence repeated in between. */
export function makeJpeg(sequence: number, options: { bytes?: number; capturedAtUs?: number } = {}): Jpeg {
  const body = Buffer.alloc(options.bytes ?? 2000, `picture ${sequence} `);
  body.writeUInt16BE(0xffd8, 0);
  body.writeUInt16BE(0xffd9, body.length - 2);
  const stamp = { capturedAtUs: options.capturedAtUs ?? nowUs(), clock: 'rtcp' as const };
  return { bytes: body, width: 1280, height: 720, sequence, stamp };
}

/** A control view of these cameras; `set` changes a camera's state. */
export class FakeView implements ControlView {
  readonly #cameras: CameraInfo[];

  constructor(...ids: string[]) {
    this.#cameras = ids.map((id) => makeCamera(id));
  }

  cameras(): readonly CameraInfo[] {
    return this.#cameras;
  }

  byId(id: string): CameraInfo | undefined {
    return this.#cameras.find((camera) => camera.id === id);
  }

  system(): ReturnType<ControlView['system']> {
    const main = {
      title: 'sightline main',
      role: 'main',
      pid: 1,
      startedUs: nowUs(),
      restarts: 0,
      heartbeat: null,
    } as const;
    return { version: '1.2.3', startedUs: nowUs(), processes: [main] };
  }

  set(id: string, state: StreamStateName, reason: Problem | null = null): void {
    const index = this.#cameras.findIndex((camera) => camera.id === id);
    this.#cameras[index] = { ...this.#cameras[index]!, state: { state, sinceUs: nowUs(), reason } };
  }
}

function makeCamera(id: string): CameraInfo {
  return {
    id,
    uid: `uid-${id}`,
    revision: 1,
    wishes: {
      source: 'rtsp://***@192.0.2.1/stream1',
      username: 'admin',
      password: true,
      always: false,
      enabled: true,
      tlsVerify: true,
    },
    streams: ['main', 'sub'],
    state: { state: 'idle', sinceUs: nowUs(), reason: null },
    origin: null,
    codec: null,
    width: 1280,
    height: 720,
  };
}
