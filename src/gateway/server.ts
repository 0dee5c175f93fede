// The gateway: the HTTP server that everybody outside talks to. Joins the ways out, the API, the pages and the rules
// of who may ask; everything it shows is handed in.

import type { AddressInfo, Socket } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { SightlineError } from '../base/errors.ts';
import type { LoadLevel } from '../base/load-watch.ts';
import { refuseUnprotected, resolveHost, toBindError } from '../link/bind.ts';
import type { ControlPort, ViewerInfo } from '../link/control-port.ts';
import type { MediaPort } from '../link/types.ts';
import { isLoopbackAddress } from '../base/network-address.ts';
import { Access } from './access/access.ts';
import { maskToken } from './access/credentials.ts';
import { addGuard } from './access/guard.ts';
import { OpenStreams } from './access/open-streams.ts';
import { addDocs } from './api/docs.ts';
import { FRAMES_PATH } from './api/contract-frames.ts';
import { TILES_PATH } from './api/contract-tiles.ts';
import { fastifyPath, refuseOtherMethods } from './api/operation.ts';
import { sendProblem, toSightlineError } from './api/problem.ts';
import { addCameraRoutes } from './api/routes-cameras.ts';
import { addDiscoveryRoutes } from './api/routes-discovery.ts';
import { addDoctorRoute } from './api/routes-doctor.ts';
import { addProbeRoute } from './api/routes-probe.ts';
import { addServerRoutes } from './api/routes-server.ts';
import { addSessionRoutes } from './api/session-routes.ts';
import { baseOf, withoutBase } from './base-path.ts';
import { BodyDeadlines } from './body-deadlines.ts';
import { answerClientError } from './client-error.ts';
import { DiscoveryStream } from './delivery/discovery.ts';
import { Events } from './delivery/events.ts';
import { Frames } from './delivery/frames.ts';
import { Channels } from './delivery/shared/channels.ts';
import { Mjpeg } from './delivery/mjpeg.ts';
import { Snapshots } from './delivery/snapshot.ts';
import { Tiles } from './delivery/tiles.ts';
import { addEventRoutes } from './event-routes.ts';
import { HandedConnections } from './handed-connections.ts';
import { openKernelQueue, type KernelQueue } from './kernel-queue.ts';
import { addMediaRoutes } from './media-routes.ts';
import { addPages } from './pages.ts';
import { PushLines } from './push/push-lines.ts';
import { addPushRoute } from './push-routes.ts';
import { Reporter } from './reporter.ts';
import { Requests } from './requests.ts';
import { securityHeaders } from './security-headers.ts';
import { Viewers } from './viewers.ts';
import { allowWebSockets } from './web-sockets.ts';

/** The `server` part of the config. */
export interface GatewayServerConfig {
  readonly host: string;
  readonly port: number;
  /** Path below which a reverse proxy shows the server. Default `/`. */
  readonly basePath?: string;
}

export interface GatewayOptions {
  readonly view: ControlPort;
  readonly media: MediaPort;
  readonly server: GatewayServerConfig;
  readonly log: Logger;
  /** Folder of the built pages; need not exist. */
  readonly pages: string;
  /**
   * Connections are accepted by another process and come by `adopt`. `address`: what that process listens on for
   * `server`. `socket`: path of a Unix socket, in a folder of ours alone, for the HTTP server's own accounts.
   */
  readonly handed?: { readonly address: string; readonly socket: string };
  /**
   * Limits in milliseconds, for tests: first picture 5000, silence before a slate 5000, unreachable viewer 60000, between
   * two signs of life on a stream of events 15000, the body of a request 30000.
   */
  readonly limits?: {
    readonly firstPictureMs?: number;
    readonly silenceMs?: number;
    readonly unreachableMs?: number;
    readonly heartbeatMs?: number;
    readonly bodyMs?: number;
  };
}

