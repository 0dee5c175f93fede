// Lets requests become WebSockets: upgrades go through the router, and so past the guard, as any other request.

import fastifyWebSocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { SightlineError } from '../base/errors.ts';

/** Longest message of a client: the delays of all tiles of a page. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Before any route is added. `paths`: where there are WebSockets, as the router writes them. */
export async function allowWebSockets(app: FastifyInstance, paths: readonly string[]): Promise<void> {
  await app.register(fastifyWebSocket, {
    options: { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, clientTracking: false },
    preClose: (done) => done(),
    errorHandler: (_error, webSocket) => webSocket.terminate(),
  });
  app.addHook('onRequest', ({ ws, routeOptions }, _reply, done) => {
    const isStray = ws && !paths.includes(routeOptions.url ?? '');
    done(isStray ? new SightlineError('request-invalid', 'There is no WebSocket here.') : undefined);
  });
}
