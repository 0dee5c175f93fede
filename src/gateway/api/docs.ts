// /docs: the API as a page to read and to try, Scalar's, from our own server alone: no fonts, scripts or services of
// others. Its script is 4 MB, so it is loaded when somebody first asks for it.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';

const SCRIPT = '/docs/scalar.js';

/** Everything that Scalar would fetch from or offer at its own hosts is off. */
const CONFIGURATION = {
  url: 'openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>Sightline API</title>
</head>
<body>
<script id="api-reference" type="application/json" data-configuration='${JSON.stringify(CONFIGURATION)}'></script>
<script src=".${SCRIPT}"></script>
</body>
</html>
`;

/** Nothing but this server is asked. Scalar writes its own style elements, and its icons are data addresses. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

export function addDocs(app: FastifyInstance): void {
  let script: Promise<Buffer> | null = null;
  app.get('/docs', (request, reply) => {
    // Addresses in the page are relative to its own.
    if (request.url.split('?', 1)[0]?.endsWith('/') === true) return reply.redirect('../docs');
    const headers = { 'content-security-policy': POLICY, 'x-robots-tag': 'noindex', 'cache-control': 'no-cache' };
    return reply.headers(headers).type('text/html; charset=utf-8').send(PAGE);
  });
  app.get(SCRIPT, async (_request, reply) => {
    script ??= loadScript();
    const headers = { 'content-encoding': 'gzip', 'cache-control': 'private, max-age=86400' };
    return reply
      .headers(headers)
      .type('text/javascript; charset=utf-8')
      .send(await script);
  });
}

/** The script of the package, which shows it as a route only. */
async function loadScript(): Promise<Buffer> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const inner = Fastify();
  try {
    await inner.register(scalar, { routePrefix: '/docs', configuration: { url: '/' } });
    const { rawPayload } = await inner.inject('/docs/js/scalar.js');
    return await promisify(gzip)(rawPayload);
  } finally {
    await inner.close();
  }
}
