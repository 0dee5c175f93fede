// Every stream that this process makes pictures of, and the answers to who subscribes to them: what codec's main mounts
// on its link server. Packets come in through the port, JPEGs, snapshots and slates go out as feeds.

import { SightlineError } from '../base/errors.ts';
import type { LoadLevel } from '../base/load-watch.ts';
import type { Hub } from '../base/hub.ts';
import type { CameraProcessors, ProcessorEvent, ProcessorReport } from '../link/processors.ts';
import type { CodecReport, Feed, MediaPort, Provide, SubscribeRequest } from '../link/types.ts';
import type { Jpeg, StreamKey } from '../media/types.ts';
import { createFrameHub } from './decode.ts';
import { JpegFeed, SlateFeed } from './feeds.ts';
import type { Frame } from './ffmpeg/frame.ts';
import { JpegSources } from './jpeg.ts';
import { Processors } from './processors/processors.ts';
import type { DerivedStream } from './processors/processors.ts';
import { renderSlate } from './slate.ts';
import { SnapshotFeed } from './snapshot.ts';
import { StreamStatus } from './stream-status.ts';

/** Streams of cameras that are gone are forgotten when there are more than this. */
const MAX_IDLE_STREAMS = 256;

export interface CodecStreamsOptions {
  /** Where packets are subscribed to. */
  readonly port: MediaPort;
  /** Called before a stream begins to be decoded, and with that may end the process. */
  readonly onDecoding?: (report: CodecReport) => void;
  readonly onProcessors?: (reports: readonly ProcessorReport[]) => void;
  readonly onEvents?: (events: readonly ProcessorEvent[]) => void;
  readonly log?: (level: 'debug' | 'info' | 'warn' | 'error', text: string, fields: Record<string, unknown>) => void;
}

/** One stream: its decoding and its encodings. */
interface CodecStream {
  readonly status: StreamStatus;
  readonly frames: Hub<Frame>;
  readonly jpegs: JpegSources;
}

export class CodecStreams {
  readonly #port: MediaPort;
  readonly #onDecoding: (report: CodecReport) => void;
  readonly #streams = new Map<StreamKey, CodecStream>();
  /** What is made of these streams by processors. */
  readonly #processors: Processors;
  #load: LoadLevel = 0;
  #closed = false;

  constructor(options: CodecStreamsOptions) {
    this.#port = options.port;
    this.#onDecoding = options.onDecoding ?? (() => undefined);
    this.#processors = new Processors({
      streamOf: (key) => this.#stream(key),
      tellReports: options.onProcessors ?? (() => undefined),
      tellEvents: options.onEvents ?? (() => undefined),
      log: options.log ?? (() => undefined),
    });
  }

  /** Answers a subscription. Throws `stream-moved` for packets, `too-many-encodings`, `stopping`. */
  readonly provide: Provide = (request: SubscribeRequest): Feed => {
    if (this.#closed) throw new SightlineError('stopping', 'The process that makes pictures is stopping.');
    switch (request.kind) {
      case 'slate':
        return new SlateFeed(renderSlate(request));
      case 'jpegs': {
        const { jpegs, status } = this.#pictures(request.key);
        const { width, quality, pixels } = request;
        const source = pixels ? jpegs.pixelsFor(width, pixels) : jpegs.sourceFor(width, quality);
        return new JpegFeed(source, status, request.fps ?? null);
      }
      case 'snapshot': {
        const { jpegs, status } = this.#pictures(request.key);
        return new SnapshotFeed(jpegs.sourceFor(request.width, request.quality), status, request.maxAgeMs);
      }
      case 'kept':
        return new SlateFeed(this.#keptPicture(request.key, request.sequence));
      case 'packets':
      case 'push':
        throw new SightlineError('stream-moved', 'Packets come from and go to the process that opens the camera.');
    }
  };

  /** Sheds load: at 1 no new encoding begins, at 2 each encoding also takes every second frame only. */
  shed(level: LoadLevel): void {
    if (level === this.#load) return;
    this.#load = level;
    for (const { status } of this.#streams.values()) status.load = level;
  }

  /** One report a camera; its streams are added up. */
  reports(): CodecReport[] {
    const reports = new Map<string, CodecReport>();
    for (const [key, { status, frames, jpegs }] of this.#streams) {
      const uid = uidOf(key);
      const before = reports.get(uid);
      const { decoded, bad, concealed, encoded, dropped } = status.counters;
      reports.set(uid, {
        uid,
        decoded: decoded + (before?.decoded ?? 0),
        bad: bad + (before?.bad ?? 0),
        concealed: concealed + (before?.concealed ?? 0),
        encoded: encoded + (before?.encoded ?? 0),
        dropped: dropped + (before?.dropped ?? 0),
        encodings: jpegs.active + (before?.encodings ?? 0),
        problem: before?.problem ?? status.problem,
        decoding: (before?.decoding ?? false) || frames.state !== 'closed',
      });
    }
    return [...reports.values()];
  }

  /** Ends every subscription with `stopping` and frees every decoder and encoder. */
  async close(): Promise<void> {
    this.#closed = true;
    const reason = new SightlineError('stopping', 'The server is stopping.');
    await this.#processors.close();
    const streams = [...this.#streams.values()];
    await Promise.all(streams.map(({ jpegs }) => jpegs.close(reason)));
    await Promise.all(streams.map(({ frames }) => frames.close(reason)));
  }

  /** The processors of every camera that this process decodes. */
  configureProcessors(cameras: readonly CameraProcessors[]): void {
    if (!this.#closed) this.#processors.configure(cameras);
  }

  processorReports(): ProcessorReport[] {
    return this.#processors.reports();
  }

  #pictures(key: StreamKey): DerivedStream {
    return key.endsWith('/main') ? this.#stream(key) : this.#processors.stream(key);
  }

  async #keptPicture(key: StreamKey, sequence: number): Promise<Jpeg> {
    const picture = await this.#processors.eventPicture(uidOf(key), sequence);
    if (picture === null) throw new SightlineError('not-found', 'The picture of this event is not kept any more.');
    return picture;
  }

  #tellDecoding(key: StreamKey): void {
    const uid = uidOf(key);
    const report = this.reports().find((each) => each.uid === uid);
    if (report) this.#onDecoding({ ...report, decoding: true });
  }

  #stream(key: StreamKey): CodecStream {
    const known = this.#streams.get(key);
    if (known) return known;
    for (const [other, { frames, jpegs }] of this.#streams) {
      if (this.#streams.size < MAX_IDLE_STREAMS) break;
      if (jpegs.readerCount === 0 && frames.state === 'closed') this.#streams.delete(other);
    }
    const status = new StreamStatus();
    status.load = this.#load;
    const frames = createFrameHub({ port: this.#port, key, status, onBegin: () => this.#tellDecoding(key) });
    const stream = { status, frames, jpegs: new JpegSources(this.#port, key, status, frames) };
    this.#streams.set(key, stream);
    return stream;
  }
}

function uidOf(key: StreamKey): string {
  return key.slice(0, key.indexOf('/'));
}