interface Parts {
  readonly channels: Channels;
  readonly mjpeg: Mjpeg;
  readonly snapshots: Snapshots;
  readonly tiles: Tiles;
  readonly frames: Frames;
  readonly events: Events;
  readonly discovery: DiscoveryStream;
  readonly pushLines: PushLines;
  readonly viewers: Viewers;
  readonly requests: Requests;
  readonly bodies: BodyDeadlines;
  readonly reporter: Reporter;
  readonly kernelQueue: KernelQueue;
  /** Aborts what requests wait for when the server stops. */
  readonly stopping: AbortController;
  readonly access: Access;
  readonly streams: OpenStreams;
}

interface GatewayFacts {
  readonly address: { readonly host: string; readonly port: number };
  readonly state: { stopping: boolean };
}

export class Gateway {
  /** Where it can be reached. */
  readonly address: { readonly host: string; readonly port: number };
  readonly #app: FastifyInstance;
  readonly #parts: Parts;
  readonly #state: { stopping: boolean };
  readonly #handed: HandedConnections;
  #stopped: Promise<void> | null = null;

  private constructor(app: FastifyInstance, parts: Parts, facts: GatewayFacts) {
    this.#app = app;
    this.#parts = parts;
    this.#state = facts.state;
    this.#handed = new HandedConnections(app.server);
    this.address = facts.address;
  }

  /**
   * Listens, unless connections are handed in. Rejects with a SightlineError: `unsafe-bind`, `port-in-use`,
   * `port-forbidden`, `address-unavailable`.
   */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const { handed } = options;
    const { host, port } = options.server;
    const address = handed?.address ?? (await resolveHost(host));
    const isLoopback = isLoopbackAddress(address);
    if (!isLoopback && !handed) refuseUnprotected(host, options.view.access());
    const access = new Access({ table: () => options.view.access(), host, isLoopback });
    const state = { stopping: false };
    const parts = await createParts(options, access);
    const base = baseOf(options.server.basePath ?? '/');
    const app = createApp(parts, base);
    try {
      await build(app, { options, parts, state });
      await app.listen(handed ? { path: handed.socket } : { host: address, port });
    } catch (error) {
      parts.mjpeg.stop();
      parts.tiles.stop();
      parts.frames.stop();
      parts.events.stop();
      parts.discovery.stop();
      parts.pushLines.stop();
      parts.channels.close();
      parts.reporter.stop();
      parts.streams.stop();
      await app.close();
      throw toBindError(error, host, port);
    }
    const bound = handed ? port : (app.server.address() as AddressInfo).port;
    return new Gateway(app, parts, { address: { host: address, port: bound }, state });
  }

  /** Answers a connection that another process accepted. */
  adopt(socket: Socket): void {
    this.#handed.adopt(socket);
  }

  /**
   * Ends every response with its last part whole, then closes; connections that are still busy after `graceMs` are cut.
   * Stopping twice is harmless.
   */
  stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  /** Sheds load, as its process's LoadWatch says. */
  shed(level: LoadLevel): void {
    this.#parts.channels.shed(level);
  }

  /** Who watches a camera here. */
  viewers(uid: string): ViewerInfo[] {
    return this.#parts.viewers.list(uid);
  }

  async #stop(graceMs: number): Promise<void> {
    const { server } = this.#app;
    this.#state.stopping = true;
    const cut = setTimeout(() => {
      server.closeAllConnections();
      this.#parts.tiles.cut();
      this.#parts.frames.cut();
    }, graceMs);
    this.#parts.snapshots.stop();
    this.#parts.stopping.abort();
    this.#parts.pushLines.stop();
    this.#parts.mjpeg.stop();
    this.#parts.tiles.stop();
    this.#parts.frames.stop();
    this.#parts.events.stop();
    this.#parts.discovery.stop();
    this.#parts.streams.stop();
    await this.#app.close();
    await this.#handed.ended();
    clearTimeout(cut);
    this.#parts.channels.close();
    this.#parts.reporter.stop();
  }
}

