// All processors of the cameras that this process decodes: follows what control wishes, gives the streams that they
// make, tells what they found. Codec's streams mount it.

import { SightlineError } from '../../base/errors.ts';
import type { Hub } from '../../base/hub.ts';
import type { CameraProcessors, ProcessorEvent, ProcessorReport } from '../../link/processors.ts';
import type { Jpeg, StreamKey } from '../../media/types.ts';
import type { Frame } from '../ffmpeg/frame.ts';
import { JpegSources } from '../jpeg.ts';
import { StreamStatus } from '../stream-status.ts';
import { EventPictures } from './event-pictures.ts';
import { ProcessorHost } from './host.ts';
import type { WorkerEvent } from './protocol.ts';

/** A camera's own stream, which its processors read. */
export interface CameraStream {
  readonly status: StreamStatus;
  readonly frames: Hub<Frame>;
}

export interface ProcessorsOptions {
  readonly streamOf: (key: StreamKey) => CameraStream;
  readonly tellReports: (reports: readonly ProcessorReport[]) => void;
  readonly tellEvents: (events: readonly ProcessorEvent[]) => void;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', text: string, fields: Record<string, unknown>) => void;
}

/** A stream that a processor makes. */
export interface DerivedStream {
  readonly status: StreamStatus;
  readonly jpegs: JpegSources;
}

interface Entry extends DerivedStream {
  readonly host: ProcessorHost;
  readonly unlisten: () => void;
}

interface CameraEntry {
  /** What the camera is called now. */
  id: string;
  readonly pictures: EventPictures;
  readonly entries: Map<string, Entry>;
}

export class Processors {
  readonly #options: ProcessorsOptions;
  readonly #cameras = new Map<string, CameraEntry>();
  #ending: Promise<unknown> = Promise.resolve();

  constructor(options: ProcessorsOptions) {
    this.#options = options;
  }

  /** The whole list; cameras and processors that are missing end, those that did not change are not touched. */
  configure(cameras: readonly CameraProcessors[]): void {
    const wanted = new Map(cameras.map((camera) => [camera.uid, camera]));
    for (const [uid, camera] of this.#cameras) if (!wanted.has(uid)) this.#removeCamera(uid, camera);
    for (const camera of cameras) this.#follow(camera);
  }

  /** The stream that a processor makes. Throws `not-found`. */
  stream(key: StreamKey): DerivedStream {
    const [uid = '', name = ''] = key.split('/');
    const entry = this.#cameras.get(uid)?.entries.get(name);
    if (entry === undefined) throw new SightlineError('not-found', `The camera has no stream "${name}".`);
    return entry;
  }

  /** The picture that an event was found in; null when it is not kept. */
  eventPicture(uid: string, sequence: number): Promise<Jpeg | null> {
    return this.#cameras.get(uid)?.pictures.find(sequence) ?? Promise.resolve(null);
  }

  reports(): ProcessorReport[] {
    return [...this.#cameras.values()].flatMap(({ entries }) => [...entries.values()].map(({ host }) => host.report()));
  }

  async close(): Promise<void> {
    for (const [uid, camera] of this.#cameras) this.#removeCamera(uid, camera);
    await this.#ending;
  }

  #follow(camera: CameraProcessors): void {
    const { uid, id, name } = camera;
    const known = this.#cameras.get(uid) ?? { id, pictures: new EventPictures(), entries: new Map<string, Entry>() };
    known.id = id;
    this.#cameras.set(uid, known);
    const names = new Set(camera.processors.map((spec) => spec.name));
    for (const [stream, entry] of known.entries) if (!names.has(stream)) this.#remove(known, stream, entry);
    for (const spec of camera.processors) {
      const entry = known.entries.get(spec.name);
      if (entry) entry.host.update({ uid, id, name }, spec);
      else known.entries.set(spec.name, this.#create(camera, spec, known));
    }
  }

  #create(camera: CameraProcessors, spec: CameraProcessors['processors'][number], known: CameraEntry): Entry {
    const { uid, id, name } = camera;
    const main = this.#options.streamOf(`${uid}/main`);
    const status = new StreamStatus();
    const follow = (): void => {
      if (main.status.state !== null) status.setOrigin(main.status.state);
    };
    const unlisten = main.status.listen(follow);
    follow();
    const host = new ProcessorHost({
      camera: { uid, id, name },
      spec,
      frames: main.frames,
      status,
      onChange: () => queueMicrotask(() => this.#options.tellReports([host.report()])),
      onEvents: (events, frame) => {
        known.pictures.keep(frame);
        this.#options.tellEvents(events.map((event) => eventOf(event, { uid, processor: spec.name, frame })));
      },
      log: (level, text) => this.#options.log(level, text, { camera: known.id, processor: spec.name }),
    });
    return { host, status, jpegs: new JpegSources(null, `${uid}/${spec.name}`, status, host.pictures), unlisten };
  }

  #removeCamera(uid: string, camera: CameraEntry): void {
    this.#cameras.delete(uid);
    for (const [name, entry] of camera.entries) this.#remove(camera, name, entry);
    this.#ending = Promise.all([this.#ending, camera.pictures.close()]);
  }

  #remove(camera: CameraEntry, name: string, { host, jpegs, unlisten }: Entry): void {
    camera.entries.delete(name);
    unlisten();
    const reason = new SightlineError('not-found', `The processor "${name}" was removed.`);
    this.#ending = Promise.all([this.#ending, jpegs.close(reason).then(() => host.close())]);
  }
}

interface Found {
  readonly uid: string;
  readonly processor: string;
  readonly frame: Frame;
}

function eventOf({ type, boxes, data }: WorkerEvent, { uid, processor, frame }: Found): ProcessorEvent {
  const { capturedAtUs, clock } = frame.stamp;
  return { uid, processor, type, capturedAtUs, clock, sequence: frame.sequence, boxes, data };
}
