// The last to look at a device: which addresses give a picture. Opens what the device named, else tries the paths of its
// maker, else those that are common; a few, and stops at the first that asks for a password that is not there.

import { STREAM_PATHS, USUAL_PATHS } from './makers/stream-paths.ts';
import type { StreamPaths } from './makers/stream-paths.ts';
import { RtspLook } from './rtsp-look.ts';
import type { Look, Shape } from './rtsp-look.ts';
import { atServer } from './server-url.ts';
import { lookAtSnapshot } from './snapshot-look.ts';
import type { FoundCamera, FoundStream, Ground, Inspector, Service } from './types.ts';

/** Of what is not named by the device, so many are tried, on all its ports together. */
const MAX_GUESSES = 20;

/** For one run: it remembers which devices have shut their doors. */
export function createPaths(): Inspector {
  const shut = new Set<string>();
  return {
    way: 'paths',
    subjects: (camera) => [
      ...camera.services.filter(isTried).map(({ url }) => url),
      ...unopened(camera).map(({ source }) => source),
    ],
    async inspect(camera, subjects, ground) {
      if (shut.has(camera.address)) return;
      const named = unopened(camera).filter(({ source }) => subjects.includes(source));
      const services = camera.services.filter((service) => isTried(service) && subjects.includes(service.url));
      const trial = new Trial(camera, ground);
      await trial.run(named, services);
      if (trial.isShut) shut.add(camera.address);
    },
  };
}

function isTried({ kind }: Service): boolean {
  return kind === 'rtsp' || kind === 'http';
}

/** What the device named, or another way of looking, and nobody has opened. */
function unopened({ streams }: FoundCamera): FoundStream[] {
  return streams.filter(({ confirmed, way }) => !confirmed && way !== 'paths');
}

function isRtsp({ source }: FoundStream): boolean {
  return source.startsWith('rtsp');
}

/** One device; what is seen is reported at once. */
class Trial {
  /** The device does not let us in: it is asked nothing more. */
  isShut = false;
  readonly #camera: FoundCamera;
  readonly #ground: Ground;
  readonly #paths: readonly StreamPaths[];
  #guesses = 0;
  #hasPicture: boolean;

  constructor(camera: FoundCamera, ground: Ground) {
    this.#camera = camera;
    this.#ground = ground;
    this.#paths = STREAM_PATHS.get(camera.maker ?? '') ?? USUAL_PATHS;
    this.#hasPicture = camera.streams.some(({ confirmed }) => confirmed);
  }

  async run(named: readonly FoundStream[], services: readonly Service[]): Promise<void> {
    for (const [server, streams] of byServer(named.filter(isRtsp))) {
      await this.#withServer(server, async (look) => {
        for (const stream of streams) if (!this.isShut) this.#report(await look.at(stream.source), stream);
      });
    }
    // Of a device with streams nobody needs its single pictures.
    for (const stream of named.filter((each) => !isRtsp(each))) {
      if (!this.#hasPicture && !this.isShut) await this.#openHttp(stream);
    }
    const isNamed = this.#camera.streams.some(({ way }) => way !== 'paths');
    for (const { kind, url } of services) {
      if (kind === 'rtsp' && !isNamed && !this.isShut) await this.#withServer(url, (look) => this.#guess(look, url));
    }
    for (const { kind, url } of services) {
      if (kind === 'http' && !isNamed && !this.#hasPicture && !this.isShut) await this.#snapshot(url);
    }
  }

  async #withServer(url: string, work: (look: RtspLook) => Promise<void>): Promise<void> {
    const look = new RtspLook(url, this.#ground);
    try {
      await work(look);
    } finally {
      look.close();
    }
  }

  async #openHttp(stream: FoundStream): Promise<void> {
    const { pathname, search } = new URL(stream.source);
    this.#report(await lookAtSnapshot(stream.source, pathname + search, this.#ground), stream);
  }

  /** Goes through the candidates until one gives a picture, or the device shuts its door. */
  async #guess(look: RtspLook, server: string): Promise<void> {
    for (const { main, sub } of this.#paths) {
      if (this.#guesses++ >= MAX_GUESSES) return;
      const seen = await look.at(atServer(server, main));
      if (seen.kind === 'silent') return;
      this.#report(seen, guessed(atServer(server, main), 'main'));
      if (seen.kind === 'missing') continue;
      if (sub !== undefined) await this.#guessSub(look, atServer(server, sub), seen);
      return;
    }
  }

  /** Many servers answer any path with the same stream: that is no second one. */
  async #guessSub(look: RtspLook, source: string, main: Look): Promise<void> {
    const stream = guessed(source, 'sub');
    if (main.kind !== 'stream') {
      // Whose paths these are is a mere guess when the maker is not known.
      if (STREAM_PATHS.has(this.#camera.maker ?? '')) this.#report(main, stream);
      return;
    }
    const seen = await look.at(source);
    const { codec, width, height } = main.shape;
    const isSame =
      seen.kind === 'stream' &&
      seen.shape.codec === codec &&
      seen.shape.width === width &&
      seen.shape.height === height;
    if (!isSame) this.#report(seen, stream);
  }

  async #snapshot(server: string): Promise<void> {
    for (const { snapshot } of this.#paths) {
      if (snapshot === undefined || this.#guesses++ >= MAX_GUESSES) continue;
      const seen = await lookAtSnapshot(server, snapshot, this.#ground);
      this.#report(seen, guessed(atServer(server, snapshot), 'snapshot'));
      if (seen.kind !== 'missing') return;
    }
  }

  #report(look: Look, stream: FoundStream): void {
    const { address } = this.#camera;
    if (look.kind === 'stream') {
      this.#hasPicture = true;
      this.#ground.seen({ way: 'paths', address, streams: [opened(stream, look.shape)] });
    } else if (look.kind === 'password' || look.kind === 'refused') {
      this.isShut = true;
      this.#ground.seen({ way: 'paths', address, needsPassword: true, streams: [stream] });
    }
  }
}

/** What the description does not say stays as it was named. */
function opened(stream: FoundStream, { codec, width, height, fps }: Shape): FoundStream {
  const size = width > 0 ? { width, height } : {};
  return { ...stream, ...size, codec: codec || stream.codec, fps: fps || stream.fps, confirmed: true };
}

function guessed(source: string, label: string): FoundStream {
  return { source, label, way: 'paths', confirmed: false, codec: '', width: 0, height: 0, fps: 0 };
}

function byServer(streams: readonly FoundStream[]): Map<string, FoundStream[]> {
  const servers = new Map<string, FoundStream[]>();
  for (const stream of streams) {
    const server = atServer(stream.source, '/');
    servers.set(server, [...(servers.get(server) ?? []), stream]);
  }
  return servers;
}
