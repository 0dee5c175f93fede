// The contract of WS /cameras/{id}/frames: one stream's pictures with their capture times, for programs in any language.
// A picture is a text of JSON and the binary message right behind it, which is the picture and nothing else; texts of
// another type stand between pictures, never inside one. Runs in a browser: no Node imports.

import { z } from 'zod';
import { StreamQuery } from './contract-pictures.ts';
import { Token, wholeNumber } from './contract-words.ts';
import type { Reason } from './contract-words.ts';

export const FRAMES_PATH = '/cameras/{id}/frames';

/** Parameters of pictures for a program, over a WebSocket. */
export const FramesQuery = z.object({
  stream: StreamQuery.shape.stream,
  format: z
    .enum(['jpeg', 'gray', 'bgr', 'rgba', 'yuv420p'], 'must be one of jpeg, gray, bgr, rgba, yuv420p')
    .default('jpeg')
    .describe('As JPEG, or as pixels'),
  width: StreamQuery.shape.width,
  quality: StreamQuery.shape.quality,
  fps: StreamQuery.shape.fps,
  policy: z
    .enum(['latest'], 'must be latest')
    .default('latest')
    .describe('What a slow reader gets: the newest picture'),
  ahead: wholeNumber(1, 8)
    .optional()
    .describe('The client acknowledges pictures, and so many are sent ahead of that; absent: it answers pings'),
  token: Token,
});

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

export type FramesQuery = z.infer<typeof FramesQuery>;
