// PUT /cameras/{id}/frame: pictures in, for cameras whose source is push:. The camera and the type of the body are judged
// before the body is read; what reads it stands in push/.

import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { SightlineError } from '../base/errors.ts';
import { PUSH_ADDRESS } from '../config/address.ts';
import type { CameraInfo, ControlView } from '../link/control-view.ts';
import type { OpenStreams } from './access/open-streams.ts';
import { CameraParams } from './api/contract.ts';
import { routeOf } from './api/contract-routes.ts';
import { fastifyPathOf, takeOnly } from './api/operation.ts';
import type { BodyDeadlines } from './body-deadlines.ts';
import { PartReader } from './push/part-reader.ts';
import { claimsOf, pictureOf, readBody } from './push/picture.ts';
import type { PushLines } from './push/push-lines.ts';

export interface PushRouteOptions {
  readonly view: ControlView;
  readonly pushLines: PushLines;
  readonly streams: OpenStreams;
  readonly bodies: BodyDeadlines;
  /** Aborts when the server stops. */
  readonly stopping: AbortController;
}

/** In a scope of its own, so that no other address takes these bodies. */
export async function addPushRoute(app: FastifyInstance, options: PushRouteOptions): Promise<void> {
  await app.register((scope, _options, done) => {
    const { takes } = routeOf('putFrame');
    scope.addContentTypeParser([...takes], (_request: FastifyRequest, body: unknown, parsed) => parsed(null, body));
    scope.put(
      fastifyPathOf('putFrame'),
      {
        schema: { params: CameraParams },
        config: { operation: 'putFrame' },
        onRequest: [knows(options.view), takeOnly(routeOf('putFrame'))],
      },
      (request, reply) => take(request, reply, options),
    );
    done();
  });
}

function knows(view: ControlView): onRequestHookHandler {
  return (request, _reply, done) => {
    pushedTo(view, request);
    done();
  };
}

async function take(request: FastifyRequest, reply: FastifyReply, options: PushRouteOptions): Promise<void> {
  const { uid } = pushedTo(options.view, request);
  if (isMultipart(request)) return takeParts(request, reply, { ...options, uid });
  const claims = claimsOf(request.headers);
  const body = await readBody(request.raw, Number(request.headers['content-length'] ?? 0));
  await answer(reply, await options.pushLines.put(uid, pictureOf(body, claims)));
}

/** Ends when the request does, when the server stops, and when its sender may not send any more. */
async function takeParts(
  request: FastifyRequest,
  reply: FastifyReply,
  { uid, pushLines, streams, bodies, stopping }: PushRouteOptions & { readonly uid: string },
): Promise<void> {
  const ending = new AbortController();
  const stop = (): void => ending.abort(new SightlineError('stopping', 'The server is stopping.'));
  stopping.signal.addEventListener('abort', stop);
  if (stopping.signal.aborted) stop();
  const forget = streams.add({
    caller: request.caller,
    permission: 'control',
    end: () => ending.abort(new SightlineError('unauthorized', 'Who sends this may not do it any more.')),
  });
  bodies.lift(request.raw);
  request.raw.socket.setKeepAlive(true, 30_000);
  const put = pushLines.put.bind(pushLines, uid);
  try {
    const reader = new PartReader({ request: request.raw, put, signal: ending.signal });
    await answer(reply, await reader.run());
  } catch (error) {
    // Its sender would go on for ever: the connection ends with the answer.
    reply.header('connection', 'close');
    throw error;
  } finally {
    forget();
    stopping.signal.removeEventListener('abort', stop);
  }
}

async function answer(reply: FastifyReply, sequence: number | null): Promise<void> {
  if (sequence !== null) reply.header('x-sequence', String(sequence));
  await reply.code(204).header('cache-control', 'no-store').send();
}

/** The camera of the address. Throws `not-found`, `takes-no-pictures`. */
function pushedTo(view: ControlView, request: FastifyRequest): CameraInfo {
  const { id } = request.params as { readonly id: string };
  const info = view.byId(id);
  if (info === undefined) throw new SightlineError('not-found', `There is no camera "${id}".`);
  if (info.wishes.source === PUSH_ADDRESS) return info;
  throw new SightlineError('takes-no-pictures', `The camera ${id} is asked for its pictures, not sent them.`);
}

function isMultipart({ headers }: FastifyRequest): boolean {
  return /^\s*multipart\//i.test(headers['content-type'] ?? '');
}
