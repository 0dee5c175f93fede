// The HTTP application of the gateway: Fastify with our limits, the rules that hold for every request, and every route.

import type { Socket } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { SightlineError } from '../base/errors.ts';
import type { ControlPort } from '../link/control-port.ts';
import type { MediaPort } from '../link/types.ts';
import { maskToken } from './access/credentials.ts';
import { addGuard } from './access/guard.ts';
import { FRAMES_PATH } from './api/contract-frames.ts';
import { TILES_PATH } from './api/contract-tiles.ts';
import { addDocs } from './api/docs.ts';
import { fastifyPath, refuseOtherMethods } from './api/operation.ts';
import { sendProblem, toSightlineError } from './api/problem.ts';
import { addCameraRoutes } from './api/routes-cameras.ts';
import { addDiscoveryRoutes } from './api/routes-discovery.ts';
import { addDoctorRoute } from './api/routes-doctor.ts';
import { addProbeRoute } from './api/routes-probe.ts';
import { addServerRoutes } from './api/routes-server.ts';
import { addSessionRoutes } from './api/session-routes.ts';
import { withoutBase } from './base-path.ts';
import { answerClientError } from './client-error.ts';
import { addEventRoutes } from './event-routes.ts';
import { addMediaRoutes } from './media-routes.ts';
import { addPages } from './pages.ts';
import type { Parts } from './parts.ts';
import { addPushRoute } from './push-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { allowWebSockets } from './web-sockets.ts';

/** Nothing is added to it yet, and it does not listen. */
export function createApp({ mjpeg, kernelQueue, base }: Parts): FastifyInstance {
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

export interface AppOptions {
  readonly view: ControlPort;
  readonly media: MediaPort;
  readonly log: Logger;
  /** Folder of the built pages; need not exist. */
  readonly pages: string;
}

/** Adds what holds for every request, then every route. */
export async function fillApp(app: FastifyInstance, parts: Parts, options: AppOptions): Promise<void> {
  await addRules(app, parts, options);
  await addRoutes(app, parts, options);
}

async function addRules(app: FastifyInstance, parts: Parts, { view, log }: AppOptions): Promise<void> {
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
    if (parts.stopping.signal.aborted) throw new SightlineError('stopping', 'The server is stopping.');
    done();
  });
  addGuard(app, { access: parts.access, view, log });
  app.setErrorHandler((thrown, request, reply) => {
    const error = toSightlineError(thrown);
    if (error.code === 'internal') log.error({ err: thrown, url: maskToken(request.url) }, 'a request failed');
    sendProblem(request, reply, error);
  });
}

async function addRoutes(app: FastifyInstance, parts: Parts, { view, media, pages }: AppOptions): Promise<void> {
  addMediaRoutes(app, parts);
  addEventRoutes(app, parts);
  await addPushRoute(app, { ...parts, view });
  parts.tiles.addRoute(app);
  parts.frames.addRoute(app);
  addCameraRoutes(app, view);
  addServerRoutes(app, view, parts.kernelQueue);
  addProbeRoute(app, { control: view, media, stopping: parts.stopping.signal });
  addDiscoveryRoutes(app, view, parts.discovery);
  addDoctorRoute(app, { control: view, stopping: parts.stopping.signal });
  addSessionRoutes(app, { control: view, access: parts.access, base: parts.base });
  addDocs(app);
  refuseOtherMethods(app, [TILES_PATH, FRAMES_PATH, '/openapi.json', '/docs']);
  const fallback = await addPages(app, pages, parts.base);
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    if (fallback(request, reply)) return;
    const path = maskToken(request.url).split('?', 1)[0] ?? '';
    sendProblem(request, reply, new SightlineError('not-found', `There is nothing at ${path}.`));
  });
}
