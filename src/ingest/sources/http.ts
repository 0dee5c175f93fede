// The http(s) source: MJPEG streams and polled JPEG pictures of cameras, phones and other servers. One session is one
// answer that does not end, or one GET after the other where the camera gives one picture at a time.
//
// Polled pictures: at most ten GETs a second. A picture with the same bytes as the one before is not sent on, for it
// is not a new capture; but at least every 2 s it is, since a camera that answers is alive and not stalled.

import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { nowUs } from '../../base/clock.ts';
import type { DialGuard } from '../../base/dial-guard.ts';
import { SightlineError } from '../../base/errors.ts';
import { FloodGuard } from '../../base/flood-guard.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { jpegSize } from '../../media/jpeg.ts';
import { boundaryOf, MultipartParser, type Part } from '../../media/multipart.ts';
import type { Source, SourceSink } from '../../media/types.ts';
import { LoginMemory } from '../../rtsp/login-memory.ts';
import { SenderClock } from './http-clock.ts';
import { HTTP_LIMITS, StepTimer, type HttpLimits } from './http-limits.ts';
import { HttpClient } from './http-request.ts';
import { typeError } from './http-status.ts';

/** Shortest time from one GET to the next, where the camera gives one picture for each. */
const POLL_INTERVAL_US = 100_000;
/** So much without a picture is no camera. */
const MAX_GARBAGE_BYTES = 2 * 1024 * 1024;
/** No camera sends more in a second. */
const FLOOD_BYTES = 64 * 1024 * 1024;

export interface HttpSourceOptions {
  readonly address: SourceAddress;
  readonly tlsVerify: boolean;
  /** Asked before each connection. */
  readonly guard: DialGuard;
  /** The camera took the password by Digest before this source was made. Default false. */
  readonly digestOnly?: boolean;
  /** For tests; default HTTP_LIMITS. */
  readonly limits?: Partial<HttpLimits>;
}

/** Opens http and https cameras. Each run is a session of its own. */
export function createHttpSource(options: HttpSourceOptions): Source {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const login = new LoginMemory(options.digestOnly === true ? 'digest' : null);
  return {
    get login() {
      return login.login;
    },
    run: async (sink, signal) => new HttpSession({ ...options, limits, login }, sink, signal).run(),
  };
}

type SessionOptions = HttpSourceOptions & { readonly limits: HttpLimits; readonly login: LoginMemory };

class HttpSession {
  readonly #sink: SourceSink;
  readonly #signal: AbortSignal;
  readonly #limits: HttpLimits;
  readonly #client: HttpClient;
  readonly #clock = new SenderClock();
  readonly #flood = new FloodGuard(FLOOD_BYTES);
  readonly #failed = Promise.withResolvers<SightlineError>();
  readonly #timer = new StepTimer((error) => this.#failed.resolve(error));
  #width = 0;
  #height = 0;
  /** Whole pictures of this session, and of the running answer. */
  #pictures = 0;
  #picturesOfAnswer = 0;
  #bytesOfAnswer = 0;
  #skippedBefore = 0;
  #last: Buffer | null = null;
  #lastSentUs = 0;

  constructor(options: SessionOptions, sink: SourceSink, signal: AbortSignal) {
    this.#sink = sink;
    this.#signal = signal;
    this.#limits = options.limits;
    this.#client = new HttpClient({ ...options, signal, quirk: (name) => sink.quirk(name) });
  }

