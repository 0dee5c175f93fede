// What the processes say to one another: the control lane's methods, the media lane's requests and messages,
// and the two contracts of the media lane: Feed (what a producer hands to the link) and handlers (what a consumer gets).

import type { ReaderOptions } from '../base/hub-types.ts';
import type { Problem } from '../base/errors.ts';
import type { LoadLevel } from '../base/load-watch.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { CameraProcessors, ProcessorEvent, ProcessorReport } from './processors.ts';
import type { PixelFormat } from '../media/pixels.ts';
import type {
  Jpeg,
  Login,
  Packet,
  PushedPicture,
  StampClock,
  StreamKey,
  StreamState,
  StreamStateName,
  Track,
} from '../media/types.ts';

// ---------------------------------------------------------------- media lane

/** What a consumer subscribes to. */
export type SubscribeRequest =
  /** Packets of a stream, as its origin has them. */
  | { readonly kind: 'packets'; readonly key: StreamKey; readonly reader: ReaderOptions }
  /** Pictures, latest wins. null: as the camera has it; fps: at most so many a second, null all. From an origin: only for mjpeg at its own size, else ended with `stream-moved`. */
  | {
      readonly kind: 'jpegs';
      readonly key: StreamKey;
      readonly width: number | null;
      readonly quality: number | null;
      readonly fps?: number | null;
      /** Packed pixels of this layout instead of JPEG; never from an origin. */
      readonly pixels?: PixelFormat;
    }
  /** One fresh picture, not older than `maxAgeMs`, then the end. */
  | {
      readonly kind: 'snapshot';
      readonly key: StreamKey;
      readonly width: number | null;
      readonly quality: number | null;
      readonly maxAgeMs: number;
    }
  /** The picture that an event of this camera was found in, then the end; `not-found` when it is not kept any more. Codec only. */
  | { readonly kind: 'kept'; readonly key: StreamKey; readonly sequence: number }
  /** Pictures go the other way: each `taken` asks for one, see `Subscription.put`. Ingest only, and cameras of kind push. */
  | { readonly kind: 'push'; readonly key: StreamKey }
  /** One drawn picture with these lines of text, then the end. Codec only. */
  | { readonly kind: 'slate'; readonly width: number; readonly height: number; readonly lines: readonly string[] };

/** One message of a subscription, in order. */
export type FeedMessage =
  /** An epoch begins. Packets with a sequence below `liveSequence` were kept, not live. */
  | {
      readonly kind: 'tracks';
      readonly epoch: number;
      readonly tracks: readonly Track[];
      readonly liveSequence: number;
    }
  | { readonly kind: 'packet'; readonly packet: Packet }
  | { readonly kind: 'jpeg'; readonly jpeg: Jpeg }
  /** This many items were dropped for this subscription before the next one. */
  | { readonly kind: 'gap'; readonly dropped: number }
  | { readonly kind: 'state'; readonly state: StreamState }
  /** Of `push`: one picture may be sent now. The newest sequence of the stream: that of the picture sent before. */
  | { readonly kind: 'taken'; readonly sequence: number }
  /** The last message. null: it ended as asked. */
  | { readonly kind: 'end'; readonly problem: Problem | null };

/** What the link pulls one subscription's messages from: a bounded reader in the producer. */
export interface Feed {
  /** Set by the link; the feed calls it (also synchronously in a fan-out) whenever something can be taken. */
  onReady: (() => void) | null;
  /** The next message, or undefined when nothing waits. After `end` it is not called again. */
  take(): FeedMessage | undefined;
  /** Of `push`: takes a picture that the consumer sent. */
  put?(picture: PushedPicture): void;
  /** Called once, when the consumer left or the link closed; also after an `end` was taken. */
  close(): void;
}

/** A producer's answer to a subscription. Throws a SightlineError to refuse it. */
export type Provide = (request: SubscribeRequest) => Feed;

/** What a consumer gets of one subscription. Called in order, never after `end`; must not throw. */
export interface SubscriptionHandlers {
  tracks?(epoch: number, tracks: readonly Track[], liveSequence: number): void;
  packet?(packet: Packet): void;
  /** `bytes` of the jpeg is a view at offset BODY_ROOM of a buffer of its own, with BODY_ROOM bytes free before and BODY_TAIL behind. */
  jpeg?(jpeg: Jpeg): void;
  gap?(dropped: number): void;
  state?(state: StreamState): void;
  /** Of `push`: one picture may be sent now; `sequence` is the number of the one sent before. */
  taken?(sequence: number): void;
  /** Exactly once, unless the consumer closed it first: null as asked, a problem otherwise (`link-closed` when the producer went). */
  end(problem: Problem | null): void;
}

