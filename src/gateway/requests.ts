// Counts the HTTP answers of this gateway by operation and status, for the metrics. Both are small sets.

import type { FastifyInstance } from 'fastify';
import type { RequestCount } from '../link/control-port.ts';

export class Requests {
  readonly #counts = new Map<string, { operation: string; status: number; count: number }>();

  /** Counts every answer from now on, also those that a client left in the middle. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      const { operation = 'page' } = request.routeOptions.config;
      reply.raw.once('close', () => this.#count(operation, reply.raw.statusCode));
      done();
    });
  }

  counts(): RequestCount[] {
    return [...this.#counts.values()].map((entry) => ({ ...entry }));
  }

  #count(operation: string, status: number): void {
    const name = `${operation} ${status}`;
    const entry = this.#counts.get(name);
    if (entry === undefined) this.#counts.set(name, { operation, status, count: 1 });
    else entry.count += 1;
  }
}
