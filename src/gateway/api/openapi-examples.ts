// Examples of bodies and answers in /openapi.json. A test checks each against its schema.

import { ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import type { Operation } from './contract-addresses.ts';
import type { AnswerOf, BodyOf } from './contract-routes.ts';
import type { Camera, ProblemDocument } from './contract.ts';
import type { Discovery, FoundCamera } from './contract-discovery.ts';
import { problemTitle, problemUri } from './problem.ts';

type Examples<T> = Readonly<Record<string, { readonly summary: string; readonly value: T }>>;

type Bodies = { readonly [K in Operation as BodyOf<K> extends undefined ? never : K]: Examples<BodyOf<K>> };
type Answers = { readonly [K in Operation]?: AnswerOf<K> };

const SINCE = '2026-01-15T08:30:00.000Z';

const CAMERA: Camera = {
  id: 'door',
  uid: '019bc0f2-5c3e-7a51-9d0e-0f6a3c1d2b4e',
  revision: 'Zk3v9Qm1',
  config: {
    name: 'Front door',
    source: 'rtsp://192.168.1.20/stream1',
    username: 'admin',
    password: true,
    always: false,
    enabled: true,
    tlsVerify: true,
  },
  streams: ['main'],
  processors: [],
  status: {
    state: 'live',
    since: SINCE,
    reason: null,
    captureTime: { clock: 'rtcp', uncertaintyMs: 4.2 },
    tracks: [{ id: 0, kind: 'video', codec: 'h264', width: 1280, height: 720, fps: 25 }],
    width: 1280,
    height: 720,
    fps: 25,
    bitrate: 2_000_000,
    sessions: 1,
    viewers: 2,
    restarts: 0,
    quirks: {},
    frames: { in: 1500, decoded: 1500, encoded: 1500, dropped: 0 },
    moved: null,
  },
};

const NOTHING_FOUND: Discovery = {
  state: 'none',
  startedAt: null,
  endedAt: null,
  expiresAt: null,
  networks: [],
  cameras: [],
  problem: null,
};

const FOUND: FoundCamera = {
  id: 'mac:b4:a3:82:00:11:22',
  address: '192.168.1.20',
  otherAddresses: [],
  mac: 'b4:a3:82:00:11:22',
  serial: 'DS-2CD2042WD20160101',
  name: 'Front door',
  maker: 'Hikvision',
  model: 'DS-2CD2042WD-I',
  ways: ['neighbours', 'ws-discovery', 'onvif'],
  services: [{ kind: 'rtsp', port: 554, url: 'rtsp://192.168.1.20:554/' }],
  streams: [
    {
      ...{ source: 'rtsp://192.168.1.20:554/Streaming/Channels/101', label: 'main', way: 'onvif', confirmed: true },
      ...{ codec: 'h264', width: 2688, height: 1520, fps: 20 },
    },
  ],
  needsPassword: false,
  cameras: ['door'],
};

const BODIES: Bodies = {
  createCamera: {
    camera: {
      summary: 'A camera with a password',
      value: { name: 'Front door', source: 'rtsp://192.168.1.20/stream1', username: 'admin', password: 'secret' },
    },
  },
  changeCamera: {
    rename: { summary: 'Another name; the password is forgotten', value: { name: 'Back door', password: null } },
    off: { summary: 'Switched off', value: { enabled: false } },
  },
  probe: {
    camera: { summary: 'An address to look at', value: { source: 'rtsp://192.168.1.20/stream1', username: 'admin' } },
  },
  startDiscovery: {
    all: { summary: 'Everything that is near', value: {} },
    one: {
      summary: 'One device, with its password',
      value: { address: '192.168.1.20', username: 'admin', password: 'secret' },
    },
  },
  login: {
    user: { summary: 'A user of the config', value: { name: 'anna', password: 'secret' } },
    key: { summary: 'The local key', value: { key: 'the-key-that-serve-printed' } },
  },
};

const ANSWERS: Answers = {
  listCameras: { cameras: [CAMERA] },
  createCamera: CAMERA,
  getCamera: CAMERA,
  changeCamera: CAMERA,
  listViewers: {
    viewers: [
      {
        id: '4711-1',
        via: 'tiles',
        stream: 'main',
        address: '192.168.1.50',
        since: SINCE,
        sent: 1200,
        dropped: 3,
        delayMs: 140,
        uncertaintyMs: 6,
      },
    ],
  },
  getCameraLog: { lines: [{ at: SINCE, level: 'info', camera: 'door', text: 'door is live.', code: null }] },
  listEvents: {
    events: [
      {
        id: 1_768_465_800_250_000,
        camera: 'door',
        uid: CAMERA.uid,
        processor: 'motion',
        type: 'started',
        capturedAt: SINCE,
        clock: 'rtcp',
        sequence: 1500,
        boxes: [{ x: 0.25, y: 0.5, width: 0.125, height: 0.25 }],
        data: { peak: 0.08 },
        snapshot: '/api/events/1768465800250000/snapshot.jpg',
      },
    ],
  },
  getLog: { lines: [{ at: SINCE, level: 'info', camera: null, text: 'The server started.', code: null }] },
  probe: {
    source: 'rtsp://192.168.1.20/stream1',
    problem: null,
    tracks: CAMERA.status.tracks,
    width: 1280,
    height: 720,
    fps: 25,
    clock: 'arrival',
    tookMs: 820,
    picture: '/9j/4AAQSkZJRg==',
  },
  startDiscovery: { ...NOTHING_FOUND, state: 'running', startedAt: SINCE, networks: ['192.168.1.0/24'] },
  getDiscovery: {
    ...{ ...NOTHING_FOUND, state: 'ended', startedAt: SINCE, endedAt: SINCE, expiresAt: SINCE },
    networks: ['192.168.1.0/24'],
    cameras: [FOUND],
  },
  listDevices: { devices: [{ path: '/dev/video0', name: 'HD Webcam' }] },
  login: { principal: { id: 'anna', kind: 'user' }, grants: ['view'] },
  getSession: { principal: { id: 'anyone', kind: 'anyone' }, grants: ['view'] },
  getSystem: {
    version: '0.1.0',
    since: SINCE,
    processes: [
      {
        title: 'sightline main',
        role: 'main',
        pid: 4711,
        since: SINCE,
        restarts: 0,
        loopDelayMs: 2.1,
        memoryBytes: 90_000_000,
        nativeCalls: 0,
        load: 'normal',
      },
    ],
    viewers: 2,
    kernelQueueBytes: 16_384,
    config: { file: '/etc/sightline/sightline.yaml', fixed: null, problem: null, restartNeeded: [] },
    warnings: [],
  },
  getHealth: { status: 'ok' },
  getReadiness: { status: 'ready', cameras: { door: 'live' }, live: ['door'] },
};

export function bodyExamples(operation: Operation): unknown {
  return (BODIES as Readonly<Record<string, Examples<unknown>>>)[operation];
}

export function answerExamples(operation: Operation): unknown {
  const value = ANSWERS[operation];
  return value === undefined ? undefined : { answer: { summary: 'An answer', value } };
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'request-invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'taken',
  412: 'revision-mismatch',
  413: 'body-too-large',
  415: 'media-type-unsupported',
  429: 'too-many-attempts',
  503: 'picture-timeout',
  507: 'config-unwritable',
};

const DETAIL_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'Bad parameters: source: is required.',
  401: 'Say who you are.',
  403: 'A page of another origin may not do this.',
  404: 'There is no camera "door".',
  409: 'There is a camera "door" already.',
  412: 'door was changed meanwhile.',
  413: 'The body is longer than 8 MB.',
  415: 'The body must be application/json.',
  429: 'Too many tries.',
  503: 'No picture came in time.',
  507: 'The config file could not be written.',
};

export function problemExample(status: number): ProblemDocument | undefined {
  const code = CODE_OF_STATUS[status];
  if (code === undefined) return undefined;
  const { hint } = ERROR_CODES[code];
  const detail = DETAIL_OF_STATUS[status] ?? '';
  return { type: problemUri(code), title: problemTitle(code), status, detail, code, hint };
}
