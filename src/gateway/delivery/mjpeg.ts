// MJPEG: endless multipart responses that any <img> shows. A request waits for its first picture as an ordinary
// request; from then on its connection belongs to a ViewerSocket behind the channel's fan-out.

import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SightlineError } from '../../base/errors.ts';
import type { CameraInfo, ControlView } from '../../link/control-view.ts';
import type { OpenStreams } from '../access/open-streams.ts';
import type { Caller } from '../access/caller.ts';
import type { StreamQuery } from '../api/contract-pictures.ts';
import type { KernelQueue } from '../kernel-queue.ts';
import type { ViewerPresence, Viewers } from '../viewers.ts';
import type { ChannelLease, Channels } from './shared/channels.ts';
import { BOUNDARY, FIRST_DELIMITER, FIRST_DELIMITER_FOR_IMAGE } from './shared/part.ts';
import { findCamera, refuseIfDown, targetOf } from './shared/target.ts';
import { ViewerSocket } from './shared/viewer-socket.ts';

const CONTENT_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
const WATCH_EVERY_MS = 2000;
/** So long may the last part of a response take whose viewer may not watch any more. */
const LAST_PART_MS = 500;

export interface MjpegOptions {
  readonly view: ControlView;
  readonly channels: Channels;
  readonly viewers: Viewers;
  readonly streams: OpenStreams;
  readonly kernelQueue: KernelQueue;
  /** How long a request waits for its first picture. */
  readonly firstPictureMs: number;
  /** A viewer that took no byte for so long is closed. */
  readonly unreachableMs: number;
}

interface Live {
  readonly viewer: ViewerSocket;
  readonly presence: ViewerPresence;
  /** Said when the connection has closed: only then are all of its pictures counted. */
  why: string;
}

interface Beginning {
  readonly info: CameraInfo;
  readonly lease: ChannelLease;
  readonly query: StreamQuery;
  readonly isImage: boolean;
  readonly caller: Caller;
}

export class Mjpeg {
  readonly #options: MjpegOptions;
  readonly #live = new Map<Socket, Live>();
  readonly #watch: NodeJS.Timeout;
  readonly #stopped = new AbortController();

  constructor(options: MjpegOptions) {
    this.#options = options;
    this.#watch = setInterval(
      () => {
        for (const { viewer } of this.#live.values()) viewer.watch(options.unreachableMs);
      },
      Math.min(WATCH_EVERY_MS, options.unreachableMs / 4),
    );
  }

  /** True for a connection that carries an endless response: nothing else can be answered on it. */
  owns(socket: Socket): boolean {
    return this.#live.has(socket);
  }

  /** GET. `id` null: the first camera. */
  async get(request: FastifyRequest, reply: FastifyReply, query: StreamQuery, id: string | null): Promise<void> {
    const info = findCamera(this.#options.view, id);
    const lease = this.#options.channels.acquire(targetOf(info, query), query.fps ?? null);
    try {
      if (!lease.channel.isFresh) await this.#firstPicture(request, lease);
      const socket = takeSocket(request, reply);
      if (socket === null) lease.release();
      else this.#begin(socket, reply, { info, lease, query, isImage: isImage(request), caller: request.caller });
    } catch (error) {
      lease.release();
      if (!request.raw.socket.destroyed) throw error;
      reply.hijack();
    }
  }

  /** HEAD: answers from the camera's state and opens nothing. */
  head(reply: FastifyReply, query: StreamQuery, id: string | null): void {
    const info = findCamera(this.#options.view, id);
    targetOf(info, query);
    refuseIfDown(info);
    void reply.headers({ 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }).send();
  }

  /** Ends every response with its last part whole and the closing boundary; refuses those that wait. */
  stop(): void {
    clearInterval(this.#watch);
    this.#stopped.abort();
    for (const { viewer, presence } of this.#live.values()) {
      presence.leave('the server stops');
      viewer.finish();
    }
  }

  async #firstPicture(request: FastifyRequest, lease: ChannelLease): Promise<void> {
    const gone = new AbortController();
    const { socket } = request.raw;
    const onClose = (): void => gone.abort();
    socket.once('close', onClose);
    if (socket.destroyed) gone.abort();
    try {
      await lease.channel.fresh(this.#options.firstPictureMs, AbortSignal.any([gone.signal, this.#stopped.signal]));
    } finally {
      socket.removeListener('close', onClose);
    }
    if (socket.destroyed) throw new SightlineError('stopping', 'The viewer went before the first picture.');
  }

  #begin(socket: Socket, reply: FastifyReply, { info, lease, query, isImage, caller }: Beginning): void {
    const viewer = new ViewerSocket(socket, { fps: query.fps ?? null, isImage, kernel: this.#options.kernelQueue });
    const presence = this.#options.viewers.enter({
      cameraId: info.id,
      uid: info.uid,
      via: 'mjpeg',
      stream: query.stream ?? 'main',
      address: socket.remoteAddress ?? '',
      counters: () => viewer,
    });
    const live: Live = { viewer, presence, why: 'it closed the connection' };
    this.#live.set(socket, live);
    socket.once('timeout', () => {
      presence.leave(`unreachable: it took no byte for ${Math.round(this.#options.unreachableMs / 1000)} s`);
      socket.destroy();
    });
    socket.once('close', () => {
      this.#live.delete(socket);
      lease.channel.fanout.remove(viewer);
      viewer.abandon();
      lease.release();
      presence.leave(live.why);
    });
    writeHead(reply);
    socket.write(isImage ? FIRST_DELIMITER_FOR_IMAGE : FIRST_DELIMITER);
    lease.channel.fanout.add(viewer);
    lease.channel.fanout.catchUp(viewer);
    this.#endWithAccess(caller, live);
    this.#endWithCamera(lease, live);
    if (this.#stopped.signal.aborted) viewer.finish();
  }

  #endWithAccess(caller: Caller, live: Live): void {
    const { viewer } = live;
    const forget = this.#options.streams.add({
      caller,
      permission: 'view',
      end: () => {
        live.why = 'it may not watch any more';
        const cut = setTimeout(() => viewer.socket.destroy(), LAST_PART_MS);
        viewer.socket.once('close', () => clearTimeout(cut));
        viewer.finish();
      },
    });
    viewer.socket.once('close', forget);
  }

  /** A camera that was taken out of the config sends nothing any more. */
  #endWithCamera(lease: ChannelLease, live: Live): void {
    const { viewer } = live;
    const forget = lease.channel.state.listen(({ reason }) => {
      if (reason?.code !== 'not-found') return;
      live.why = 'the camera was removed';
      viewer.finish();
    });
    viewer.socket.once('close', forget);
  }
}

/** True for a browser's <img>; programs and fetch() accept anything or say nothing. */
function isImage({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-dest'] === 'image' || headers.accept?.startsWith('image/') === true;
}

/** The connection of a response, taken from Fastify; null when it is gone or still busy with an earlier response. */
function takeSocket(request: FastifyRequest, reply: FastifyReply): Socket | null {
  reply.hijack();
  const { socket } = reply.raw;
  if (socket === null) request.raw.socket.destroy();
  return socket === null || socket.destroyed ? null : socket;
}

/** Without length and chunking: the response is what comes until the connection ends. */
function writeHead(reply: FastifyReply): void {
  const { raw } = reply;
  raw.useChunkedEncodingByDefault = false;
  raw.shouldKeepAlive = false;
  raw.writeHead(200, {
    'Content-Type': CONTENT_TYPE,
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
    Connection: 'close',
  });
  raw.flushHeaders();
}
