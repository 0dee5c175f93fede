// WS /cameras/{id}/frames: the pictures of one stream with their capture times, for programs in any language. The
// protocol is api/contract-frames.ts; what one connection does is frames/connection.ts. Here: all connections, who may
// open one, what is refused before there is one, and how they end.

import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { CameraInfo, ControlView } from '../../link/control-view.ts';
import { ACCESS_ENDED_CODE, type OpenStreams } from '../access/open-streams.ts';
import { FRAMES_PATH } from '../api/contract-frames.ts';
import { CameraParams } from '../api/contract.ts';
import { FramesQuery } from '../api/contract-frames.ts';
import { fastifyPath } from '../api/operation.ts';
import type { Viewers } from '../viewers.ts';
import { FramesConnection } from './frames/connection.ts';
import type { ChannelLease, Channels } from './shared/channels.ts';
import { findCamera, targetOf } from './shared/target.ts';

/** RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;

export interface FramesOptions {
  readonly view: ControlView;
  readonly channels: Channels;
  readonly viewers: Viewers;
  readonly streams: OpenStreams;
  /** How long a request waits for its first picture. */
  readonly firstPictureMs: number;
  /** A client from which nothing was heard for so long is gone. */
  readonly unreachableMs: number;
}

/** What a request was found to be after, before it became a connection. */
interface Asked {
  readonly info: CameraInfo;
  readonly query: FramesQuery;
  readonly lease: ChannelLease;
}

export class Frames {
  readonly #options: FramesOptions;
  readonly #asked = new WeakMap<FastifyRequest, Asked>();
  readonly #connections = new Set<FramesConnection>();
  readonly #watch: NodeJS.Timeout;
  readonly #stopped = new AbortController();

  constructor(options: FramesOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#ping(), options.unreachableMs / 4);
  }

  /** Refuses as any request is refused; only what has a picture becomes a WebSocket. */
  addRoute(app: FastifyInstance): void {
    app.withTypeProvider<ZodTypeProvider>().route({
      method: ['GET', 'HEAD'],
      url: fastifyPath(FRAMES_PATH),
      schema: { params: CameraParams, querystring: FramesQuery },
      preHandler: async (request) => {
        if (request.ws) await this.#prepare(request, request.params.id, request.query);
      },
      handler: (request) => {
        targetOf(findCamera(this.#options.view, request.params.id), request.query);
        const hint = 'Connect to it with ws:// or wss://, see docs/frames.md.';
        throw new SightlineError('request-invalid', 'This address is a WebSocket.', { hint });
      },
      wsHandler: (webSocket, request) => this.#open(webSocket, request),
    });
  }

  /** Ends every connection with 1001; refuses those that wait. */
  stop(): void {
    clearInterval(this.#watch);
    this.#stopped.abort();
    for (const connection of this.#connections) connection.close(GOING_AWAY, 'the server stops');
  }

  /** Cuts off those that did not answer `stop`. */
  cut(): void {
    for (const connection of this.#connections) connection.terminate('the server stops');
  }

  async #prepare(request: FastifyRequest, id: string, query: FramesQuery): Promise<void> {
    const { view, channels, firstPictureMs } = this.#options;
    const info = findCamera(view, id);
    const lease = channels.acquire(targetOf(info, query), query.fps ?? null);
    // Also where there never is a connection: a bad handshake, or a client that did not wait.
    request.raw.socket.once('close', () => lease.release());
    try {
      await lease.channel.fresh(firstPictureMs, this.#stopped.signal);
    } catch (error) {
      lease.release();
      throw error;
    }
    this.#asked.set(request, { info, query, lease });
  }

  #open(webSocket: WebSocket, request: FastifyRequest): void {
    const { viewers, streams } = this.#options;
    const { info, query, lease } = this.#asked.get(request)!;
    const { socket } = request.raw;
    const facts = {
      cameraId: info.id,
      uid: info.uid,
      via: 'frames' as const,
      stream: query.stream ?? 'main',
      address: socket.remoteAddress ?? '',
    };
    const connection = new FramesConnection({
      ...{ webSocket, socket, lease, fps: query.fps ?? null, ahead: query.ahead ?? null },
      enter: (counters) => viewers.enter({ ...facts, counters: () => counters }),
    });
    this.#connections.add(connection);
    const end = (): void => connection.close(ACCESS_ENDED_CODE, 'it may not watch any more');
    const forget = streams.add({ caller: request.caller, permission: 'view', end });
    webSocket.once('close', () => {
      forget();
      this.#connections.delete(connection);
    });
    if (this.#stopped.signal.aborted) connection.close(GOING_AWAY, 'the server stops');
  }

  #ping(): void {
    const oldestUs = nowUs() - this.#options.unreachableMs * 750;
    for (const connection of [...this.#connections]) {
      if (connection.heardUs < oldestUs) connection.terminate('unreachable: it did not answer');
      else connection.ping();
    }
  }
}
