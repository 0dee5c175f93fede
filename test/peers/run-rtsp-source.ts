// Runs the rtsp source in a test and collects what it gives.

import { UNGUARDED } from '../../src/base/dial-guard.ts';
import assert from 'node:assert/strict';
import { SightlineError } from '../../src/base/errors.ts';
import { createRtspSource } from '../../src/ingest/sources/rtsp.ts';
import type { SourceUnit, Track } from '../../src/media/types.ts';

interface Run {
  readonly error: SightlineError | null;
  readonly units: SourceUnit[];
  readonly tracks: Track[];
  readonly quirks: Map<string, number>;
}

interface RunOptions {
  readonly units?: number;
  readonly credentials?: { username: string; password: string };
  readonly signal?: AbortSignal;
}

/** Runs the source until it ends or has given `units`. */
export async function run(url: string, options: RunOptions = {}): Promise<Run> {
  const enough = new AbortController();
  const units: SourceUnit[] = [];
  const tracks: Track[] = [];
  const quirks = new Map<string, number>();
  const address = { kind: 'rtsp' as const, target: url, display: url, credentials: options.credentials ?? null };
  const sink = {
    begin: (begun: readonly Track[]) => void tracks.push(...begun),
    unit: (unit: SourceUnit) => {
      units.push(unit);
      if (units.length === options.units) enough.abort();
    },
    quirk: (name: string) => void quirks.set(name, (quirks.get(name) ?? 0) + 1),
  };
  const signal = options.signal ? AbortSignal.any([enough.signal, options.signal]) : enough.signal;
  try {
    await createRtspSource({ address, tlsVerify: true, guard: UNGUARDED }).run(sink, signal);
    return { error: null, units, tracks, quirks };
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    return { error, units, tracks, quirks };
  }
}
