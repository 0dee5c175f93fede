// /openapi.json: made by @fastify/swagger from the zod contract; the media routes, whose answers are no JSON, are
// described here from the same parameter schemas.

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERROR_CODES } from '../../base/errors.ts';
import { CameraParams, ROUTES, type RouteInfo } from './contract.ts';
import { PROBLEM_TYPE, problemUri } from './problem.ts';

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'Bad parameters, each named',
  401: 'The token is missing or wrong',
  403: 'Host or Origin is not allowed',
  404: 'No such camera',
  429: 'Too many encodings of this camera',
  503: 'No picture, with the reason',
};

type Document = ReturnType<typeof jsonSchemaTransformObject>;
type Paths = NonNullable<NonNullable<FastifyDynamicSwaggerOptions['openapi']>['paths']>;

/** Options of @fastify/swagger. */
export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  const paths = Object.fromEntries(
    Object.values<RouteInfo>(ROUTES)
      .filter((route) => route.media !== null)
      .map((route) => [route.path, { get: mediaOperation(route) }]),
  );
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sightline',
        version,
        description: 'Puts any camera on the web. Errors are problem documents (RFC 9457) with a code and a hint.',
      },
      paths: paths as Paths,
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
      security: [{}, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (input) => withErrorCodes(jsonSchemaTransformObject(input)),
  };
}

/** Answers with a problem document, by status. */
export function problemResponses(statuses: readonly number[]): Record<string, unknown> {
  const content = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    statuses.map((status) => {
      const headers = status === 503 || status === 429 ? { 'Retry-After': { schema: { type: 'integer' } } } : undefined;
      return [String(status), { description: STATUS_WORDS[status] ?? 'Problem', content, ...(headers && { headers }) }];
    }),
  );
}

function mediaOperation(route: RouteInfo): Record<string, unknown> {
  const body = { [route.media ?? '']: { schema: { type: 'string', contentMediaType: 'image/jpeg' } } };
  return {
    operationId: route.name,
    summary: route.summary,
    tags: ['media'],
    parameters: [
      ...(route.camera ? parametersOf(CameraParams, 'path') : []),
      ...(route.query === null ? [] : parametersOf(route.query, 'query')),
    ],
    responses: {
      200: { description: 'Pictures', content: body },
      ...problemResponses(route.statuses),
    },
  };
}

function parametersOf(schema: z.ZodObject, where: 'path' | 'query'): Record<string, unknown>[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { description?: string };
    return { name, in: where, required: where === 'path', description, schema: rest };
  });
}

/** The table of codes, so that a program can know them all: `x-error-codes`, and the enum of Problem.code. */
function withErrorCodes(document: Document): Document {
  const codes = Object.entries(ERROR_CODES).map(([code, { status, retryable, hint }]) => {
    return { code, type: problemUri(code as keyof typeof ERROR_CODES), status, retryable, hint };
  });
  const { components } = document as { components?: { schemas?: Record<string, { properties?: object }> } };
  const schemas = components?.schemas ?? {};
  for (const name of Object.keys(schemas)) if (isUnusedTwin(name, schemas)) Reflect.deleteProperty(schemas, name);
  const problem = schemas['Problem'];
  if (problem !== undefined) {
    problem.properties = { ...problem.properties, code: { type: 'string', enum: codes.map(({ code }) => code) } };
  }
  return Object.assign(document, { 'x-error-codes': codes });
}

/** zod describes each shape as input and as output; here both are the same and only the output is referred to. */
function isUnusedTwin(name: string, schemas: Readonly<Record<string, unknown>>): boolean {
  return name.endsWith('Input') && name.slice(0, -'Input'.length) in schemas;
}
