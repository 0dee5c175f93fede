// The addresses of the ways out. GET and HEAD are written apart: Fastify's own HEAD would run the endless GET.

import type { FastifyInstance, FastifySchema, onRequestHookHandler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access } from './access/access.ts';
import { CameraParams, SnapshotQuery, StreamQuery, ROUTES } from './api/contract.ts';
import { fastifyPath } from './api/routes.ts';
import type { Mjpeg } from './delivery/mjpeg.ts';
import type { Snapshots } from './delivery/snapshot.ts';

export interface MediaRouteOptions {
  readonly mjpeg: Mjpeg;
  readonly snapshots: Snapshots;
  readonly access: Access;
}

export function addMediaRoutes(app: FastifyInstance, { mjpeg, snapshots, access }: MediaRouteOptions): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const onRequest: onRequestHookHandler = (_request, reply, done) => {
    if (access.embed === 'any') reply.raw.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    done();
  };
  const shared = { exposeHeadRoute: false, onRequest };
  const first = { ...shared, schema: { ...hidden, querystring: StreamQuery } };
  const one = { ...shared, schema: { ...hidden, querystring: StreamQuery, params: CameraParams } };
  const still = { ...shared, schema: { ...hidden, querystring: SnapshotQuery, params: CameraParams } };

  typed.get(ROUTES.camera.path, first, (request, reply) => mjpeg.get(request, reply, request.query, null));
  typed.head(ROUTES.camera.path, first, (request, reply) => mjpeg.head(reply, request.query, null));
  const streamPath = fastifyPath(ROUTES.mjpeg.path);
  typed.get(streamPath, one, (request, reply) => mjpeg.get(request, reply, request.query, request.params.id));
  typed.head(streamPath, one, (request, reply) => mjpeg.head(reply, request.query, request.params.id));
  const stillPath = fastifyPath(ROUTES.snapshot.path);
  typed.get(stillPath, still, (request, reply) => snapshots.get(reply, request.query, request.params.id));
  typed.head(stillPath, still, (request, reply) => snapshots.head(reply, request.query, request.params.id));
}

/** Described by hand in api/openapi.ts: their answers are no JSON. */
const hidden = { hide: true } as FastifySchema;
