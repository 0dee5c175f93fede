// POST /api/probe: shows an address before it is saved. The probe ends in any case, also when its caller goes away.

import type { FastifyInstance } from 'fastify';
import type { ControlPort } from '../../link/control-port.ts';
import { runProbe, type ProbeResult } from '../../link/probe.ts';
import type { MediaPort } from '../../link/types.ts';
import type { Probe } from './contract.ts';
import { addOperation } from './operation.ts';
import { presentTrack } from './present.ts';

export interface ProbeRouteOptions {
  readonly control: ControlPort;
  readonly media: MediaPort;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
}

export function addProbeRoute(app: FastifyInstance, { control, media, stopping }: ProbeRouteOptions): void {
  addOperation(app, 'probe', async ({ request, body }) => {
    const caller = new AbortController();
    const onClose = (): void => caller.abort();
    const { socket } = request.raw;
    socket.once('close', onClose);
    try {
      const signal = AbortSignal.any([caller.signal, stopping]);
      return present(await runProbe({ control, media, draft: body, signal }));
    } finally {
      socket.removeListener('close', onClose);
    }
  });
}

function present({ info, picture, problem, tookMs }: ProbeResult): Probe {
  const { origin } = info ?? { origin: null };
  return {
    source: info?.wishes.source ?? '',
    problem: problem === null ? null : { ...problem },
    tracks: (origin?.tracks ?? []).map(presentTrack),
    width: picture?.width ?? 0,
    height: picture?.height ?? 0,
    fps: origin?.fps ?? 0,
    clock: picture?.stamp.clock ?? null,
    tookMs: Math.round(tookMs),
    picture: picture?.bytes.toString('base64') ?? null,
  };
}
