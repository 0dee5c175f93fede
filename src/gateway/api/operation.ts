// Adds one operation of the contract to the server: its method and address, what it validates, which media types of a
// body it takes, and its answer. Handlers get a Call, in which everything is parsed and typed by the contract.

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  HTTPMethods,
  onRequestHookHandler,
} from 'fastify';
import { SightlineError } from '../../base/errors.ts';
import type { CameraInfo, ControlView } from '../../link/control-view.ts';
import { addressOf, type Operation } from './contract-addresses.ts';
import { ALL_ROUTES, routeOf, type AnswerOf, type BodyOf, type QueryOf, type Route } from './contract-routes.ts';
import { quoteTag } from './entity-tag.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation of the contract that a route is; absent for pages and files. */
    operation?: Operation;
  }
}

/** One request for an operation. */
export interface Call<K extends Operation> {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly query: QueryOf<K>;
  readonly body: BodyOf<K>;
}

type Handler<K extends Operation> = (call: Call<K>) => AnswerOf<K> | Promise<AnswerOf<K>>;

export function addOperation<K extends Operation>(app: FastifyInstance, operation: K, handle: Handler<K>): void {
  const route = routeOf(operation);
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    schema: schemaOf(route),
    config: { operation },
    onRequest: [noStore, ...(route.takes.length === 0 ? [] : [takeOnly(route)])],
    handler: (request, reply) => {
      if (route.success !== undefined) reply.code(route.success);
      return handle({ request, reply, query: request.query as QueryOf<K>, body: request.body as BodyOf<K> });
    },
  });
}

/** The camera of `{id}`; throws `not-found`. */
export function cameraOf(view: ControlView, { request }: Call<Operation>): CameraInfo {
  const { id } = request.params as { id: string };
  const info = view.byId(id);
  if (info === undefined) throw new SightlineError('not-found', `There is no camera "${id}".`);
  return info;
}

/** Names the revision that an answer shows. */
export function setRevision({ reply }: Call<Operation>, { revision }: CameraInfo): void {
  reply.header('etag', quoteTag(revision));
}

/** `/cameras/{id}` as Fastify writes it: `/cameras/:id`. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Fastify's path of an operation. */
export function fastifyPathOf(operation: Operation): string {
  return fastifyPath(addressOf(operation).path);
}

/** Answers every method that an address has not with 405, and says which it has. `more`: addresses that are only read. */
export function refuseOtherMethods(app: FastifyInstance, more: readonly string[]): void {
  const allowed = new Map<string, string[]>(more.map((path) => [path, ['GET', 'HEAD']]));
  for (const { path, method } of ALL_ROUTES) {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
    allowed.set(path, [...(allowed.get(path) ?? []), ...methods]);
  }
  for (const [path, methods] of allowed) {
    const others = app.supportedMethods.filter((method) => !methods.includes(method)) as HTTPMethods[];
    app.route({
      method: others,
      url: fastifyPath(path),
      config: { refusesMethod: true },
      onRequest: refuse(methods.join(', ')),
      handler: () => null,
    });
  }
}

function refuse(allow: string): onRequestHookHandler {
  return (request, reply, done) => {
    reply.header('allow', allow);
    done(new SightlineError('method-not-allowed', `${request.method} is not possible here.`));
  };
}

function schemaOf(route: Route): FastifySchema {
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.answer === undefined ? {} : { response: { [route.success ?? 200]: route.answer } }),
  };
}

const noStore: onRequestHookHandler = (_request, reply, done) => {
  reply.header('cache-control', 'no-store');
  done();
};

/** Refuses a body of another media type before it is read. */
export function takeOnly({ takes, method }: Route): onRequestHookHandler {
  return (request, reply, done) => {
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (takes.includes(type)) {
      done();
      return;
    }
    reply.header(method === 'PATCH' ? 'accept-patch' : 'accept', takes.join(', '));
    done(new SightlineError('media-type-unsupported', `The body must be ${takes.join(' or ')}.`));
  };
}
