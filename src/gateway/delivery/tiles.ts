// WS /tiles: the pictures of many cameras on one connection, each acknowledged. The protocol is api/contract-tiles.ts;
// what one connection does is tiles/connection.ts. Here: all connections, who may open one, and how they end.

import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { CameraInfo } from '../../link/control-view.ts';
import type { ControlPort } from '../../link/control-port.ts';
import type { Access } from '../access/access.ts';
import { ACCESS_ENDED_CODE, type OpenStreams } from '../access/open-streams.ts';
import { TILES_PATH } from '../api/contract-tiles.ts';
import type { Viewers } from '../viewers.ts';
import type { Channels } from './shared/channels.ts';
import { TilesConnection } from './tiles/connection.ts';

const MAX_CONNECTIONS = 256;
const CAMERAS_EVERY_MS = 500;
/** RFC 6455, 7.4.1, and IANA's registry of close codes. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export interface TilesOptions {
  readonly view: ControlPort;
  readonly channels: Channels;
  readonly viewers: Viewers;
  readonly access: Access;
  readonly streams: OpenStreams;
  /** A page from which nothing was heard for so long is gone. */
  readonly unreachableMs: number;
}

export class Tiles {
  readonly #options: TilesOptions;
  readonly #connections = new Set<TilesConnection>();
  readonly #watch: NodeJS.Timeout;
  readonly #unlisten: () => void;
  #listed: string;
  #tellCameras: NodeJS.Timeout | null = null;
  #toldUs = 0;
  #stopped = false;

  constructor(options: TilesOptions) {
    this.#options = options;
    this.#listed = nameAll(options.view.cameras());
    this.#unlisten = options.view.onChange(() => this.#changed());
    this.#watch = setInterval(() => this.#ping(), options.unreachableMs / 4);
  }

  addRoute(app: FastifyInstance): void {
    app.route({
      method: 'GET',
      url: TILES_PATH,
      exposeHeadRoute: false,
      handler: () => {
        const hint = 'Connect to it with ws:// or wss://, see docs/tiles.md.';
        throw new SightlineError('request-invalid', 'This address is a WebSocket.', { hint });
      },
      wsHandler: (webSocket, request) => this.#open(webSocket, request),
    });
  }

  /** Ends every connection with 1001. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#watch);
    if (this.#tellCameras !== null) clearTimeout(this.#tellCameras);
    this.#unlisten();
    for (const connection of this.#connections) connection.close(GOING_AWAY, 'the server stops');
  }

  /** Cuts off those that did not answer `stop`. */
  cut(): void {
    for (const connection of this.#connections) connection.terminate('the server stops');
  }

  #open(webSocket: WebSocket, request: FastifyRequest): void {
    const { view, channels, viewers, access, streams } = this.#options;
    const { caller } = request;
    const { socket } = request.raw;
    const check = (uid: string): void => access.check(caller, 'view', uid);
    const ground = { view, channels, viewers, address: socket.remoteAddress ?? '', check };
    const connection = new TilesConnection({ ground, webSocket, socket });
    this.#connections.add(connection);
    const end = (): void => connection.close(ACCESS_ENDED_CODE, 'it may not watch any more');
    const forget = streams.add({ caller, permission: 'view', end });
    webSocket.once('close', () => {
      forget();
      this.#connections.delete(connection);
    });
    if (this.#stopped) connection.close(GOING_AWAY, 'the server stops');
    else if (this.#connections.size > MAX_CONNECTIONS) connection.close(TRY_AGAIN_LATER, 'too many pages');
  }

  #ping(): void {
    const oldestUs = nowUs() - this.#options.unreachableMs * 750;
    for (const connection of [...this.#connections]) {
      if (connection.heardUs < oldestUs) connection.terminate('unreachable: it did not answer');
      else connection.ping();
    }
  }

  #changed(): void {
    if (this.#connections.size > 0) for (const connection of this.#connections) connection.follow();
    const listed = nameAll(this.#options.view.cameras());
    if (listed === this.#listed) return;
    this.#listed = listed;
    if (this.#tellCameras !== null) return;
    const waitMs = Math.max(0, CAMERAS_EVERY_MS - (nowUs() - this.#toldUs) / 1000);
    this.#tellCameras = setTimeout(() => this.#sayCameras(), waitMs);
  }

  #sayCameras(): void {
    this.#tellCameras = null;
    this.#toldUs = nowUs();
    for (const connection of this.#connections) connection.say({ type: 'cameras' });
  }
}

/** Changes whenever a camera comes, goes or gets another config. */
function nameAll(cameras: readonly CameraInfo[]): string {
  return cameras.map(({ id, uid, revision }) => `${id} ${uid} ${revision}`).join('\n');
}
