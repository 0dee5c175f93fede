// /openapi.json (OpenAPI 3.1), made from the table of operations and the zod schemas of the contract.

import { z } from 'zod';
import { ERROR_CODES } from '../../base/errors.ts';
import { ADDRESS_RULES, needOf } from '../access/permissions.ts';
import { FRAMES_PATH } from './contract-frames.ts';
import { TILES_PATH } from './contract-tiles.ts';
import { ALL_ROUTES, NDJSON, type Route } from './contract-routes.ts';
import { CameraParams } from './contract.ts';
import { FramesQuery } from './contract-frames.ts';
import { IF_MATCH } from './entity-tag.ts';
import { fastifyPath } from './operation.ts';
import { answerExamples, bodyExamples, problemExample } from './openapi-examples.ts';
import { PROBLEM_TYPE, problemUri } from './problem.ts';

type Json = Record<string, unknown>;

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'Bad parameters or body, each named in `errors`',
  401: 'Who asks is not known here',
  403: 'Not allowed: by the grants of who asks, by Host or Origin, or this source',
  404: 'No such camera or event',
  409: 'The id is taken, cameras are not kept in a config file, or this camera is not sent its pictures',
  412: 'The camera was changed meanwhile: If-Match names another revision',
  413: 'The body is too long',
  415: 'The body is of another media type',
  429: 'Too much at once: ask again later',
  503: 'Not to be had now, with the reason',
  507: 'The config file could not be written; nothing was changed',
};

const DESCRIPTION = `Puts any camera on the web: one capture, any number of viewers.

Errors are problem documents (RFC 9457) with a \`code\` and a \`hint\`. On loopback reading needs nothing and writing
needs the local key; elsewhere everything needs a token or a login.`;

const TAGS = [
  {
    name: 'media',
    description:
      'Pictures. They also come over WebSockets, which OpenAPI does not know: see `x-websockets`, docs/frames.md and docs/tiles.md',
  },
  { name: 'cameras', description: 'What cameras there are, and how they are' },
  { name: 'events', description: 'What processors find' },
  { name: 'server', description: 'The server itself' },
  { name: 'access', description: 'Logging in and out' },
];

/** What OpenAPI has no word for, in the words that it has for the rest. */
const WEBSOCKETS = [
  {
    path: FRAMES_PATH,
    summary: 'The pictures of one stream with their capture times, for programs: a text of JSON, then the picture',
    parameters: [...parameters(CameraParams, 'path'), ...parameters(FramesQuery, 'query')],
    security: [{}, { bearer: [] }, { basic: [] }, { token: [] }],
  },
  {
    path: TILES_PATH,
    summary: 'The pictures of many cameras, each acknowledged, for a page',
    parameters: [],
    security: [{}, { bearer: [] }, { basic: [] }, { token: [] }],
  },
];

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'The token of the config, or the local key of this machine' },
  basic: { type: 'http', scheme: 'basic', description: 'Name and password of a user of the config' },
  token: { type: 'apiKey', in: 'query', name: 'token', description: 'The token, where no header can be sent' },
};

const SENT = [{ bearer: [] }, { basic: [] }];

export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of ALL_ROUTES) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sightline',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.', description: 'This server' }],
    tags: TAGS,
    paths,
    components: { schemas: componentSchemas(), securitySchemes: SECURITY_SCHEMES },
    'x-websockets': WEBSOCKETS,
    'x-error-codes': Object.entries(ERROR_CODES).map(([code, { status, retryable, hint }]) => {
      return { code, type: problemUri(code as keyof typeof ERROR_CODES), status, retryable, hint };
    }),
  };
}

function operation(route: Route): Json {
  const { operation: operationId, summary, description, tag } = route;
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: securityOf(route),
    parameters: parametersOf(route),
    ...(route.takes.length === 0 ? {} : { requestBody: { required: true, content: bodyContent(route) } }),
    responses: { [route.success ?? 200]: success(route), ...problems(route) },
  };
}

