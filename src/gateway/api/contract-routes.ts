// What each operation of the HTTP API takes and answers. The routes validate with it,
// /openapi.json is made from it, and the client's types are inferred from it.

import type { z } from 'zod';
import { ADDRESSES, addressOf, type Method, type Operation } from './contract-addresses.ts';
import {
  Camera,
  CameraCreate,
  CameraList,
  CameraParams,
  CameraPatch,
  Probe,
  ProbeRequest,
  ViewerList,
} from './contract.ts';
import { Login, Session } from './contract-access.ts';
import { Devices, Health, Log, LogQuery, Readiness, System } from './contract-server.ts';
import { EventList, EventListQuery, EventParams, EventSnapshotQuery, EventStreamQuery } from './contract-events.ts';
import { FrameHeaders, SnapshotQuery, StreamQuery } from './contract-pictures.ts';
import { Discovery, DiscoveryRequest } from './contract-discovery.ts';

/** One documented operation. */
export interface RouteInfo {
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'media' | 'cameras' | 'events' | 'server' | 'access';
  /** Of the path. Default: those of a camera where `{id}` stands in it. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Media types of the body. Default application/json where there is a `body`; without one it is no JSON. */
  readonly takes?: readonly string[];
  /** Of the request, beside those that every request may have. */
  readonly headers?: z.ZodObject;
  /** JSON of the answer; absent: none, or `media`. */
  readonly answer?: z.ZodType;
  /** Type of an answer that is no JSON. */
  readonly media?: string;
  /** Status of success. Default 200. */
  readonly success?: 201 | 204;
  /** The answer carries the camera's revision as ETag; with `ifMatch` the request may name it. */
  readonly etag?: boolean;
  readonly ifMatch?: boolean;
  /** Statuses of problems beside those that follow from the rest, see `problemStatuses`. */
  readonly problems?: readonly number[];
}

const JSON_TYPE = 'application/json';
const MULTIPART = 'multipart/x-mixed-replace; boundary=frame';
const EVENT_STREAM = 'text/event-stream';
/** A JSON object a line. */
export const NDJSON = 'application/x-ndjson';
/** Prometheus text format 0.0.4. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export const ROUTES = {
  firstCamera: {
    summary: 'The first camera as MJPEG, for <img src="/camera">',
    tag: 'media',
    query: StreamQuery,
    media: MULTIPART,
    problems: [404, 429, 503],
  },
  streamMjpeg: {
    summary: 'One camera as MJPEG',
    description: 'Each part carries X-Timestamp, X-Sequence and X-Timestamp-Source. The answer never ends by itself.',
    tag: 'media',
    query: StreamQuery,
    media: MULTIPART,
    problems: [429, 503],
  },
  getSnapshot: {
    summary: 'One fresh picture',
    description: 'Opens the camera when nobody watches it.',
    tag: 'media',
    query: SnapshotQuery,
    media: 'image/jpeg',
    problems: [429, 503],
  },
  putFrame: {
    summary: 'Takes a picture in, for a camera whose source is push:',
    description:
      'The body is one JPEG of at most 8 MB, or an endless multipart/x-mixed-replace of them. X-Timestamp, also as a header ' +
      'of a part, says when it was captured (Unix seconds); without it the arrival counts. The newest wins: a picture that ' +
      'was not yet taken in when a newer one came is dropped. X-Sequence of the answer is the number that it has in the ' +
      'stream; it is missing when a newer one took its place.',
    tag: 'media',
    takes: ['image/jpeg', 'multipart/x-mixed-replace'],
    headers: FrameHeaders,
    success: 204,
    problems: [400, 409, 503],
  },
  listCameras: { summary: 'All cameras with their status', tag: 'cameras', answer: CameraList },
  createCamera: {
    summary: 'Adds a camera',
    description:
      'It is written to the config file. Only network addresses are taken (rtsp, rtsps, http and https), and push: for a ' +
      'camera that is sent its pictures.',
    tag: 'cameras',
    body: CameraCreate,
    answer: Camera,
    success: 201,
    etag: true,
    problems: [409, 503, 507],
  },
  getCamera: { summary: 'One camera with its status', tag: 'cameras', answer: Camera, etag: true },
  changeCamera: {
    summary: 'Changes a camera',
    description:
      'JSON Merge Patch (RFC 7396): what is absent stays, null goes back to the default. Another scheme, host or port ' +
      'drops the stored user name and password, unless they come with it.',
    tag: 'cameras',
    body: CameraPatch,
    takes: ['application/merge-patch+json', JSON_TYPE],
    answer: Camera,
    etag: true,
    ifMatch: true,
    problems: [409, 503, 507],
  },
  removeCamera: {
    summary: 'Removes a camera',
    tag: 'cameras',
    success: 204,
    ifMatch: true,
    problems: [409, 503, 507],
  },
  listViewers: {
    summary: 'Who watches one camera, and how well',
    tag: 'cameras',
    answer: ViewerList,
    problems: [503],
  },
  getCameraLog: {
    summary: 'What happened to one camera, the newest first',
    tag: 'cameras',
    query: LogQuery,
    answer: Log,
    problems: [503],
  },
  examineCamera: {
    summary: 'Finds out why a camera has no picture, step by step',
    description:
      'One JSON object a line, each as its step ends: an ExaminationStep (docs/doctor.md) with an English sentence and the ' +
      'code and values that it is made of, at last an ExaminationEnd. ' +
      "Uses the camera's stored user name and password. One at a time for each camera; ends when its caller goes away.",
    tag: 'cameras',
    media: NDJSON,
    problems: [429, 503],
  },
  streamEvents: {
    summary: 'What processors find, as it happens (server-sent events)',
    description:
      'Each message is a CameraEvent as JSON, with its id; the answer never ends by itself. Connect again with ' +
      'Last-Event-ID (browsers do) and nothing that is still kept is missed. A message of type `dropped` says how many ' +
      'were lost to a reader that was too slow.',
    tag: 'events',
    query: EventStreamQuery,
    media: EVENT_STREAM,
    problems: [404, 503],
  },
  listEvents: {
    summary: 'The events that are kept, the newest first',
    tag: 'events',
    query: EventListQuery,
    answer: EventList,
    problems: [404],
  },
  getEventSnapshot: {
    summary: 'The picture that an event was found in',
    description: 'The newest of each camera are kept, as long as the process that decodes it lives.',
    tag: 'events',
    params: EventParams,
    query: EventSnapshotQuery,
    media: 'image/jpeg',
    problems: [503],
  },
  getLog: {
    summary: 'What happened, the newest first',
    tag: 'server',
    query: LogQuery,
    answer: Log,
    problems: [503],
  },
  probe: {
    summary: 'Opens an address and tells what is there, without saving it',
    description:
      'Answers 200 also when there is no picture: `problem` then says why. An address that may not be asked is a problem document.',
    tag: 'cameras',
    body: ProbeRequest,
    answer: Probe,
    problems: [404, 429, 503],
  },
  startDiscovery: {
    summary: 'Looks for cameras on the local networks',
    description:
      'One search runs at a time, through private networks only; what it finds fills GET /api/discovery and is forgotten ' +
      'ten minutes after its end. No password is tried but the one that comes with it.',
    tag: 'cameras',
    body: DiscoveryRequest,
    answer: Discovery,
    success: 201,
    problems: [409, 503],
  },
  getDiscovery: { summary: 'The search for cameras and what it found', tag: 'cameras', answer: Discovery },
  endDiscovery: { summary: 'Ends the search and forgets what it found', tag: 'cameras', success: 204, problems: [503] },
  streamDiscovery: {
    summary: 'The search as it fills (server-sent events)',
    description: 'Each message is the whole Discovery as it is then. The answer ends with the search.',
    tag: 'cameras',
    media: EVENT_STREAM,
    problems: [503],
  },
  listDevices: {
    summary: 'Cameras that are plugged into this machine',
    tag: 'server',
    answer: Devices,
    problems: [503],
  },
  login: {
    summary: 'Trades the local key, the token, or name and password for a cookie',
    tag: 'access',
    body: Login,
    answer: Session,
    problems: [429, 503],
  },
  logout: { summary: 'Ends the session of the cookie', tag: 'access', success: 204, problems: [503] },
  getSession: { summary: 'Who the server takes the caller for', tag: 'access', answer: Session },
  getSystem: { summary: 'Version, processes and warnings', tag: 'server', answer: System },
  getHealth: { summary: 'Answers while the server runs', tag: 'server', answer: Health },
  getReadiness: {
    summary: 'Answers 200 when cameras can be asked for, and which of them are live',
    tag: 'server',
    answer: Readiness,
    problems: [503],
  },
  getMetrics: {
    summary: 'Metrics for Prometheus',
    tag: 'server',
    media: METRICS_TYPE,
  },
} as const satisfies Record<Operation, RouteInfo>;

type Info<K extends Operation> = (typeof ROUTES)[K];

/** Parsed parameters of an operation's query. */
export type QueryOf<K extends Operation> =
  Info<K> extends { query: infer Q extends z.ZodType } ? z.output<Q> : undefined;

