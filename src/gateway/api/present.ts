// What control shows of cameras and processes, turned into the answers of the HTTP contract.

import { wallIso } from '../../base/clock.ts';
import type { JournalLine, ViewerCount, ViewerInfo } from '../../link/control-port.ts';
import type { CameraInfo, ProcessInfo, ProcessorInfo, SystemInfo } from '../../link/control-view.ts';
import type { Camera, CameraStatus, TrackInfo, Viewer } from './contract.ts';
import type { Log, ProcessStatus, System } from './contract-server.ts';
import type { z } from 'zod';
import type { Track } from '../../media/types.ts';
import type { ProcessorStatus } from './contract-processors.ts';

/** A camera as the API shows it. */
export function presentCamera(info: CameraInfo, viewers: number): Camera {
  return {
    id: info.id,
    uid: info.uid,
    revision: info.revision,
    config: {
      name: info.wishes.name,
      source: info.wishes.source,
      username: info.wishes.username,
      password: info.wishes.password,
      always: info.wishes.always,
      enabled: info.wishes.enabled,
      tlsVerify: info.wishes.tlsVerify,
    },
    streams: [...info.streams],
    processors: info.processors.map((processor) => presentProcessor(processor, info)),
    status: presentStatus(info, viewers),
  };
}

/** Before codec has said anything of it, a processor is being started, if it is to run at all. */
function presentProcessor({ name, use, enabled, options, report }: ProcessorInfo, camera: CameraInfo): ProcessorStatus {
  const runs = enabled && camera.wishes.enabled;
  return {
    name,
    use,
    enabled,
    description: report?.description ?? '',
    state: runs ? (report?.state ?? 'starting') : 'off',
    since: wallIso(report?.sinceUs ?? camera.state.sinceUs),
    problem: runs && report?.problem ? { ...report.problem } : null,
    shows: report?.shows ?? null,
    eventTypes: [...(report?.eventTypes ?? [])],
    options: { ...(runs && report?.optionsSchema ? report.options : optionsAtRest(report, options)) },
    optionsSchema: report?.optionsSchema ?? null,
    p50Ms: report?.p50Ms ?? null,
    p95Ms: report?.p95Ms ?? null,
    frames: { ...(report?.frames ?? { in: 0, done: 0, skipped: 0 }) },
    restarts: report?.restarts ?? 0,
    reloads: report?.reloads ?? 0,
    memoryBytes: report?.heapBytes ?? 0,
    mats: report?.mats ?? 0,
  };
}

/** What would be in force if it ran: what is wished, over the defaults of its schema. */
function optionsAtRest(report: ProcessorInfo['report'], wished: ProcessorInfo['options']): ProcessorInfo['options'] {
  const properties = report?.optionsSchema?.['properties'] ?? {};
  const defaults = Object.entries(properties).flatMap(([name, schema]: [string, unknown]) => {
    const hasDefault = typeof schema === 'object' && schema !== null && 'default' in schema;
    return hasDefault ? [[name, schema.default] as const] : [];
  });
  return { ...Object.fromEntries<unknown>(defaults), ...wished };
}

/** Viewers of a camera at all gateways. */
export function viewersOf(counts: readonly ViewerCount[], uid: string): number {
  return counts.reduce((sum, count) => (count.uid === uid ? sum + count.viewers : sum), 0);
}

export function presentLog(lines: readonly JournalLine[]): Log {
  return {
    lines: lines.map(({ atUs, level, camera, text, code }) => {
      return { at: new Date(atUs / 1000).toISOString(), level, camera, text, code };
    }),
  };
}

export function presentTrack({ id, kind, codec, width, height, fps }: Track): z.infer<typeof TrackInfo> {
  return { id, kind, codec, width, height, fps };
}

export function presentViewer({ sinceUs, ...info }: ViewerInfo): Viewer {
  const { id, via, stream, address, sent, dropped, delayMs, uncertaintyMs } = info;
  return { id, via, stream, address, since: wallIso(sinceUs), sent, dropped, delayMs, uncertaintyMs };
}

function presentStatus(info: CameraInfo, viewers: number): CameraStatus {
  const { state, origin, codec } = info;
  const uncertaintyUs = origin?.uncertaintyUs ?? null;
  return {
    state: state.state,
    since: wallIso(state.sinceUs),
    reason: state.reason === null ? null : { ...state.reason },
    captureTime: {
      clock: origin?.clock ?? null,
      uncertaintyMs: uncertaintyUs === null ? null : uncertaintyUs / 1000,
    },
    tracks: (origin?.tracks ?? []).map(presentTrack),
    width: info.width,
    height: info.height,
    fps: origin?.fps ?? 0,
    bitrate: origin?.bitrate ?? 0,
    sessions: origin?.sessions ?? 0,
    viewers,
    restarts: origin?.restarts ?? 0,
    quirks: { ...origin?.quirks },
    frames: {
      in: origin?.packetsIn ?? 0,
      decoded: codec?.decoded ?? 0,
      encoded: codec?.encoded ?? 0,
      dropped: codec?.dropped ?? 0,
    },
    moved: info.moved && {
      from: info.moved.from,
      to: info.moved.to,
      since: info.moved.sinceUs === null ? null : wallIso(info.moved.sinceUs),
    },
  };
}

/** What the gateway itself adds to the system's status. */
export interface GatewayFacts {
  /** Bound on unsent bytes in the kernel per viewer; null: unbounded. */
  readonly kernelQueueBytes: number | null;
  readonly kernelQueueWhy: string;
}

export function presentSystem(info: SystemInfo, facts: GatewayFacts): System {
  const warnings: string[] = [];
  if (facts.kernelQueueBytes === null) {
    warnings.push(`kernel queue unbounded: slow viewers see older pictures (${facts.kernelQueueWhy})`);
  }
  return {
    version: info.version,
    since: wallIso(info.startedUs),
    processes: info.processes.map(presentProcess),
    viewers: info.counts.reduce((sum, { viewers }) => sum + viewers, 0),
    kernelQueueBytes: facts.kernelQueueBytes,
    config: { ...info.config, restartNeeded: [...info.config.restartNeeded] },
    warnings: [...warnings, ...info.processes.flatMap(overloaded)],
  };
}

const LOADS = ['normal', 'no-new-encodings', 'half-rate'] as const;

function overloaded(info: ProcessInfo): string[] {
  const load = info.heartbeat?.load ?? 0;
  if (load === 0) return [];
  return [`${info.title} is overloaded: ${load === 1 ? 'it begins no new encodings' : 'it gives half the pictures'}`];
}

function presentProcess(info: ProcessInfo): z.infer<typeof ProcessStatus> {
  return {
    title: info.title,
    role: info.role,
    pid: info.pid,
    since: wallIso(info.startedUs),
    restarts: info.restarts,
    loopDelayMs: info.heartbeat?.loopDelayMs ?? null,
    memoryBytes: info.heartbeat?.rssBytes ?? null,
    nativeCalls: info.heartbeat?.nativeCalls ?? null,
    load: LOADS[info.heartbeat?.load ?? 0],
  };
}
