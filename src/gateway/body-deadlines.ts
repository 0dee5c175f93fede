// How long the body of a request may take. Node's own limit for a whole request knows no exception, and a stream of
// pictures that somebody sends in has no end, so bodies are timed here; heads are by the HTTP server.

import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { answerClientError } from './client-error.ts';

export class BodyDeadlines {
  readonly #limitMs: number;
  readonly #timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Times every body from now on: 408 and the end of the connection for one that is late. Add it before other hooks. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', ({ raw }, reply, done) => {
      if (hasBody(raw)) {
        const timer = setTimeout(() => end(raw, reply.raw.headersSent), this.#limitMs);
        this.#timers.set(raw, timer);
        raw.once('close', () => clearTimeout(timer));
      }
      done();
    });
  }

  /** This body may take as long as it likes. */
  lift(request: IncomingMessage): void {
    clearTimeout(this.#timers.get(request));
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function end(request: IncomingMessage, isAnswered: boolean): void {
  const late = Object.assign(new Error('the body did not come in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  answerClientError(late, request.socket, isAnswered);
}