/** Parameters as they are sent: each may be absent. */
export type QueryInputOf<K extends Operation> =
  Info<K> extends { query: infer Q extends z.ZodType } ? Partial<z.output<Q>> : undefined;

export type BodyOf<K extends Operation> = Info<K> extends { body: infer B extends z.ZodType } ? z.output<B> : undefined;

/** A body as it is sent. */
export type BodyInputOf<K extends Operation> =
  Info<K> extends { body: infer B extends z.ZodType } ? z.input<B> : undefined;

/** What an operation answers: JSON by its schema, text or pictures where it has a media type, else nothing. */
export type AnswerOf<K extends Operation> =
  Info<K> extends { answer: infer A extends z.ZodType }
    ? z.output<A>
    : Info<K> extends { media: string }
      ? string
      : undefined;

/** An operation with everything said, defaults included. */
export interface Route extends RouteInfo {
  readonly operation: Operation;
  readonly method: Method;
  /** `/api/cameras/{id}`. */
  readonly path: string;
  readonly takes: readonly string[];
  /** Statuses of its problem documents, ascending. */
  readonly statuses: readonly number[];
}

/** Every operation. */
export const ALL_ROUTES: readonly Route[] = (Object.keys(ADDRESSES) as Operation[]).map(routeOf);

export function routeOf(operation: Operation): Route {
  const info: RouteInfo = ROUTES[operation];
  const address = addressOf(operation);
  const params = info.params ?? (address.path.includes('{id}') ? CameraParams : undefined);
  return {
    ...info,
    ...address,
    operation,
    ...(params === undefined ? {} : { params }),
    takes: info.takes ?? (info.body === undefined ? [] : [JSON_TYPE]),
    statuses: problemStatuses(info, params !== undefined),
  };
}

function problemStatuses(info: RouteInfo, hasParams: boolean): number[] {
  const statuses = new Set([401, 403, ...(info.problems ?? [])]);
  if (hasParams) statuses.add(400).add(404);
  if (info.query !== undefined || info.body !== undefined) statuses.add(400);
  if (info.body !== undefined || info.takes !== undefined) statuses.add(413).add(415);
  if (info.ifMatch === true) statuses.add(412);
  return [...statuses].sort((a, b) => a - b);
}
