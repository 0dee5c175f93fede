// The addresses of events. GET and HEAD are written apart: Fastify's own HEAD would run the endless GET.

import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access } from './access/access.ts';
import { EventParams, EventSnapshotQuery, EventStreamQuery } from './api/contract-events.ts';
import { addOperation, fastifyPathOf } from './api/operation.ts';
import type { Events } from './delivery/events.ts';

export interface EventRouteOptions {
  readonly events: Events;
  readonly access: Access;
}

export function addEventRoutes(app: FastifyInstance, { events, access }: EventRouteOptions): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const stream = {
    exposeHeadRoute: false,
    config: { operation: 'streamEvents' },
    schema: { querystring: EventStreamQuery },
  } as const;
  const embed: onRequestHookHandler = (_request, reply, done) => {
    if (access.embed === 'any') reply.raw.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    done();
  };
  const still = {
    exposeHeadRoute: false,
    onRequest: embed,
    config: { operation: 'getEventSnapshot' },
    schema: { params: EventParams, querystring: EventSnapshotQuery },
  } as const;

  const streamPath = fastifyPathOf('streamEvents');
  typed.get(streamPath, stream, (request, reply) => events.stream(request, reply, request.query));
  typed.head(streamPath, stream, (request, reply) => events.head(reply, request.query));
  const stillPath = fastifyPathOf('getEventSnapshot');
  typed.get(stillPath, still, (request, reply) => events.picture(reply, request.params.event));
  typed.head(stillPath, still, (request, reply) => events.headPicture(reply, request.params.event));
  addOperation(app, 'listEvents', ({ query }) => events.list(query));
}
