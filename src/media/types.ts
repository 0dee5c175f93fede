// The nouns of the media path: Track, Packet, Stamp, Jpeg, stream state, and the contract of a Source.
// Every process speaks these; nothing here does any work.

import type { Problem } from '../base/errors.ts';
import type { PixelFormat } from './pixels.ts';

/** FFmpeg's name of a codec. */
export type CodecName = 'h264' | 'hevc' | 'mjpeg' | 'aac' | 'opus' | 'pcm_alaw';

/** `uid/stream`, for example `0198…/main`. */
export type StreamKey = `${string}/${string}`;

/** One elementary stream of a source. Changes only with a new epoch. */
export interface Track {
  /** Small number, unique within its source; 0 is the video track. */
  readonly id: number;
  readonly kind: 'video' | 'audio';
  readonly codec: CodecName;
  /** Pixels; 0 when not known yet. */
  readonly width: number;
  readonly height: number;
  /** Nominal frames per second, null when not said by the source. */
  readonly fps: number | null;
  /** Codec configuration: avcC (ISO 14496-15, 5.3.3.1) for h264; null where the codec has none. */
  readonly config: Buffer | null;
}

/** Where a capture time comes from; see the rule "Capture time" in docs/architecture.md. */
export type StampClock = 'rtcp' | 'device' | 'sender' | 'arrival';

/** When the picture was taken, in microseconds of the monotonic clock (`nowUs`). */
export interface Stamp {
  readonly capturedAtUs: number;
  readonly clock: StampClock;
  /** Half width of the interval that contains the truth, in microseconds; absent when unknown. */
  readonly uncertaintyUs?: number;
}

/**
 * Where a unit's bytes stand, for whoever gives memory back to be used again. A unit is handed on with one reference.
 * Who lets go of it must not look at its bytes again; who never does keeps them, as any other buffer.
 */
export interface Memory {
  retain(): void;
  release(): void;
}

/** One compressed unit. Immutable. */
export interface Packet {
  readonly trackId: number;
  /** One opening of a source with one set of tracks. Rises, also over restarts of the process. */
  readonly epoch: number;
  /** Captured pictures of this camera since the server started. Rises by one a unit; never goes back. */
  readonly sequence: number;
  /** A keyframe and what depends on it share a group: the sequence of the keyframe. */
  readonly group: number;
  /** Presentation and decoding time on the stream's own timeline, microseconds, repaired: dts rises, pts >= dts. */
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly durationUs?: number;
  readonly key: boolean;
  /** Something before this unit is missing. */
  readonly discontinuity: boolean;
  /** Parts of this unit are missing. */
  readonly damaged: boolean;
  readonly stamp: Stamp;
  /** h264: NAL units with 4-byte big-endian lengths, without AUD and parameter sets. mjpeg: one whole JPEG. */
  readonly data: Buffer;
  /** Of `data`, in the process of its source; absent where it is a buffer of its own. */
  readonly memory?: Memory | undefined;
}

/** One picture ready to be sent, encoded unless pixels were asked for. Immutable. */
export interface Jpeg {
  /** A JPEG, unless `pixels` is set. */
  readonly bytes: Buffer;
  /** Set where packed pixels of this layout were asked for instead. */
  readonly pixels?: PixelFormat;
  readonly width: number;
  readonly height: number;
  readonly sequence: number;
  readonly stamp: Stamp;
}

export type StreamStateName = 'idle' | 'opening' | 'live' | 'stalled' | 'failed' | 'disabled';

/** One picture that somebody sent to a camera of kind push, as the gateway took it in. Immutable. */
export interface PushedPicture {
  /** One whole JPEG. */
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  /** When its first byte was read, `nowUs`. */
  readonly arrivedUs: number;
  /** When it was captured, as its sender says, on our monotonic clock; null: not said. */
  readonly capturedAtUs: number | null;
  /** The sender's own number of it; null: none. */
  readonly number: number | null;
}

/** State of a camera's stream as its consumers see it. `sinceUs` is monotonic. */
export interface StreamState {
  readonly state: StreamStateName;
  readonly sinceUs: number;
  readonly reason: Problem | null;
  /** Of a live stream whose pictures are usually further apart than 5 s: so long a silence is none, milliseconds. */
  readonly patienceMs?: number;
}

/** What a source hands on: a unit before its timestamps are repaired and numbered. */
export interface SourceUnit {
  readonly trackId: number;
  /** On the source's own timeline (extended, not wrapped), microseconds; null when it has none. */
  readonly ptsUs: number | null;
  /** Null when the source has none (RTP, MJPEG): it is derived. */
  readonly dtsUs: number | null;
  readonly durationUs?: number;
  readonly key: boolean;
  readonly damaged: boolean;
  /** True when the source itself knows that something is missing before this unit. */
  readonly discontinuity: boolean;
  readonly stamp: Stamp;
  readonly data: Buffer;
  /** Of `data`, where it may be used again: the sink owns one reference. */
  readonly memory?: Memory | undefined;
}

/** What a source calls. All three are synchronous, cheap and never throw. */
export interface SourceSink {
  /** Begins an epoch. Called before the first unit and again whenever codec or size change in mid-stream. */
  begin(tracks: readonly Track[]): void;
  unit(unit: SourceUnit): void;
  /** Counts one deviation of the camera from its standard, by a short kebab-case name. */
  quirk(name: string): void;
}

/** The door of a source that is not asked for pictures but sent them. */
export interface Inlet {
  /** Takes a picture; drops it while no session runs. Cheap, never throws. */
  put(picture: PushedPicture): void;
  /** Why there is no picture: nothing came since `sinceUs`. */
  silence(sinceUs: number): Problem;
}

/** How a camera took the password: hashed, or in clear. */
export type Login = 'digest' | 'basic';

/** Opens one address and feeds a sink until it ends. */
export interface Source {
  /** How the camera took the password in the sessions so far; absent or null: it never asked for it. */
  readonly login?: Login | null;
  /** Set for a source that is sent its pictures. It costs nothing to keep open, so it always is, and silence ends no session. */
  readonly inlet?: Inlet;
  /**
   * Runs one session. Resolves after the end of the material or after `signal` aborted and everything was closed
   * (for RTSP: TEARDOWN sent); rejects with a SightlineError whose text names the step that failed. Each wait has a
   * limit of its own. May be called again after it settled: each call is a new session.
   */
  run(sink: SourceSink, signal: AbortSignal): Promise<void>;
}
