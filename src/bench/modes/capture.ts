// One capture as the naive and the threaded mode have it: opens the camera, repairs and numbers what it sends, decodes
// every packet, and hands over the pictures one after another. Without hub, link or backoff: it ends when the camera does.

import { DialGuard } from '../../base/dial-guard.ts';
import { SightlineError } from '../../base/errors.ts';
import { Sequencer } from '../../capture/sequencer.ts';
import { DecodeQueue } from '../../codec/decode-queue.ts';
import { VideoDecoder, canDecode } from '../../codec/ffmpeg/decoder.ts';
import type { Frame } from '../../codec/ffmpeg/frame.ts';
import { openLocalSource } from '../../codec/sources/open.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { openNetworkSource } from '../../ingest/sources/open.ts';
import type { Packet, Source, SourceSink, SourceUnit, Track } from '../../media/types.ts';

/** A decoder that gave no picture for so many packets has failed. */
const FAILED_AFTER_PACKETS = 30;

export interface CaptureOptions {
  readonly address: SourceAddress;
  /** Ends the capture. */
  readonly signal: AbortSignal;
  /** Takes one picture, which is released when it has resolved. The next one is decoded then; so many packets `wait`. */
  readonly onFrame: (frame: Frame, waiting: number) => Promise<void> | void;
}

/** Captures until `signal` aborts; rejects with the camera's own cause when it ends before. */
export async function capture({ address, signal, onFrame }: CaptureOptions): Promise<void> {
  if (signal.aborted) return;
  const session = new AbortController();
  const abort = (): void => session.abort();
  signal.addEventListener('abort', abort, { once: true });
  const decoding = new Decoding(onFrame, abort);
  try {
    await openSource(address).run(decoding, session.signal);
  } finally {
    signal.removeEventListener('abort', abort);
    await decoding.close();
  }
  if (isOver(signal)) return;
  throw decoding.failure ?? new SightlineError('camera-closed', `${address.display} ended the stream`);
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function openSource(address: SourceAddress): Source {
  const isNetwork = address.kind === 'rtsp' || address.kind === 'http';
  // A person named this camera on the command line: it may be dialled wherever it is.
  if (isNetwork) return openNetworkSource({ address, tlsVerify: true, guard: new DialGuard(() => null) });
  return openLocalSource({ address, name: 'camera' });
}

/** What the source feeds. Packets are decoded in order, one at a time. */
class Decoding implements SourceSink {
  /** Why it cannot go on. */
  failure: SightlineError | null = null;
  readonly #onFrame: CaptureOptions['onFrame'];
  readonly #abort: () => void;
  readonly #sequencer = new Sequencer({ epochBase: 0, sequenceBase: 0 });
  readonly #queue = new DecodeQueue();
  #track: Track | null = null;
  #decoder: VideoDecoder | null = null;
  /** The epoch that the decoder was opened for. */
  #opened = -1;
  #barren = 0;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(onFrame: CaptureOptions['onFrame'], abort: () => void) {
    this.#onFrame = onFrame;
    this.#abort = abort;
  }

  begin(tracks: readonly Track[]): void {
    this.#queue.clear();
    this.#sequencer.beginEpoch();
    this.#track = tracks.find(({ kind }) => kind === 'video') ?? null;
    if (this.#track !== null && canDecode(this.#track.codec)) return;
    const codec = this.#track?.codec ?? 'no video';
    this.#fail(new SightlineError('codec-unsupported', `The camera sends ${codec}, which cannot be decoded.`));
  }

  unit(unit: SourceUnit): void {
    if (this.#closed || this.failure !== null) return;
    const packet = this.#sequencer.number(unit);
    if (packet === null || (packet.damaged && this.#track?.codec === 'mjpeg')) return;
    this.#queue.push(packet);
    this.#running ??= this.#run();
  }

  quirk(): void {
    // Deviations of the camera are not what is measured.
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.clear();
    await this.#running;
    await this.#decoder?.close();
    this.#decoder = null;
  }

  async #run(): Promise<void> {
    try {
      for (let packet = this.#queue.take(); packet !== undefined; packet = this.#queue.take()) {
        await this.#decode(packet);
      }
    } catch (error) {
      this.#fail(SightlineError.from(error, 'decode-failed'));
    }
    this.#running = null;
  }

  async #decode(packet: Packet): Promise<void> {
    const decoder = await this.#decoderFor(packet);
    if (decoder === null) return;
    const frame = await decoder.send(packet);
    packet.memory?.release();
    if (frame === null) {
      if (++this.#barren < FAILED_AFTER_PACKETS) return;
      throw new SightlineError('decode-failed', `The camera's ${this.#track?.codec ?? 'video'} cannot be decoded.`);
    }
    this.#barren = 0;
    try {
      if (!this.#closed) await this.#onFrame(frame, this.#queue.waiting);
    } finally {
      frame.release();
    }
  }

  /** Null: the packet is of an epoch that is over. */
  async #decoderFor({ epoch }: Packet): Promise<VideoDecoder | null> {
    if (this.#track === null || epoch !== this.#sequencer.epoch) return null;
    if (this.#opened === epoch) return this.#decoder;
    const track = this.#track;
    await this.#decoder?.close();
    this.#decoder = await VideoDecoder.open(track);
    this.#opened = epoch;
    return this.#decoder;
  }

  #fail(error: SightlineError): void {
    this.failure ??= error;
    this.#queue.clear();
    this.#abort();
  }
}
