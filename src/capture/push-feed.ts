// The way of pictures that somebody sends in, at the camera's end: a subscription of the link that asks for one picture
// at a time (`taken`) and hands each to the camera's inlet. So at most one is ever under way for each gateway.

import { SightlineError } from '../base/errors.ts';
import type { Feed, FeedMessage } from '../link/types.ts';
import type { Inlet, PushedPicture } from '../media/types.ts';
import type { CaptureCamera } from './camera.ts';

export class PushFeed implements Feed {
  onReady: (() => void) | null = null;
  readonly #camera: CaptureCamera;
  readonly #inlet: Inlet;
  readonly #unlisten: () => void;
  #asks = true;

  /** Throws `takes-no-pictures` for a camera that is asked for its pictures. */
  constructor(camera: CaptureCamera) {
    const { inlet } = camera;
    if (inlet === null) throw new SightlineError('takes-no-pictures', `${camera.spec.id} is not sent its pictures`);
    this.#camera = camera;
    this.#inlet = inlet;
    this.#unlisten = camera.listen(() => {
      if (camera.closed) this.onReady?.();
    });
  }

  take(): FeedMessage | undefined {
    if (this.#camera.closed) {
      const moved = new SightlineError('stream-moved', `${this.#camera.spec.id} is being closed here`);
      return { kind: 'end', problem: moved.toProblem() };
    }
    if (!this.#asks) return undefined;
    this.#asks = false;
    return { kind: 'taken', sequence: this.#camera.sequence };
  }

  put(picture: PushedPicture): void {
    if (this.#camera.closed) return;
    this.#inlet.put(picture);
    this.#asks = true;
    this.onReady?.();
  }

  close(): void {
    this.#unlisten();
  }
}