  async run(): Promise<void> {
    try {
      while (!this.#signal.aborted) {
        const askedUs = nowUs();
        await this.#answer(await this.#client.get());
        await this.#pause(askedUs + POLL_INTERVAL_US);
      }
    } catch (error) {
      if (!this.#signal.aborted) throw SightlineError.from(error, 'camera-protocol');
    } finally {
      this.#timer.stop();
      this.#client.close();
    }
  }

  /** Reads one answer to its end. Returns when another GET is due, throws when the session has failed. */
  async #answer(response: IncomingMessage): Promise<void> {
    const type = response.headers['content-type'] ?? '';
    const wrong = typeError(type, this.#client.name);
    if (wrong !== null) {
      response.destroy();
      throw wrong;
    }
    this.#picturesOfAnswer = 0;
    this.#bytesOfAnswer = 0;
    this.#skippedBefore = 0;
    const parser = this.#parserFor(response, type);
    if (this.#pictures === 0) this.#await(this.#limits.firstPictureMs, 'the first picture was not sent');
    const broken = await this.#read(response, parser);
    if (this.#signal.aborted) return;
    const before = this.#picturesOfAnswer;
    const cut = parser.inPicture;
    parser.end();
    this.#judge(type, broken, cut && this.#picturesOfAnswer === before);
  }

  #parserFor(response: IncomingMessage, type: string): MultipartParser {
    const multipart = /^\s*multipart\//i.test(type);
    const parser = new MultipartParser({
      boundary: multipart ? boundaryOf(type) : null,
      part: (part) => this.#take(part),
      quirk: (name) => this.#sink.quirk(name),
    });
    const length = response.headers['content-length'];
    const encoded = response.headers['content-encoding'] !== undefined;
    if (!multipart && !encoded && length !== undefined && /^\d{1,16}$/.test(length)) parser.expect(Number(length));
    return parser;
  }

  /** Feeds the parser until the answer ends. Resolves with what broke it, null when it ended by itself. */
  async #read(response: IncomingMessage, parser: MultipartParser): Promise<Error | null> {
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    const stop = (): void => resolve(null);
    this.#signal.addEventListener('abort', stop, { once: true });
    const body = this.#decoded(response);
    body.on('data', (chunk: Buffer) => this.#feed(parser, chunk));
    body.on('end', () => resolve(null));
    for (const stream of [response, body]) stream.on('error', resolve);
    response.on('close', () => {
      if (!response.complete) resolve(new Error('closed before the end of the answer'));
    });
    try {
      const first = await Promise.race([promise, this.#failed.promise]);
      if (first instanceof SightlineError) throw first;
      return first;
    } finally {
      this.#signal.removeEventListener('abort', stop);
      body.removeAllListeners('data');
      if (!response.complete) response.destroy();
      if (body !== response) body.destroy();
    }
  }

  #feed(parser: MultipartParser, chunk: Buffer): void {
    this.#bytesOfAnswer += chunk.length;
    const pictures = this.#pictures;
    const readAtUs = nowUs();
    parser.push(chunk, readAtUs);
    if (this.#flood.isFlood(chunk.length, readAtUs)) {
      const text = `${this.#client.name} sends more in a second than any camera does`;
      this.#failed.resolve(new SightlineError('camera-protocol', text));
    }
    if (this.#pictures !== pictures) this.#skippedBefore = parser.skippedBytes;
    else if (parser.skippedBytes - this.#skippedBefore > MAX_GARBAGE_BYTES) this.#failed.resolve(this.#noPicture());
  }

  /** The body without its Content-Encoding, which some servers use although it was not asked for. */
  #decoded(response: IncomingMessage): IncomingMessage | Transform {
    const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
    if (encoding === 'identity' || encoding === '') return response;
    this.#sink.quirk('content-encoding');
    if (encoding === 'gzip' || encoding === 'x-gzip') return response.pipe(createGunzip());
    if (encoding === 'deflate') return response.pipe(createInflate());
    response.destroy();
    throw new SightlineError(
      'camera-protocol',
      `${this.#client.name} answered with an encoding that was not asked for`,
    );
  }

  /** After an answer: is it the camera's way of giving one picture, or a failure? */
  #judge(type: string, broken: Error | null, cut: boolean): void {
    const name = this.#client.name;
    if (this.#picturesOfAnswer === 1 && !cut) {
      if (/^\s*multipart\//i.test(type)) this.#sink.quirk('closes-after-picture');
      return;
    }
    if (this.#picturesOfAnswer > 0 || cut) {
      const when = cut ? ' in the middle of a picture' : '';
      throw new SightlineError('camera-closed', `${name} closed the connection${when}`, { cause: broken });
    }
    if (this.#bytesOfAnswer > 0) throw this.#noPicture();
    throw new SightlineError('camera-closed', `${name} ended its answer without a picture`, { cause: broken });
  }

  #noPicture(): SightlineError {
    const bytes = this.#bytesOfAnswer;
    return new SightlineError(
      'camera-protocol',
      `${this.#client.name} sent ${bytes} bytes without a JPEG picture in them`,
    );
  }

  #take(part: Part): void {
    const size = jpegSize(part.bytes);
    if (size === null) {
      this.#sink.quirk('jpeg-broken');
      return;
    }
    if (this.#pictures === 0) this.#await(this.#limits.silenceMs, 'no picture was sent');
    else this.#timer.refresh();
    this.#pictures += 1;
    this.#picturesOfAnswer += 1;
    const same = this.#picturesOfAnswer === 1 && this.#last?.equals(part.bytes) === true;
    if (same && part.readAtUs - this.#lastSentUs < this.#limits.repeatMs * 1000) return;
    this.#last = part.bytes;
    this.#lastSentUs = part.readAtUs;
    this.#send(part, size);
  }

  #send(part: Part, { width, height }: { width: number; height: number }): void {
    if (width !== this.#width || height !== this.#height) {
      this.#width = width;
      this.#height = height;
      this.#sink.begin([{ id: 0, kind: 'video', codec: 'mjpeg', width, height, fps: null, config: null }]);
    }
    this.#sink.unit({
      trackId: 0,
      ptsUs: null,
      dtsUs: null,
      key: true,
      damaged: part.damaged,
      discontinuity: false,
      stamp: this.#clock.stamp(part.senderUs, part.readAtUs),
      data: part.bytes,
    });
  }

  /** Sets the limit for the next picture. Bytes without a picture in them are another failure than silence. */
  #await(limitMs: number, text: string): void {
    this.#timer.next(limitMs, () => {
      const late = `${this.#client.name} answered, but ${text} within ${limitMs / 1000} s`;
      if (this.#pictures > 0) return new SightlineError('camera-stalled', late);
      return this.#bytesOfAnswer > 0 ? this.#noPicture() : new SightlineError('camera-timeout', late);
    });
  }

  async #pause(untilUs: number): Promise<void> {
    const waitMs = Math.ceil((untilUs - nowUs()) / 1000);
    if (waitMs <= 0 || this.#signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = (): void => resolve(undefined);
    const timer = setTimeout(wake, waitMs);
    this.#signal.addEventListener('abort', wake, { once: true });
    await promise;
    clearTimeout(timer);
    this.#signal.removeEventListener('abort', wake);
  }
}
