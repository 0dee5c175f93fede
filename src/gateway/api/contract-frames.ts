// The contract of WS /cameras/{id}/frames: one stream's pictures with their capture times, for programs in any language.
// A picture is a text of JSON and the binary message right behind it, which is the picture and nothing else; texts of
// another type stand between pictures, never inside one. Runs in a browser: no Node imports.

import type { Reason } from './contract-words.ts';

export const FRAMES_PATH = '/cameras/{id}/frames';

/** Server to client. Times are Unix seconds. */
export type FramesMessage =
  /** The next message is this picture, of `bytes` bytes. */
  | {
      readonly type: 'frame';
      /** Captured frames of this camera since the server started; never back. */
      readonly sequence: number;
      /** When it was captured; exact to the microsecond. */
      readonly timestamp: number;
      /** Where the capture time comes from. */
      readonly clock: 'rtcp' | 'device' | 'sender' | 'arrival';
      /** Half width of what the capture time is sure to; null: not known. */
      readonly uncertaintyMs: number | null;
      readonly width: number;
      readonly height: number;
      /** `gray`, `bgr`, `rgba`, `yuv420p`: pixels, row behind row without a gap, planes behind one another. */
      readonly format: 'jpeg' | 'gray' | 'bgr' | 'rgba' | 'yuv420p';
      readonly bytes: number;
      /** Pictures that gave way to this one since the last that was sent. */
      readonly dropped: number;
    }
  /** The state of what is shown, at the beginning and at each change: `live` stands before the picture that brought it. */
  | {
      readonly type: 'state';
      readonly state: 'idle' | 'opening' | 'live' | 'stalled' | 'failed' | 'disabled';
      readonly since: number;
      readonly reason: Reason | null;
    };

/** Client to server, where it asked by `ahead` to say it: this picture, and those before it, are done with. */
export interface FramesRequest {
  readonly type: 'ack';
  readonly sequence: number;
}

/** Close code: the camera, or the stream of it, is no more. */
export const FRAMES_GONE_CODE = 4404;
