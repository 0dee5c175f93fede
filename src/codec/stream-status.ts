// What codec knows of one stream: the origin's state as it came with the packets, overruled by codec's own problem.
// Viewers of its pictures are told in band; the report to control says the same.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { LoadLevel } from '../base/load-watch.ts';
import type { CodecName, StreamState, Track } from '../media/types.ts';

export class StreamStatus {
  /**
   * `leapt`: those of the dropped packets that were leapt over, because newer ones waited. `bad`: refused by the decoder.
   * `concealed`: those of the decoded pictures in which it guessed parts, though their packets were whole.
   */
  readonly counters = { decoded: 0, bad: 0, concealed: 0, encoded: 0, dropped: 0, leapt: 0 };
  /** What this process does against too much load. */
  load: LoadLevel = 0;
  /** Settles when everything that has come is decoded; null when nothing waits. */
  decoding: Promise<void> | null = null;
  /** Width of the pictures as last seen; 0 before. */
  width = 0;
  #codec: CodecName | null = null;
  #origin: StreamState | null = null;
  readonly #problems: Record<'decode' | 'encode', Problem | null> = { decode: null, encode: null };
  #followers = 0;
  #said: StreamState | null = null;
  readonly #listeners = new Set<() => void>();

  /** What viewers should be told; null while the origin has said nothing. The same object until it changes. */
  get state(): StreamState | null {
    return this.#said;
  }

  /** Codec of the pictures as last announced; null before. */
  get codec(): CodecName | null {
    return this.#codec;
  }

  get problem(): Problem | null {
    return this.#problems.decode ?? this.#problems.encode;
  }

  /** Somebody reads packets and will say what the origin says; returns its end. Without any, nothing is known. */
  follow(): () => void {
    this.#followers++;
    return () => {
      if (--this.#followers > 0) return;
      this.#origin = null;
      this.#problems.decode = null;
      this.#problems.encode = null;
      this.#update();
    };
  }

  /** The origin's word. */
  setOrigin(state: StreamState): void {
    this.#origin = state;
    this.#update();
  }

  /** What the tracks say. `width` 0: not known. */
  setCodec(codec: CodecName | null, width: number): void {
    if (width > 0) this.width = width;
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#tell();
  }

  /** Codec's own problem, or null when pictures come again. */
  setProblem(part: 'decode' | 'encode', problem: Problem | null): void {
    if (problem?.code === this.#problems[part]?.code && problem?.text === this.#problems[part]?.text) return;
    this.#problems[part] = problem;
    this.#update();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #update(): void {
    const origin = this.#origin;
    const { problem } = this;
    const overruled = problem !== null && (origin === null || origin.state === 'live');
    const next: StreamState | null = overruled ? { state: 'failed', sinceUs: nowUs(), reason: problem } : origin;
    if (next === this.#said || isSame(next, this.#said)) return;
    this.#said = next;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Two subscriptions to one origin say the same state each at its own time. */
function isSame(one: StreamState | null, other: StreamState | null): boolean {
  if (one === null || other === null) return false;
  const isReasonSame = one.reason?.code === other.reason?.code && one.reason?.text === other.reason?.text;
  return one.state === other.state && one.patienceMs === other.patienceMs && isReasonSame;
}

/** Why no pictures can be made of a stream with this video track, or without one. */
export function unsupportedTrack(track: Track | undefined): Problem {
  const text = track === undefined ? 'The stream has no video.' : `Pictures cannot be made of ${track.codec}.`;
  return new SightlineError(track === undefined ? 'decode-failed' : 'codec-unsupported', text).toProblem();
}
