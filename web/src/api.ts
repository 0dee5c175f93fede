// What the page knows of the API: the shapes of its answers, by the gateway's contract, the addresses it asks, and the
// one way in which it asks them.

import type { Camera, ErrorCode, ProblemDocument, ViewerList } from '../../src/gateway/api/contract.ts';
import type { Log } from '../../src/gateway/api/contract-server.ts';
import type { Reason } from '../../src/gateway/api/contract-words.ts';

export type {
  Camera,
  CameraCreate,
  CameraPatch,
  ErrorCode,
  Probe,
  ProbeRequest,
  ProblemDocument,
  Viewer,
  ViewerList,
} from '../../src/gateway/api/contract.ts';
export type { Login, Session } from '../../src/gateway/api/contract-access.ts';
export type { Log, System } from '../../src/gateway/api/contract-server.ts';
export type { ProcessorStatus } from '../../src/gateway/api/contract-processors.ts';
export type { Reason } from '../../src/gateway/api/contract-words.ts';
export type { Discovery, DiscoveryRequest, FoundCamera } from '../../src/gateway/api/contract-discovery.ts';
export type Status = Camera['status'];

/** Says that the page asks: it has a login of its own, so the server must not make the browser ask for a password. */
const OURS = { 'x-requested-with': 'sightline' } as const;
const ANSWER_WITHIN_MS = 10_000;

/** What the server said no with, or that it could not be asked (`status` 0, code null). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | null;
  /** Empty when the server gave none. */
  readonly hint: string;
  /** Of a 400: each bad value by its place in the body, `/source`. */
  readonly parameters: NonNullable<ProblemDocument['errors']>;

  constructor(status: number, problem: Partial<ProblemDocument>, cause?: unknown) {
    super(problem.detail ?? '', { cause });
    this.name = 'ApiError';
    this.status = status;
    this.code = (problem.code ?? null) as ErrorCode | null;
    this.hint = problem.hint ?? '';
    this.parameters = problem.errors ?? [];
  }

  /** Null when the server could not be asked. */
  get reason(): Reason | null {
    return this.code === null ? null : { code: this.code, text: this.message, hint: this.hint };
  }
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Entity tag of what is changed: `Camera.revision`. */
  readonly ifMatch?: string;
}

let onUnauthorized: () => void = () => undefined;

/** Called whenever the server answers that it wants a login before it shows anything. */
export function whenUnauthorized(listener: () => void): void {
  onUnauthorized = listener;
}

/** Path of the API, snapshot or stream as an address: below wherever the page itself is served. */
export function address(path: string): string {
  return new URL(path.replace(/^\//, ''), document.baseURI).href;
}

/** Asks as every question of the page is asked; the answer is whatever came. Rejects when there was none. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(OURS)) headers.set(name, value);
  const response = await fetch(address(path), { cache: 'no-store', ...init, headers });
  const reads = (init.method ?? 'GET') === 'GET';
  if (response.status === 401 && reads) onUnauthorized();
  return response;
}

/** Reads what the contract says of `path`. Rejects with an ApiError. */
export function get<T>(path: string, options?: AskOptions): Promise<T> {
  return exchange<T>('GET', path, undefined, options);
}

export function post<T>(path: string, body: object, options?: AskOptions): Promise<T> {
  return exchange<T>('POST', path, body, options);
}

export function patch<T>(path: string, body: object, options?: AskOptions): Promise<T> {
  return exchange<T>('PATCH', path, body, options);
}

export async function remove(path: string, options?: AskOptions): Promise<void> {
  await exchange('DELETE', path, undefined, options);
}

async function exchange<T>(method: string, path: string, body?: object, options: AskOptions = {}): Promise<T> {
  const headers = new Headers();
  if (body !== undefined) {
    headers.set('content-type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  }
  if (options.ifMatch !== undefined) headers.set('if-match', `"${options.ifMatch}"`);
  const limit = AbortSignal.timeout(options.timeoutMs ?? ANSWER_WITHIN_MS);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const response = await answered(
    ask(path, { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  );
  const answer = await answered(response.text());
  if (!response.ok) throw new ApiError(response.status, parse(answer) as Partial<ProblemDocument>);
  return parse(answer) as T;
}

/** No answer (server gone, too slow, given up) is an ApiError too. */
async function answered<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    throw new ApiError(0, {}, error);
  }
}

/** The server's own answers are JSON; a proxy before it may say anything. */
function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

/** Who watches a camera. */
export function readViewers(id: string, options?: AskOptions): Promise<ViewerList> {
  return get(`/api/cameras/${id}/viewers`, options);
}

const LOG_LINES = 20;

/** The last lines about a camera. */
export function readLog(id: string, options?: AskOptions): Promise<Log> {
  return get(`/api/cameras/${id}/log?limit=${LOG_LINES}`, options);
}

/** The picture that never ends, as a path of this server. */
export function streamPath(id: string): string {
  return `/cameras/${id}/stream.mjpeg`;
}

/** The stream that every camera has; others are what its processors show. */
export const MAIN = 'main';

/** One fresh picture, as a path of this server. */
export function snapshotPath(id: string, stream = MAIN): string {
  return `/cameras/${id}/snapshot.jpg${stream === MAIN ? '' : `?stream=${encodeURIComponent(stream)}`}`;
}

/** The page's own address of a camera. */
export function cameraPath(id: string): string {
  return `/cameras/${id}`;
}
