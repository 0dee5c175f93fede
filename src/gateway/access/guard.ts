// The door of the gateway: judges every request before its handler runs, also for addresses that do not exist.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SightlineError } from '../../base/errors.ts';
import type { ControlView } from '../../link/control-view.ts';
import type { Access } from './access.ts';
import { NOBODY } from './caller.ts';
import { ADDRESS_RULES, needOf } from './permissions.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route only says that its method is not possible. */
    readonly refusesMethod?: boolean;
  }
}

export function addGuard(app: FastifyInstance, access: Access, view: Pick<ControlView, 'byId'>): void {
  app.decorateRequest('caller');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
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
    refuseMergePatch(request);
    done();
  });
}

function cameraOf({ params }: FastifyRequest, view: Pick<ControlView, 'byId'>): string | null {
  const { id } = params as { readonly id?: string };
  return id === undefined ? null : (view.byId(id)?.uid ?? null);
}

/** A merge patch is a patch and nothing else. */
function refuseMergePatch({ method, headers }: FastifyRequest): void {
  if (method === 'PATCH' || headers['content-type']?.startsWith('application/merge-patch+json') !== true) return;
  throw new SightlineError('media-type-unsupported', 'Only PATCH takes a merge patch.');
}