async function createParts({ view, media, log, server, limits = {} }: GatewayOptions, access: Access): Promise<Parts> {
  const {
    firstPictureMs = 5000,
    silenceMs = 5000,
    unreachableMs = 60_000,
    heartbeatMs = 15_000,
    bodyMs = 30_000,
  } = limits;
  const kernelQueue = await openKernelQueue();
  if (kernelQueue.bytes === null) log.warn({ why: kernelQueue.why }, 'kernel queue unbounded');
  const viewers = new Viewers(log);
  const channels = new Channels(media, view, silenceMs);
  const streams = new OpenStreams(access, view);
  const mjpeg = new Mjpeg({ view, channels, viewers, streams, kernelQueue, firstPictureMs, unreachableMs });
  const tiles = new Tiles({ view, channels, viewers, access, streams, unreachableMs });
  const frames = new Frames({ view, channels, viewers, streams, firstPictureMs, unreachableMs });
  const snapshots = new Snapshots({ view, media, channels, deadlineMs: firstPictureMs });
  const base = baseOf(server.basePath ?? '/');
  const patience = { deadlineMs: firstPictureMs, unreachableMs, heartbeatMs };
  const events = new Events({ view, media, streams, base, ...patience });
  const discovery = new DiscoveryStream({ view, streams, heartbeatMs });
  const pushLines = new PushLines({ media, patienceMs: firstPictureMs });
  const requests = new Requests();
  const reporter = new Reporter(view, viewers, requests);
  const stopping = new AbortController();
  const bodies = new BodyDeadlines(bodyMs);
  const reading = { channels, mjpeg, snapshots, tiles, frames, events, discovery, viewers };
  return { ...reading, pushLines, requests, bodies, reporter, kernelQueue, stopping, access, streams };
}

function createApp({ mjpeg, kernelQueue }: Parts, base: string): FastifyInstance {
  const app = Fastify({
    logger: false,
    rewriteUrl: ({ url = '/' }) => withoutBase(url, base),
    bodyLimit: 128 * 1024,
    keepAliveTimeout: 10_000,
    // Bodies are timed by BodyDeadlines.
    requestTimeout: 0,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2000 },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, mjpeg.owns(socket)),
    frameworkErrors: (error, request, reply) => sendProblem(request, reply as FastifyReply, toSightlineError(error)),
  });
  app.server.on('connection', (socket: Socket) => kernelQueue.bound(socket));
  return app;
}

interface BuildOptions {
  readonly options: GatewayOptions;
  readonly parts: Parts;
  readonly state: { readonly stopping: boolean };
}

async function build(app: FastifyInstance, { options, parts, state }: BuildOptions): Promise<void> {
  const { view, log, pages, server } = options;
  const base = baseOf(server.basePath ?? '/');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(fastifyHelmet, securityHeaders);
  await app.register(fastifyCookie);
  await allowWebSockets(app, [TILES_PATH, fastifyPath(FRAMES_PATH)]);
  parts.requests.watch(app);
  parts.bodies.watch(app);
  app.addHook('onRequest', (request, reply, done) => {
    if (parts.mjpeg.owns(request.raw.socket)) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    if (state.stopping) throw new SightlineError('stopping', 'The server is stopping.');
    done();
  });
  addGuard(app, { access: parts.access, view, log });
  app.setErrorHandler((thrown, request, reply) => {
    const error = toSightlineError(thrown);
    if (error.code === 'internal') log.error({ err: thrown, url: maskToken(request.url) }, 'a request failed');
    sendProblem(request, reply, error);
  });
  addMediaRoutes(app, parts);
  addEventRoutes(app, parts);
  await addPushRoute(app, { ...parts, view });
  parts.tiles.addRoute(app);
  parts.frames.addRoute(app);
  addCameraRoutes(app, view);
  addServerRoutes(app, view, parts.kernelQueue);
  addProbeRoute(app, { control: view, media: options.media, stopping: parts.stopping.signal });
  addDiscoveryRoutes(app, view, parts.discovery);
  addDoctorRoute(app, { control: view, stopping: parts.stopping.signal });
  addSessionRoutes(app, { control: view, access: parts.access, base });
  addDocs(app);
  refuseOtherMethods(app, [TILES_PATH, FRAMES_PATH, '/openapi.json', '/docs']);
  const fallback = await addPages(app, pages, base);
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    if (fallback(request, reply)) return;
    const path = maskToken(request.url).split('?', 1)[0] ?? '';
    sendProblem(request, reply, new SightlineError('not-found', `There is nothing at ${path}.`));
  });
}
