// What `import … from 'sightline/client'` gives: the HTTP API as functions, for browsers and for Node. Its types are
// inferred from the contract; at run time it needs the table of addresses and fetch, nothing else.

import type { ErrorCode } from '../base/errors.ts';
import { ADDRESSES, addressOf, type Operation } from '../gateway/api/contract-addresses.ts';
import type { BodyInputOf, AnswerOf, QueryInputOf, ROUTES } from '../gateway/api/contract-routes.ts';
import type { Camera, ProblemDocument } from '../gateway/api/contract.ts';
import type { CameraEvent } from '../gateway/api/contract-events.ts';
import type { SnapshotQuery, StreamQuery } from '../gateway/api/contract-pictures.ts';
import type { ExaminationEnd, ExaminationStep } from '../gateway/api/contract-examination.ts';
import { followEvents, followExamination, type EventsOptions } from './followed.ts';

export type { ErrorCode } from '../base/errors.ts';
export type { ExaminationEnd, ExaminationStep, StepName, StepState } from '../gateway/api/contract-examination.ts';
export type { EventsOptions } from './followed.ts';
export type { Camera, CameraCreate, CameraPatch, CameraStatus, Probe, Viewer } from '../gateway/api/contract.ts';
export type { Session } from '../gateway/api/contract-access.ts';
export type { Log, System } from '../gateway/api/contract-server.ts';
export type { CameraEvent } from '../gateway/api/contract-events.ts';
export type { Discovery, FoundCamera } from '../gateway/api/contract-discovery.ts';

export interface ClientOptions {
  /** Where the server is, with its base path if it has one: `http://127.0.0.1:8080`. Empty: where the page is from. */
  readonly baseUrl: string;
  /** The server's token, or the local key: sent as Bearer, and in the addresses of pictures. */
  readonly token?: string;
  /** Default: the global fetch. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What the server answered instead, or `unreachable` with status 0 when it could not be asked. */
export class SightlineClientError extends Error {
  readonly code: ErrorCode | 'unreachable';
  /** What a person can do. */
  readonly hint: string;
  readonly status: number;
  /** Each wrong parameter of a 400. */
  readonly errors: readonly { readonly parameter: string; readonly message: string }[];

