// All cameras that one process opens: follows the list that control sends, answers the link's subscriptions to
// their packets, and reports on them. Mounted by ingest's and codec's entries.

import { SightlineError } from '../base/errors.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { Feed, OriginReport, SubscribeRequest } from '../link/types.ts';
import type { Source } from '../media/types.ts';
import { CaptureCamera } from './camera.ts';
import { feedOf } from './feeds.ts';

export interface CamerasOptions {
  /** `current` gives the wishes as they are at the time of asking, for what may change under an open session. */
  readonly openSource: (spec: CameraSpec, current: () => CameraSpec) => Source;
  /** Called soon after a camera's state changed; several changes of one tick come together. */
  readonly onReports: (reports: readonly OriginReport[]) => void;
}

/** The cameras of one process, by uid. */
export class CaptureCameras {
  readonly #options: CamerasOptions;
  readonly #cameras = new Map<string, CaptureCamera>();
  readonly #changed = new Set<CaptureCamera>();
  /** Cameras that are being closed, by uid. */
  readonly #retiring = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: CamerasOptions) {
    this.#options = options;
  }

  /**
   * Makes the list of cameras this one: new ones appear, missing ones are closed. One whose session is about something
   * else now is replaced; what does not concern its session is changed under it. Resolves when what was to be closed is.
   */
  async configure(specs: readonly CameraSpec[]): Promise<void> {
    if (this.#closed) return;
    const wanted = new Set(specs.map(({ uid }) => uid));
    for (const [uid, camera] of this.#cameras) {
      if (wanted.has(uid)) continue;
      this.#cameras.delete(uid);
      this.#retire(uid, camera);
    }
    for (const spec of specs) this.#follow(spec);
    await Promise.all(this.#retiring.values());
  }

  #follow(spec: CameraSpec): void {
    const camera = this.#cameras.get(spec.uid);
    if (camera && sameSession(camera.spec, spec)) camera.update(spec);
    else if (camera) {
      // Its readers end in here and come back at once: to the new one, which waits for the old one's session.
      this.#retire(spec.uid, camera);
      this.#add(continuing(spec, camera));
    } else this.#add(spec);
  }

  /** Closes a camera; whatever follows it under the same uid is opened only when its session has ended. */
  #retire(uid: string, camera: CaptureCamera): void {
    const closed = Promise.all([this.#retiring.get(uid), camera.close()]).then(() => {
      if (this.#retiring.get(uid) === closed) this.#retiring.delete(uid);
    });
    this.#retiring.set(uid, closed);
  }

  /** Answers a subscription; throws `not-found` for a camera that is not opened here. */
  provide(request: SubscribeRequest): Feed {
    if (request.kind === 'slate') throw new SightlineError('stream-moved', 'slates are drawn by codec');
    const camera = this.#cameras.get(request.key.slice(0, request.key.lastIndexOf('/')));
    if (!camera) throw new SightlineError('stream-moved', 'this camera is not opened here');
    return feedOf(camera, request);
  }

  has(uid: string): boolean {
    return this.#cameras.has(uid);
  }

  reports(): OriginReport[] {
    return [...this.#cameras.values()].map((camera) => camera.report());
  }

  async close(): Promise<void> {
    this.#closed = true;
    const cameras = [...this.#cameras.values()];
    this.#cameras.clear();
    await Promise.all([...cameras.map((camera) => camera.close()), ...this.#retiring.values()]);
  }

  #add(spec: CameraSpec): void {
    const source = this.#options.openSource(spec, () => camera.spec);
    const onChange = (changed: CaptureCamera) => this.#noteChange(changed);
    const camera = new CaptureCamera({ spec, source: this.#afterOthers(spec.uid, source), onChange });
    this.#cameras.set(spec.uid, camera);
  }

  /** The source, whose sessions begin when earlier ones under the same uid have ended. */
  #afterOthers(uid: string, source: Source): Source {
    return {
      ...(source.inlet === undefined ? {} : { inlet: source.inlet }),
      get login() {
        return source.login ?? null;
      },
      run: async (sink, signal) => {
        await this.#retiring.get(uid);
        if (!signal.aborted) await source.run(sink, signal);
      },
    };
  }

  #noteChange(camera: CaptureCamera): void {
    if (this.#changed.size === 0) setImmediate(() => this.#tellChanges());
    this.#changed.add(camera);
  }

  #tellChanges(): void {
    const present = [...this.#changed].filter((camera) => this.#cameras.get(camera.spec.uid) === camera);
    this.#changed.clear();
    if (present.length > 0) this.#options.onReports(present.map((camera) => camera.report()));
  }
}

/** The wishes, with numbers that go on where `before` stops. */
function continuing(spec: CameraSpec, before: CaptureCamera): CameraSpec {
  return {
    ...spec,
    sequenceBase: Math.max(spec.sequenceBase, before.sequence),
    epochBase: Math.max(spec.epochBase, before.epoch),
  };
}

/** True when nothing that concerns the session differs: not the id, not whether it is kept open, not the numbers. */
function sameSession(a: CameraSpec, b: CameraSpec): boolean {
  const essence = ({ address, tlsVerify, guard }: CameraSpec) =>
    JSON.stringify([address.kind, address.target, address.credentials, tlsVerify, guard?.allowed ?? null]);
  return essence(a) === essence(b);
}
