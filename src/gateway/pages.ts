// The built pages (web/dist). Files whose names carry a hash are kept by browsers for good; index.html never is, and
// says below which path the server is seen.

import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { withBase } from './base-path.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sightline</title>
<h1>Sightline is running</h1>
<p>The pages are not built. Build them with <code>npm run build:web</code> and start again.</p>
<p>The first camera: <a href="/camera">/camera</a>. The API: <a href="/api/cameras">/api/cameras</a>, <a href="/openapi.json">/openapi.json</a>.</p>
</html>
`;

/** Answers a request for a page; false when it was for something else. */
export type PageFallback = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** Serves the folder of built pages; the result answers addresses that only the page's own router knows. */
export async function addPages(app: FastifyInstance, folder: string, base: string): Promise<PageFallback> {
  const file = join(folder, 'index.html');
  if (!existsSync(file)) {
    app.get('/', (_request, reply) =>
      reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(NOT_BUILT),
    );
    return () => false;
  }
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    preCompressed: true,
    setHeaders: (response, path) => {
      const isHashed = path.includes(`${sep}assets${sep}`);
      response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const page = withBase(readFileSync(file, 'utf8'), base);
  const send = (reply: FastifyReply): FastifyReply =>
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
  for (const path of ['/', '/index.html']) {
    app.get(path, { schema: { hide: true } }, (_request, reply) => send(reply));
  }
  return (request, reply) => {
    if (!isPageRequest(request)) return false;
    void send(reply);
    return true;
  };
}

/** A person's browser asking for an address without a file name, outside what programs ask for: `/cameras/door`. */
function isPageRequest(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (/^\/(api|camera|assets|healthz|readyz)(\/|$)/.test(path) || !/^[\w/-]+$/.test(path)) return false;
  if (/^\/cameras\/[^/]+\/./.test(path)) return false;
  return (request.headers.accept ?? '').includes('text/html');
}
