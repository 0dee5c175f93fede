// The door of the gateway: judges every request before its handler runs, also for addresses that do not exist.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ControlView } from '../../link/control-view.ts';
import type { Access } from './access.ts';
import { NOBODY } from './caller.ts';
import { ADDRESS_RULES, isNamed, needOf } from './permissions.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route only says that its method is not possible. */
    readonly refusesMethod?: boolean;
  }
}

export interface GuardOptions {
  readonly access: Access;
  readonly view: Pick<ControlView, 'byId'>;
  readonly log: Pick<Logger, 'error'>;
}

export function addGuard(app: FastifyInstance, { access, view, log }: GuardOptions): void {
  app.decorateRequest('caller');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.addHook('onRoute', ({ method, url, config }) => {
    const isListed = config?.refusesMethod === true || [method].flat().every((name) => isNamed(name, url));
    if (!isListed) log.error({ method, url }, 'no permission is named for this address: the cautious one is asked for');
  });
  app.addHook('onRequest', (request, _reply, done) => {
    access.checkNames(request);
    request.caller = NOBODY;
    const { url: path, config } = request.routeOptions;
    const need = config.refusesMethod === true ? 'open' : needOf(request.method, path);
    if (need !== 'open') {
      const caller = access.identify(request, ADDRESS_RULES[path ?? '']?.tokenInQuery === true);
      if (caller.isRefused && !caller.principal.grants.includes(need)) throw access.refuse(request);
      access.check(caller, need, cameraOf(request, view));
      request.caller = caller;
    }
    done();
  });
}

function cameraOf({ params }: FastifyRequest, view: Pick<ControlView, 'byId'>): string | null {
  const { id } = params as { readonly id?: string };
  return id === undefined ? null : (view.byId(id)?.uid ?? null);
}
