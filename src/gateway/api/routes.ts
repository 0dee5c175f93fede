// The JSON routes: cameras, viewers, system, health, and /openapi.json. Everything here reads what control shows.

import type { FastifyInstance, FastifySchema } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { SightlineError } from '../../base/errors.ts';
import type { CameraInfo, ControlView } from '../../link/control-view.ts';
import type { KernelQueue } from '../kernel-queue.ts';
import type { Viewers } from '../viewers.ts';
import { CameraParams, ProblemDocument, ROUTES, type RouteInfo } from './contract.ts';
import { presentCamera, presentSystem, presentViewer, viewersOf } from './present.ts';

export interface ApiOptions {
  readonly view: ControlView;
  readonly viewers: Viewers;
  readonly kernelQueue: KernelQueue;
}

export function addApiRoutes(app: FastifyInstance, { view, viewers, kernelQueue }: ApiOptions): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const present = (info: CameraInfo): ReturnType<typeof presentCamera> =>
    presentCamera(info, viewersOf(view, info.uid));
  const camera = (request: { params: unknown }): CameraInfo => {
    const { id } = request.params as { id: string };
    const info = view.byId(id);
    if (info === undefined) throw new SightlineError('not-found', `There is no camera "${id}".`);
    return info;
  };

  typed.get(...route(ROUTES.cameras), () => ({ cameras: view.cameras().map(present) }));
  typed.get(...route(ROUTES.cameraById), (request) => present(camera(request)));
  typed.get(...route(ROUTES.viewers), (request) => ({ viewers: viewers.list(camera(request).uid).map(presentViewer) }));
  typed.get(...route(ROUTES.system), () =>
    presentSystem(view.system(), {
      kernelQueueBytes: kernelQueue.bytes,
      kernelQueueWhy: kernelQueue.why,
    }),
  );
  typed.get(...route(ROUTES.health), () => ({ status: 'ok' }));
  typed.get(...route(ROUTES.ready), () => {
    const cameras = view.cameras();
    return {
      status: 'ready',
      cameras: Object.fromEntries(cameras.map(({ id, state }) => [id, state.state])),
      live: cameras.filter(({ state }) => state.state === 'live').map(({ id }) => id),
    };
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

/** `/cameras/{id}` as Fastify writes it: `/cameras/:id`. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function route(info: RouteInfo): [string, { schema: FastifySchema; onSend: NoStore }] {
  const problems = Object.fromEntries(
    info.statuses.map((status) => [
      status,
      { description: 'Problem', content: { 'application/problem+json': { schema: ProblemDocument } } },
    ]),
  );
  const schema = {
    operationId: info.name,
    summary: info.summary,
    tags: ['api'],
    ...(info.camera ? { params: CameraParams } : {}),
    response: { 200: info.answer, ...problems },
  };
  return [fastifyPath(info.path), { schema: schema, onSend: noStore }];
}

type NoStore = (request: unknown, reply: { header(name: string, value: string): unknown }) => Promise<void>;

const noStore: NoStore = (_request, reply) => {
  reply.header('cache-control', 'no-store');
  return Promise.resolve();
};

/** Answers every other method of a known address with 405. */
export function refuseOtherMethods(app: FastifyInstance, paths: readonly string[]): void {
  for (const path of paths) {
    app.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: fastifyPath(path),
      schema: { hide: true },
      config: { refusesMethod: true },
      onRequest: (request, reply, done) => {
        reply.header('allow', 'GET, HEAD');
        done(new SightlineError('method-not-allowed', `${request.method} is not possible here.`));
      },
      handler: () => null,
    });
  }
}