/** On loopback reading is free, so nothing is one of the ways; media take ?token= too. */
function securityOf({ method, path }: Route): Json[] {
  const address = fastifyPath(path);
  const need = needOf(method, address);
  if (need === 'open') return [{}];
  if (need !== 'view') return SENT;
  return ADDRESS_RULES[address]?.tokenInQuery === true ? [{}, ...SENT, { token: [] }] : [{}, ...SENT];
}

function parametersOf(route: Route): Json[] {
  const ifMatch = {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'Do it only while the camera has this revision: the ETag of GET',
    schema: { type: 'string', pattern: IF_MATCH.source.replaceAll('\\/', '/') },
    example: '*',
  };
  return [
    ...(route.params === undefined ? [] : parameters(route.params, 'path')),
    ...(route.query === undefined ? [] : parameters(route.query, 'query')),
    ...(route.headers === undefined ? [] : parameters(route.headers, 'header')),
    ...(route.ifMatch === true ? [ifMatch] : []),
  ];
}

function parameters(schema: z.ZodObject, where: 'path' | 'query' | 'header'): Json[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties)
    .filter(([name]) => name !== 'token')
    .map(([name, property]) => {
      const { description, ...rest } = property as Json;
      return { name, in: where, required: where === 'path', description, schema: rest };
    });
}

function bodyContent(route: Route): Json {
  const { body } = route;
  const content =
    body === undefined
      ? { schema: { type: 'string', contentMediaType: 'image/jpeg' } }
      : { schema: referTo(body), examples: bodyExamples(route.operation) };
  return Object.fromEntries(route.takes.map((type) => [type, content]));
}

function success(route: Route): Json {
  const { answer, media } = route;
  const headers = {
    ...(route.etag === true ? { ETag: header('The revision of the camera, for If-Match') } : {}),
    ...(route.operation === 'putFrame'
      ? { 'X-Sequence': header('Number of the picture in the stream; missing when a newer one took its place') }
      : {}),
    ...(route.success === 201 ? { Location: header('Address of what was added, relative to this one') } : {}),
  };
  const content =
    answer !== undefined
      ? { 'application/json': { schema: referTo(answer), examples: answerExamples(route.operation) } }
      : media !== undefined && { [media]: { schema: { type: 'string', ...pictureType(media) } } };
  return {
    description: route.success === 204 ? 'Done' : route.success === 201 ? 'Added' : 'What was asked for',
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(content === false ? {} : { content }),
  };
}

function pictureType(media: string): Json {
  return media.startsWith('text/') || media === NDJSON ? {} : { contentMediaType: 'image/jpeg' };
}

function header(description: string): Json {
  return { description, schema: { type: 'string' } };
}

function problems(route: Route): Json {
  return Object.fromEntries(
    route.statuses.map((status) => {
      const content = { schema: { $ref: '#/components/schemas/Problem' }, example: problemExample(status) };
      const retry = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } };
      return [
        String(status),
        {
          description: STATUS_WORDS[status],
          ...(status === 503 || status === 429 ? { headers: retry } : {}),
          content: { [PROBLEM_TYPE]: content },
        },
      ];
    }),
  );
}

function referTo(schema: z.ZodType): Json {
  return { $ref: `#/components/schemas/${z.globalRegistry.get(schema)?.id ?? ''}` };
}

/** Every named schema of the contract: bodies as they are sent, answers as they come. */
function componentSchemas(): Record<string, Json> {
  const bodies = new Set(ALL_ROUTES.map(({ body }) => body && z.globalRegistry.get(body)?.id));
  const read = (io: 'input' | 'output'): Record<string, Json> => {
    const uri = (id: string): string => `#/components/schemas/${id}`;
    return z.toJSONSchema(z.globalRegistry, { uri, io }).schemas;
  };
  const sent = read('input');
  const schemas = Object.entries(read('output')).map(([id, schema]): [string, Json] => {
    return [id, withoutNames((bodies.has(id) ? sent[id] : undefined) ?? schema)];
  });
  const all = Object.fromEntries(schemas);
  const problem = all['Problem']?.['properties'] as Json | undefined;
  if (problem !== undefined) problem['code'] = { type: 'string', enum: Object.keys(ERROR_CODES) };
  return all;
}

/** A schema among the components has its name there. */
function withoutNames(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !['$schema', '$id', 'id'].includes(key)));
}
