// /metrics in Prometheus' text format, made at each scrape from what control shows, so that it is the same at every
// gateway. One literal table of families; names end in their unit, counters in _total, labels are bounded sets.

import { Counter, Gauge, Registry } from 'prom-client';
import { wallUs } from '../base/clock.ts';
import type { ControlView, CameraInfo, SystemInfo } from '../link/control-view.ts';

interface Facts {
  readonly cameras: readonly CameraInfo[];
  /** Ids by uid, of cameras that are listed. */
  readonly ids: ReadonlyMap<string, string>;
  readonly system: SystemInfo;
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (facts: Facts) => Sample[];
}

const STATES = ['idle', 'opening', 'live', 'stalled', 'failed', 'disabled'] as const;

/** Every metric, in the order in which they are written. */
export const METRIC_FAMILIES: readonly Family[] = [
  {
    name: 'sightline_build_info',
    type: 'gauge',
    help: 'Always 1; the version is its label.',
    labels: ['version'],
    samples: ({ system }) => [{ labels: { version: system.version }, value: 1 }],
  },
  one('sightline_start_time_seconds', 'Unix time at which the server started.', (system) =>
    Math.floor(wallUs(system.startedUs) / 1e6),
  ),
  one(
    'sightline_config_problem',
    '1 while the config file cannot be used and the last good one is in force.',
    (system) => (system.config.problem === null ? 0 : 1),
  ),
  one('sightline_config_restart_needed', '1 while a changed key of the config waits for a restart.', (system) =>
    system.config.restartNeeded.length > 0 ? 1 : 0,
  ),
  {
    name: 'sightline_camera_state',
    type: 'gauge',
    help: '1 for the state that the camera is in, 0 for the others.',
    labels: ['camera', 'state'],
    samples: ({ cameras }) =>
      cameras.flatMap(({ id, state: now }) =>
        STATES.map((state) => ({ labels: { camera: id, state }, value: now.state === state ? 1 : 0 })),
      ),
  },
  camera('gauge', 'sightline_camera_sessions', 'Sessions that the camera sees from us.', (c) => c.origin?.sessions),
  camera('counter', 'sightline_camera_restarts_total', 'Times that its source was opened again.', (c) => {
    return c.origin?.restarts;
  }),
  camera('gauge', 'sightline_camera_receive_bytes_per_second', 'Measured rate of what the camera sends.', (c) =>
    c.origin === null ? undefined : c.origin.bitrate / 8,
  ),
  camera('gauge', 'sightline_camera_frames_per_second', 'Measured pictures per second.', (c) => c.origin?.fps),
  camera('gauge', 'sightline_camera_capture_time_uncertainty_seconds', 'How far its capture times may be off.', (c) => {
    const uncertaintyUs = c.origin?.uncertaintyUs ?? null;
    return uncertaintyUs === null ? undefined : uncertaintyUs / 1e6;
  }),
  camera('counter', 'sightline_camera_frames_received_total', 'Pictures that the camera sent.', (c) => {
    return c.origin?.packetsIn;
  }),
  camera('counter', 'sightline_camera_frames_decoded_total', 'Pictures that were decoded.', (c) => c.codec?.decoded),
  camera('counter', 'sightline_camera_frames_encoded_total', 'JPEGs that were made, of all sizes.', (c) => {
    return c.codec?.encoded;
  }),
  camera('counter', 'sightline_camera_frames_dropped_total', 'Pictures that decoding was too slow for.', (c) => {
    return c.codec?.dropped;
  }),
  viewers('gauge', 'sightline_viewers', 'Viewers now, by camera and way out.', (count) => count.viewers),
  viewers('counter', 'sightline_viewer_pictures_sent_total', 'Pictures given to viewers.', (count) => count.sent),
  viewers('counter', 'sightline_viewer_pictures_dropped_total', 'Pictures that viewers were too slow for.', (count) => {
    return count.dropped;
  }),
  viewers(
    'counter',
    'sightline_viewer_sent_bytes_total',
    'Bytes of pictures given to viewers.',
    (count) => count.bytes,
  ),
  {
    name: 'sightline_events_total',
    type: 'counter',
    help: 'Events that processors found.',
    labels: ['camera', 'processor', 'type'],
    samples: ({ ids, system }) =>
      system.events.flatMap(({ uid, processor, type, count }) => {
        const id = ids.get(uid);
        return id === undefined ? [] : sampleOf({ camera: id, processor, type }, count);
      }),
  },
  processes('gauge', 'sightline_process_resident_memory_bytes', 'Resident memory of the process.', (p) => {
    return p.heartbeat?.rssBytes;
  }),
  processes(
    'gauge',
    'sightline_process_event_loop_delay_p99_seconds',
    "99th percentile of its event loop's delay.",
    (p) => (p.heartbeat === null ? undefined : p.heartbeat.loopDelayMs / 1000),
  ),
  processes('gauge', 'sightline_process_native_calls', 'Calls into native code that have not returned.', (p) => {
    return p.heartbeat?.nativeCalls;
  }),
  processes(
    'gauge',
    'sightline_process_load_level',
    'Against too much load: 0 nothing, 1 no new encodings, 2 half rate.',
    (p) => {
      return p.heartbeat?.load;
    },
  ),
  processes(
    'counter',
    'sightline_process_restarts_total',
    'Times that it was replaced after a death.',
    (p) => p.restarts,
  ),
  {
    name: 'sightline_http_requests_total',
    type: 'counter',
    help: 'Requests that were answered, by operation of the API (page: all else) and status.',
    labels: ['operation', 'status'],
    samples: ({ system }) =>
      system.requests.map(({ operation, status, count }) => {
        return { labels: { operation, status: String(status) }, value: count };
      }),
  },
];