export interface Subscription {
  /** Of `push`, once after each `taken`: sends a picture. False: nobody is there to take it, the next `taken` will say when. */
  put?(picture: PushedPicture): boolean;
  /** Stops it; no handler is called afterwards. Closing twice is harmless. */
  close(): void;
}

/** Anything that can be subscribed to: a dialled link, a directory that dials, or a fake. */
export interface MediaPort {
  subscribe(request: SubscribeRequest, handlers: SubscriptionHandlers): Subscription;
}

/** Where a process listens for media: a path of a Unix socket (a pipe's name on Windows), and the token to say there. */
export interface Endpoint {
  readonly path: string;
  readonly token: string;
}

// ---------------------------------------------------------------- directory

/** Where a camera's streams are. Pushed whole to every process when anything in it changes. */
export interface DirectoryEntry {
  readonly uid: string;
  /** Who opens the camera; serves its packets, and its pictures as they are when it sends JPEG. null: being replaced. */
  readonly origin: Endpoint | null;
  /** Who decodes it and draws slates. null: not started or being replaced. */
  readonly codec: Endpoint | null;
  /** True when pictures at the camera's own size come from `origin` untouched. */
  readonly passthrough: boolean;
  /** Size of the pictures as last seen; 0 when never. */
  readonly width: number;
  readonly height: number;
  /** Set when the stream cannot be had (disabled, quarantined). */
  readonly problem: Problem | null;
}

// ---------------------------------------------------------------- control lane

/** What an origin knows of one camera; sent each second and at each change of state. */
export interface OriginReport {
  readonly uid: string;
  readonly state: StreamStateName;
  readonly sinceUs: number;
  readonly reason: Problem | null;
  readonly tracks: readonly Track[];
  readonly epoch: number;
  /** Newest sequence given. */
  readonly sequence: number;
  readonly clock: StampClock | null;
  readonly uncertaintyUs: number | null;
  readonly fps: number;
  readonly bitrate: number;
  readonly restarts: number;
  readonly sessions: number;
  readonly packetsIn: number;
  readonly quirks: Readonly<Record<string, number>>;
  /** How the camera took the password so far; absent or null: it never asked for it. */
  readonly login?: Login | null;
}

/** What codec knows of one stream. */
export interface CodecReport {
  readonly uid: string;
  readonly decoded: number;
  /** Packets that the decoder refused. */
  readonly bad: number;
  /** Pictures of whole packets in which the decoder guessed parts. */
  readonly concealed: number;
  readonly encoded: number;
  readonly dropped: number;
  /** Width x quality that are being encoded now. */
  readonly encodings: number;
  readonly problem: Problem | null;
  /** True while frames are being decoded: this stream is suspected if the process dies. */
  readonly decoding: boolean;
}

export interface Heartbeat {
  /** 99th percentile of the event loop's delay since the last one, milliseconds. */
  readonly loopDelayMs: number;
  readonly rssBytes: number;
  readonly nativeCalls: number;
  /** Age of the oldest native call that has not returned, milliseconds; 0 without one. */
  readonly oldestNativeMs: number;
  /** What it does against too much load: 0 nothing, 1 no new encodings, 2 also half the rate. */
  readonly load: LoadLevel;
}

/** A line for main's log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Main asks, child answers. */
export interface ChildMethods {
  /** The whole list of cameras that this child opens; those missing are closed. */
  configure: { params: { cameras: readonly CameraSpec[] }; result: null };
  directory: { params: { entries: readonly DirectoryEntry[] }; result: null };
  /** Codec only: the processors of every camera that it decodes; cameras without any are missing. */
  processors: { params: { cameras: readonly CameraProcessors[] }; result: null };
  wall: { params: { offsetUs: number }; result: null };
  /** Close everything in order (TEARDOWN), then exit. */
  end: { params: null; result: null };
}

/** Child tells, main answers null. */
export interface MainMethods {
  ready: { params: { endpoint: Endpoint }; result: null };
  origins: { params: { reports: readonly OriginReport[] }; result: null };
  codecs: { params: { reports: readonly CodecReport[] }; result: null };
  /** Each second, and at once when a state changed. */
  processors: { params: { reports: readonly ProcessorReport[] }; result: null };
  events: { params: { events: readonly ProcessorEvent[] }; result: null };
  heartbeat: { params: Heartbeat; result: null };
  log: { params: LogLine; result: null };
}