  constructor(
    problem: Pick<ProblemDocument, 'detail' | 'hint' | 'status' | 'errors'> & { code: string },
    cause?: unknown,
  ) {
    super(problem.detail, cause === undefined ? undefined : { cause });
    this.name = 'SightlineClientError';
    this.code = problem.code as ErrorCode | 'unreachable';
    this.hint = problem.hint;
    this.status = problem.status;
    this.errors = problem.errors ?? [];
  }
}

type Info<K extends Operation> = (typeof ROUTES)[K];
type HasId<K extends Operation> = (typeof ADDRESSES)[K] extends `${string}{id}${string}` ? true : false;

export type CallOptions<K extends Operation> = { readonly signal?: AbortSignal } & (QueryInputOf<K> extends undefined
  ? unknown
  : { readonly query?: QueryInputOf<K> }) &
  (Info<K> extends { ifMatch: true } ? { /** From `ifMatch(camera)`. */ readonly ifMatch?: string } : unknown);

/** In this order: the camera's id, the body, options; each where the operation has it. */
export type CallParameters<K extends Operation> = [
  ...(HasId<K> extends true ? [id: string] : []),
  ...(BodyInputOf<K> extends undefined ? [] : [body: BodyInputOf<K>]),
  options?: CallOptions<K>,
];

/** JSON as its type, metrics as text, pictures as a Response whose headers carry the capture time. */
export type CallResult<K extends Operation> =
  Info<K> extends { media: infer M extends string }
    ? M extends `text/plain${string}`
      ? string
      : Response
    : AnswerOf<K>;

/** A picture to send, and what is known of it. */
export interface FrameOptions {
  /** When it was captured, Unix milliseconds with fractions. Absent: its arrival counts. */
  readonly capturedAtMs?: number;
  /** Your own number of it: a gap says that some are missing. */
  readonly sequence?: number;
  readonly signal?: AbortSignal;
}

/** Every operation of the API; each rejects with SightlineClientError. */
export type Client = {
  readonly [K in Exclude<Operation, 'putFrame'>]: (...parameters: CallParameters<K>) => Promise<CallResult<K>>;
} & {
  /**
   * Sends one JPEG to a camera whose source is `push:`. Resolves with its number in the stream, undefined when a newer
   * picture took its place. Send the next one when it has resolved.
   */
  putFrame(id: string, jpeg: Uint8Array<ArrayBuffer> | Blob, options?: FrameOptions): Promise<number | undefined>;
  /**
   * What processors find, as it happens: `for await (const event of client.events())`. Connects again by itself and then
   * goes on after the last event. Rejects when the first try fails, and later when the server says no.
   */
  events(options?: EventsOptions): AsyncGenerator<CameraEvent, void, undefined>;
  /**
   * Why a camera has no picture: `for await (const step of client.doctor('door'))` gives each step as it ends; what the
   * generator returns says whether there was a picture. Ended early, by the loop or the signal, it ends on the server too.
   */
  doctor(
    id: string,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<ExaminationStep, ExaminationEnd, undefined>;
  /** Address of a moving picture, for an `<img>`. */
  streamUrl(id: string, parameters?: Partial<StreamQuery>): string;
  /** Address of one fresh picture. */
  snapshotUrl(id: string, parameters?: Partial<SnapshotQuery>): string;
};

/** Entity tag of a camera as it was read: with it a change is refused when somebody else was faster. */
export function ifMatch(camera: Pick<Camera, 'revision'>): string {
  return `"${camera.revision}"`;
}

const JPEG = 'image/jpeg';
const JSON_TYPE = 'application/json';
const WRONG_ADDRESS = 'Check that a Sightline server runs at this address.';

type WithBody = { [K in Operation]: BodyInputOf<K> extends undefined ? never : K }[Operation];

const BODY_TYPES: Readonly<Record<WithBody | 'putFrame', string>> = {
  createCamera: JSON_TYPE,
  changeCamera: 'application/merge-patch+json',
  probe: JSON_TYPE,
  startDiscovery: JSON_TYPE,
  login: JSON_TYPE,
  putFrame: JPEG,
};

export function createClient(options: ClientOptions): Client {
  const methods = (Object.keys(ADDRESSES) as Operation[]).map((operation) => {
    return [operation, (...parameters: unknown[]) => call(options, operation, parameters)];
  });
  const { token } = options;
  const stream = (operation: Operation, ...parameters: unknown[]) =>
    call(options, operation, parameters) as Promise<Response>;
  const pictures = (operation: Operation) => (id: string, parameters?: object) =>
    urlOf(options, operation, { id, query: { ...parameters, token } });
  return {
    ...(Object.fromEntries(methods) as Client),
    events: (given = {}) => followEvents((query, signal) => stream('streamEvents', { query, signal }), isFinal, given),
    doctor: (id, given) => followExamination(() => stream('examineCamera', id, given)),
    streamUrl: pictures('streamMjpeg'),
    snapshotUrl: pictures('getSnapshot'),
  };
}

interface Where {
  readonly id: string;
  readonly query: Readonly<Record<string, unknown>> | undefined;
}

interface Given extends FrameOptions {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly ifMatch?: string;
}

async function call(options: ClientOptions, operation: Operation, parameters: unknown[]): Promise<unknown> {
  const { method, path } = addressOf(operation);
  const type = (BODY_TYPES as Readonly<Record<string, string>>)[operation];
  const id = path.includes('{id}') ? String(parameters.shift()) : '';
  const body = type === undefined ? undefined : parameters.shift();
  const { signal, query, ifMatch: tag, capturedAtMs, sequence } = (parameters.shift() ?? {}) as Given;
  const headers: Record<string, string> = {};
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (type !== undefined) headers['content-type'] = type;
  if (tag !== undefined) headers['if-match'] = tag;
  if (capturedAtMs !== undefined) headers['x-timestamp'] = (capturedAtMs / 1000).toFixed(6);
  if (sequence !== undefined) headers['x-sequence'] = String(sequence);
  const sent = type === JPEG ? (body as Blob) : JSON.stringify(body);
  return read(await ask(options, urlOf(options, operation, { id, query }), { method, headers, body: sent, signal }));
}

/** The server understood and said no: asking again gets the same answer. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof SightlineClientError)) return false;
  return error.status < 500 && error.status > 399 && error.status !== 429;
}

async function ask({ fetch = globalThis.fetch }: ClientOptions, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw unreachable('The server could not be asked.', error);
  }
}

function unreachable(detail: string, cause?: unknown): SightlineClientError {
  return new SightlineClientError({ code: 'unreachable', detail, hint: WRONG_ADDRESS, status: 0 }, cause);
}

async function read(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok) throw await toError(response, type);
  if (response.status === 204) return Number(response.headers.get('x-sequence')) || undefined;
  if (type.startsWith(JSON_TYPE)) return response.json();
  return type.startsWith('text/plain') ? response.text() : response;
}

async function toError(response: Response, type: string): Promise<SightlineClientError> {
  const { status } = response;
  if (type.startsWith('application/problem+json')) {
    return new SightlineClientError((await response.json()) as ProblemDocument);
  }
  await response.body?.cancel();
  const detail = `The server answered ${status}.`;
  return new SightlineClientError({ code: 'internal', detail, hint: WRONG_ADDRESS, status });
}

function urlOf({ baseUrl }: ClientOptions, operation: Operation, { id, query = {} }: Where): string {
  const path = addressOf(operation).path.replace('{id}', encodeURIComponent(id));
  const search = new URLSearchParams(Object.entries(query).flatMap(pairsOf)).toString();
  return `${baseUrl.replace(/\/+$/, '')}${path}${search === '' ? '' : `?${search}`}`;
}

/** A list is said once for each of its values. */
function pairsOf([name, value]: [string, unknown]): [string, string][] {
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => [name, String(one)]);
}
