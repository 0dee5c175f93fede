// Plays recorded material as if a camera sent it: each packet when it is due by its decoding time, from the start again
// at the end, with timestamps that go on. A capture time is the moment at which the picture is due to be shown.

import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { SourceSink, Stamp } from '../../media/types.ts';
import type { InputPacket, MediaInput } from '../ffmpeg/input.ts';
import { sleepUntil } from './pace.ts';
import { UnitFeed } from './unit-feed.ts';

/** Behind by more than this (the machine slept), the clock starts anew instead of a burst. */
const MAX_LATE_US = 1e6;
/** Further ahead than this (a broken time stamp), the clock starts anew instead of a standstill. */
const MAX_AHEAD_US = 4e6;
/** No picture is shorter than this, so that a file whose time stamps stand still does not loop at full speed. */
const MIN_INTERVAL_US = 4_000;
/** A file of one picture is shown once a second. */
const STILL_US = 1e6;
const DEFAULT_INTERVAL_US = 40_000;

/** Plays until `signal` aborts, or, when `reopen` is null, to the end. Closes what it got. */
export async function playPaced(
  first: MediaInput,
  reopen: (() => Promise<MediaInput>) | null,
  sink: SourceSink,
  signal: AbortSignal,
): Promise<void> {
  const player = new Player(first, await openFeed(first, sink), signal);
  try {
    await player.playOnce();
    while (reopen !== null && !signal.aborted) {
      await player.backToStart(reopen);
      await player.playOnce();
    }
  } finally {
    await player.close();
  }
}

async function openFeed(input: MediaInput, sink: SourceSink): Promise<UnitFeed> {
  try {
    return await UnitFeed.open(input, sink);
  } catch (error) {
    await input.close();
    throw error;
  }
}

class Player {
  #input: MediaInput;
  readonly #feed: UnitFeed;
  readonly #signal: AbortSignal;
  readonly #intervalUs: number;
  /** Monotonic time of the material's time 0, loops included. */
  #anchorUs: number | null = null;
  /** Added to the material's times in this loop. */
  #offsetUs = 0;
  #firstUs: number | null = null;
  /** Where this loop's last picture ends, in the material's time. */
  #endUs = 0;
  #nextDtsUs = 0;
  #pictures = 0;
  /** The most by which a picture is shown after it is decoded (B pictures). */
  #leadUs = 0;

  constructor(input: MediaInput, feed: UnitFeed, signal: AbortSignal) {
    this.#input = input;
    this.#feed = feed;
    this.#signal = signal;
    const { fps } = input.video;
    this.#intervalUs = fps === null ? DEFAULT_INTERVAL_US : 1e6 / fps;
  }

  /** Plays to the end of the material. */
  async playOnce(): Promise<void> {
    for (;;) {
      const packet = await this.#input.read();
      if (packet === null) return;
      const timed = this.#timed(packet);
      const dueUs = this.#dueUs(timed.dtsUs + this.#offsetUs);
      await sleepUntil(dueUs, this.#signal);
      if (this.#signal.aborted) return;
      await this.#feed.take(timed, this.#offsetUs, this.#stamp(timed, dueUs));
    }
  }

  async backToStart(reopen: () => Promise<MediaInput>): Promise<void> {
    if (this.#pictures === 0) throw new SightlineError('file-unreadable', 'There is no picture in the video.');
    await this.#feed.restart(this.#offsetUs);
    const lengthUs = this.#endUs - (this.#firstUs ?? 0);
    this.#offsetUs += Math.max(lengthUs, this.#pictures === 1 ? STILL_US : this.#pictures * MIN_INTERVAL_US);
    this.#pictures = 0;
    this.#nextDtsUs = this.#firstUs ?? 0;
    if (await this.#input.rewind()) return;
    await this.#input.close();
    this.#input = await reopen();
  }

  async close(): Promise<void> {
    await this.#feed.close();
    await this.#input.close();
  }

  /** The packet with times in any case: raw streams have none, and get them from the frame rate. */
  #timed(packet: InputPacket): InputPacket & { readonly dtsUs: number; readonly ptsUs: number } {
    const dtsUs = packet.dtsUs ?? packet.ptsUs ?? this.#nextDtsUs;
    const ptsUs = packet.ptsUs ?? dtsUs;
    const durationUs = packet.durationUs > 0 ? packet.durationUs : Math.round(this.#intervalUs);
    this.#nextDtsUs = dtsUs + durationUs;
    this.#firstUs = Math.min(this.#firstUs ?? ptsUs, ptsUs);
    this.#endUs = Math.max(this.#endUs, ptsUs + durationUs);
    this.#pictures += 1;
    const { key, corrupt, view, native } = packet;
    return { ptsUs, dtsUs, durationUs, key, corrupt, view, native };
  }

  #dueUs(timeUs: number): number {
    const now = nowUs();
    const aheadUs = this.#anchorUs === null ? -Infinity : this.#anchorUs + timeUs - now;
    if (aheadUs < -MAX_LATE_US) this.#anchorUs = now - timeUs;
    else if (aheadUs > MAX_AHEAD_US) this.#anchorUs = now + this.#intervalUs - timeUs;
    return this.#anchorUs! + timeUs;
  }

  #stamp(packet: { readonly dtsUs: number; readonly ptsUs: number }, dueUs: number): Stamp {
    const lead = packet.ptsUs - packet.dtsUs;
    this.#leadUs = Math.max(this.#leadUs, lead);
    return { capturedAtUs: Math.min(dueUs + lead - this.#leadUs, nowUs()), clock: 'device' };
  }
}
