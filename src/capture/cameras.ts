// All cameras that one process opens: follows the list that control sends, answers the link's subscriptions to
// their packets, and reports on them. Mounted by ingest's and codec's entries.

import { SightlineError } from '../base/errors.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { Feed, OriginReport, SubscribeRequest } from '../link/types.ts';
import type { Source } from '../media/types.ts';
import { CaptureCamera } from './camera.ts';
import { feedOf } from './feeds.ts';

export interface CamerasOptions {
  readonly openSource: (spec: CameraSpec) => Source;
  /** Called soon after a camera's state changed; several changes of one tick come together. */
  readonly onReports: (reports: readonly OriginReport[]) => void;
}

/** The cameras of one process, by uid. */
export class CaptureCameras {
  readonly #options: CamerasOptions;
  readonly #cameras = new Map<string, CaptureCamera>();
  readonly #changed = new Set<CaptureCamera>();
  #configured: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: CamerasOptions) {
    this.#options = options;
  }

  /**
   * Makes the list of cameras this one: new ones appear, missing and changed ones are closed. Lists are taken one after
   * the other, so that no camera is opened anew before its last session has ended.
   */
  configure(specs: readonly CameraSpec[]): Promise<void> {
    this.#configured = this.#configured.then(() => this.#follow(specs));
    return this.#configured;
  }

  async #follow(specs: readonly CameraSpec[]): Promise<void> {
    const wanted = new Map(specs.map((spec) => [spec.uid, spec]));
    const closing: Promise<void>[] = [];
    for (const [uid, camera] of this.#cameras) {
      if (sameCamera(camera.spec, wanted.get(uid))) continue;
      this.#cameras.delete(uid);
      closing.push(camera.close());
    }
    await Promise.all(closing);
    if (this.#closed) return;
    for (const spec of specs) if (!this.#cameras.has(spec.uid)) this.#add(spec);
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
    await Promise.all(cameras.map((camera) => camera.close()));
  }

  #add(spec: CameraSpec): void {
    const source = this.#options.openSource(spec);
    const onChange = (camera: CaptureCamera) => this.#noteChange(camera);
    this.#cameras.set(spec.uid, new CaptureCamera({ spec, source, onChange }));
  }

  #noteChange(camera: CaptureCamera): void {
    if (this.#changed.size === 0) setImmediate(() => this.#tellChanges());
    this.#changed.add(camera);
  }

  #tellChanges(): void {
    const reports = [...this.#changed].map((camera) => camera.report());
    this.#changed.clear();
    this.#options.onReports(reports);
  }
}

/** True when nothing that concerns the session differs; sequence and epoch bases do not. */
function sameCamera(a: CameraSpec, b: CameraSpec | undefined): boolean {
  if (!b) return false;
  const essence = ({ uid, id, address, always, tlsVerify }: CameraSpec) =>
    JSON.stringify([uid, id, address, always, tlsVerify]);
  return essence(a) === essence(b);
}