export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #view: ControlView;

  constructor(view: ControlView) {
    this.#view = view;
  }

  /** Everything as it is now. */
  text(): Promise<string> {
    const cameras = this.#view.cameras();
    const ids = new Map(cameras.map(({ uid, id }) => [uid, id]));
    const facts = { cameras, ids, system: this.#view.system() };
    const registry = new Registry();
    for (const family of METRIC_FAMILIES) write(registry, family, facts);
    return registry.metrics();
  }
}

/** The registry lives for one scrape, so a counter begins at 0 and takes the whole count at once. */
function write(registry: Registry, { name, type, help, labels, samples }: Family, facts: Facts): void {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options);
  for (const { labels: own, value } of samples(facts)) metric.inc(own, value);
}

function one(name: string, help: string, value: (system: SystemInfo) => number): Family {
  return { name, type: 'gauge', help, labels: [], samples: ({ system }) => [{ labels: {}, value: value(system) }] };
}

/** By camera; undefined: not known now, so nothing is said. */
function camera(
  type: Family['type'],
  name: string,
  help: string,
  value: (info: CameraInfo) => number | undefined,
): Family {
  const samples: Family['samples'] = ({ cameras }) =>
    cameras.flatMap((info) => sampleOf({ camera: info.id }, value(info)));
  return { name, type, help, labels: ['camera'], samples };
}

function viewers(
  type: Family['type'],
  name: string,
  help: string,
  value: (count: SystemInfo['counts'][number]) => number,
): Family {
  const samples: Family['samples'] = ({ ids, system }) =>
    system.counts.flatMap((count) => {
      const id = ids.get(count.uid);
      return id === undefined ? [] : sampleOf({ camera: id, via: count.via }, value(count));
    });
  return { name, type, help, labels: ['camera', 'via'], samples };
}

function processes(
  type: Family['type'],
  name: string,
  help: string,
  value: (info: SystemInfo['processes'][number]) => number | undefined,
): Family {
  const samples: Family['samples'] = ({ system }) =>
    system.processes.flatMap((info) => sampleOf({ process: info.title.replace('sightline ', '') }, value(info)));
  return { name, type, help, labels: ['process'], samples };
}

function sampleOf(labels: Sample['labels'], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
