// The operations on the server itself: system, health, readiness, log, devices, metrics, and the contract in OpenAPI.

import type { FastifyInstance } from 'fastify';
import type { ControlPort } from '../../link/control-port.ts';
import type { KernelQueue } from '../kernel-queue.ts';
import { Metrics } from '../metrics.ts';
import { openApiDocument } from './openapi.ts';
import { addOperation } from './operation.ts';
import { presentLog, presentSystem } from './present.ts';

export function addServerRoutes(app: FastifyInstance, control: ControlPort, kernelQueue: KernelQueue): void {
  addOperation(app, 'getSystem', () =>
    presentSystem(control.system(), { kernelQueueBytes: kernelQueue.bytes, kernelQueueWhy: kernelQueue.why }),
  );
  addOperation(app, 'getHealth', () => ({ status: 'ok' as const }));
  addOperation(app, 'getReadiness', () => {
    const cameras = control.cameras();
    return {
      status: 'ready' as const,
      cameras: Object.fromEntries(cameras.map(({ id, state }) => [id, state.state])),
      live: cameras.filter(({ state }) => state.state === 'live').map(({ id }) => id),
    };
  });
  addOperation(app, 'getLog', async ({ query }) =>
    presentLog((await control.ask('journal', { uid: null, limit: query.limit })).lines),
  );
  addOperation(app, 'listDevices', async () => {
    const { devices } = await control.ask('devices', null);
    return { devices: devices.map(({ path, name }) => ({ path, name })) };
  });
  const metrics = new Metrics(control);
  addOperation(app, 'getMetrics', async ({ reply }) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
  const document = openApiDocument(control.system().version);
  app.get('/openapi.json', () => document);
}
