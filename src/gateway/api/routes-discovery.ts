// The addresses of discovery: start a search, see it, follow it, end it. All of it is for those who may change cameras.

import type { FastifyInstance } from 'fastify';
import type { ControlPort } from '../../link/control-port.ts';
import type { DiscoveryStream } from '../delivery/discovery.ts';
import { addOperation, fastifyPathOf } from './operation.ts';
import { presentDiscovery } from './present-discovery.ts';

export function addDiscoveryRoutes(app: FastifyInstance, control: ControlPort, stream: DiscoveryStream): void {
  addOperation(app, 'startDiscovery', async ({ body: { subnet = null, address = null, username, password } }) => {
    const login = username === undefined ? null : { username, password: password ?? '' };
    return presentDiscovery(await control.ask('startSearch', { login, subnet, address }), control);
  });
  addOperation(app, 'getDiscovery', () => presentDiscovery(control.search(), control));
  addOperation(app, 'endDiscovery', async () => {
    await control.ask('endSearch', null);
    return undefined;
  });
  // GET and HEAD are written apart: Fastify's own HEAD would run the GET that goes on.
  const route = { exposeHeadRoute: false, config: { operation: 'streamDiscovery' } } as const;
  const path = fastifyPathOf('streamDiscovery');
  app.get(path, route, (request, reply) => stream.stream(request, reply));
  app.head(path, route, (_request, reply) => stream.head(reply));
}
