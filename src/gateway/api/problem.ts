// Errors as problem documents (RFC 9457): the one shape in which the server says no.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CODES, SightlineError, type ErrorCode } from '../../base/errors.ts';
import { cookieName } from '../access/credentials.ts';
import type { ProblemDocument } from './contract.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export interface BadParameter {
  readonly parameter: string;
  readonly message: string;
}

/** A request whose parameters are wrong; names each. */
export class RequestInvalidError extends SightlineError {
  readonly parameters: readonly BadParameter[];

  constructor(parameters: readonly BadParameter[]) {
    const said = parameters.map(({ parameter, message }) => `${parameter}: ${message}`);
    super('request-invalid', `Bad parameters: ${said.join('; ')}.`);
    this.parameters = parameters;
  }
}

/** The stable identifier of a kind of problem; its text stands in docs/errors.md. */
export function problemUri(code: ErrorCode): string {
  return `urn:sightline:problem:${code}`;
}

/** `camera-refused` as a title: "Camera refused". */
export function problemTitle(code: ErrorCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function problemDocument(error: SightlineError): ProblemDocument {
  return {
    type: problemUri(error.code),
    title: problemTitle(error.code),
    status: error.status,
    detail: error.message,
    code: error.code,
    hint: error.hint,
    ...(error instanceof RequestInvalidError ? { errors: error.parameters.map((bad) => ({ ...bad })) } : {}),
  };
}

/** Seconds after which asking again can help. */
function retryAfterSeconds(code: ErrorCode): number {
  return ERROR_CODES[code].retryable && code !== 'too-many-attempts' ? 2 : 60;
}

/**
 * A challenge makes a browser put up its own dialog. That is right for a person who opens an address and for programs,
 * and wrong under our own page, which has a login: its requests are told by `X-Requested-With`, by what the browser says
 * of them (only on https and localhost), or by the cookie of a session that has ended.
 */
function wantsChallenge({ headers, cookies, raw }: FastifyRequest): boolean {
  if (headers['x-requested-with'] !== undefined || cookies[cookieName(raw.socket.localPort)] !== undefined)
    return false;
  return headers['sec-fetch-site'] !== 'same-origin' || headers['sec-fetch-dest'] === 'document';
}

/** Answers with a problem document. For HEAD Fastify sends the head alone. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: SightlineError): void {
  const text = JSON.stringify(problemDocument(error));
  reply.code(error.status).header('content-type', PROBLEM_TYPE).header('cache-control', 'no-store');
  if (error.status === 503 || error.status === 429) reply.header('retry-after', String(retryAfterSeconds(error.code)));
  if (error.code === 'unauthorized' && wantsChallenge(request)) {
    reply.header('www-authenticate', ['Bearer realm="Sightline"', 'Basic realm="Sightline", charset="UTF-8"']);
  }
  if (request.method === 'HEAD') {
    reply.header('content-length', String(Buffer.byteLength(text)));
    void reply.send();
  } else {
    void reply.serializer((payload: string) => payload).send(text);
  }
}

interface ZodIssueEntry {
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: { readonly keys?: readonly string[] };
}

/** An issue about unknown keys stands for each of them. */
function badParameters({ instancePath, message, params }: ZodIssueEntry): BadParameter[] {
  const path = instancePath.replace(/^\//, '');
  if (params?.keys === undefined) return [{ parameter: path || 'body', message: message ?? 'is not valid' }];
  return params.keys.map((key) => ({ parameter: key, message: 'is not known here' }));
}

/** Whatever a handler, a plugin or Fastify itself threw, as our own error. */
export function toSightlineError(error: unknown): SightlineError {
  if (error instanceof SightlineError) return error;
  const thrown = error as {
    validation?: readonly ZodIssueEntry[];
    statusCode?: number;
    message?: string;
    code?: string;
  };
  if (Array.isArray(thrown.validation)) {
    return new RequestInvalidError(thrown.validation.flatMap(badParameters));
  }
  if (thrown.code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new SightlineError('not-found', 'No camera has so long an id.');
  const message = thrown.message ?? 'The request is not valid.';
  if (thrown.statusCode === 404) return new SightlineError('not-found', message);
  if (thrown.statusCode === 413) return new SightlineError('body-too-large', message);
  if (thrown.statusCode === 415) return new SightlineError('media-type-unsupported', message);
  if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new SightlineError('request-invalid', message);
  }
  return new SightlineError('internal', 'The server failed to answer.', { cause: error });
}
