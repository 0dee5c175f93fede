// The addresses of the ways out. GET and HEAD are written apart: Fastify's own HEAD would run the endless GET.

import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access } from './access/access.ts';
import { CameraParams } from './api/contract.ts';
import { SnapshotQuery, StreamQuery } from './api/contract-pictures.ts';
import { fastifyPathOf } from './api/operation.ts';
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
  const first = { ...shared, config: { operation: 'firstCamera' }, schema: { querystring: StreamQuery } } as const;
  const one = {
    ...shared,
    config: { operation: 'streamMjpeg' },
    schema: { querystring: StreamQuery, params: CameraParams },
  } as const;
  const still = {
    ...shared,
    config: { operation: 'getSnapshot' },
    schema: { querystring: SnapshotQuery, params: CameraParams },
  } as const;

  const firstPath = fastifyPathOf('firstCamera');
  typed.get(firstPath, first, (request, reply) => mjpeg.get(request, reply, request.query, null));
  typed.head(firstPath, first, (request, reply) => mjpeg.head(reply, request.query, null));
  const streamPath = fastifyPathOf('streamMjpeg');
  typed.get(streamPath, one, (request, reply) => mjpeg.get(request, reply, request.query, request.params.id));
  typed.head(streamPath, one, (request, reply) => mjpeg.head(reply, request.query, request.params.id));
  const stillPath = fastifyPathOf('getSnapshot');
  typed.get(stillPath, still, (request, reply) => snapshots.get(reply, request.query, request.params.id));
  typed.head(stillPath, still, (request, reply) => snapshots.head(reply, request.query, request.params.id));
}
