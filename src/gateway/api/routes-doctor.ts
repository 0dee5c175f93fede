// POST /api/cameras/{id}/doctor: why a camera has no picture, a line for each step as it ends. The examination ends in any
// case, also when its caller goes away.

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ControlPort } from '../../link/control-port.ts';
import type { ExaminationLine } from './contract-examination.ts';
import { NDJSON } from './contract-routes.ts';
import { CameraParams } from './contract.ts';
import { fastifyPathOf } from './operation.ts';

export interface DoctorRouteOptions {
  readonly control: ControlPort;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
}

export function addDoctorRoute(app: FastifyInstance, { control, stopping }: DoctorRouteOptions): void {
  const route = { config: { operation: 'examineCamera' }, schema: { params: CameraParams } } as const;
  app.withTypeProvider<ZodTypeProvider>().post(fastifyPathOf('examineCamera'), route, async (request, reply) => {
    const { run } = await control.ask('openExamination', { id: request.params.id });
    const caller = new AbortController();
    reply.raw.once('close', () => caller.abort());
    const signal = AbortSignal.any([caller.signal, stopping]);
    const stop = (): void => void control.ask('closeExamination', { run }).catch(() => undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    reply.header('cache-control', 'no-store').type(NDJSON);
    return reply.send(Readable.from(linesOf(control, run, signal)));
  });
}

async function* linesOf(control: ControlPort, run: string, signal: AbortSignal): AsyncGenerator<string> {
  for (let known = 0; !signal.aborted;) {
    const { steps, examination } = await control.ask('readExamination', { run, known });
    known += steps.length;
    for (const step of steps) yield lineOf(step);
    if (examination === null) continue;
    const { source, picture, tookMs } = examination;
    yield lineOf({ source, picture, tookMs });
    return;
  }
}

function lineOf(line: ExaminationLine): string {
  return `${JSON.stringify(line)}\n`;
}
