// The managing half of the fake server: adding, trying, changing and removing cameras, logins, log, viewers, system.
// It answers as the contract says and keeps what it was sent, so that a test can say what a page may send.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ERROR_CODES, type ErrorCode } from '../../src/base/errors.ts';
import type { ExaminationLine } from '../../src/gateway/api/contract-examination.ts';
import type { Camera, CameraCreate, CameraPatch, Probe, ProbeRequest, Viewer } from '../../src/gateway/api/contract.ts';
import type { Login, Session } from '../../src/gateway/api/contract-access.ts';
import type { System } from '../../src/gateway/api/contract-server.ts';
import type { Reason } from '../../src/gateway/api/contract-words.ts';

/** What the API changes of its server. */
export interface ApiOwner {
  cameras: Camera[];
  session: Session;
  readonly pictures: readonly Buffer[];
  /** Null: nobody needs one. */
  readonly token: string | null;
  /** A camera as the server makes one. */
  makeCamera(id: string): Camera;
}

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

const EVERYTHING: Session['grants'] = ['view', 'listen', 'control', 'configure'];

/** Who has not logged in: reads where the server has no token. */
export function nobody(token: string | null): Session {
  return { principal: { id: 'anyone', kind: 'anyone' }, grants: token === null ? ['view'] : [] };
}

export class FakeApi {
  /** Everything that was sent with a body, and each DELETE. */
  readonly sent: SentRequest[] = [];
  /** What a probe of an address comes to; a picture where nothing is said. */
  readonly problems = new Map<string, Reason>();
  /** Probes that are under way; a test ends them. */
  readonly held: (() => void)[] = [];
  /** True: probes wait until the test ends them. */
  hold = false;
  /** Probes that the page gave up. */
  abandoned = 0;
  key = 'the-key';
  readonly users = new Map([['anna', 'secret']]);
  /** What an examination says; it ends after its last line unless it is held. */
  examination: readonly ExaminationLine[] = [];
  readonly #examined = new Set<ServerResponse>();
  readonly viewers: Viewer[] = [];
  system: System = {
    version: '0.1.0',
    since: new Date().toISOString(),
    processes: [],
    viewers: 0,
    kernelQueueBytes: 65_536,
    config: { file: '/home/anna/sightline.yaml', fixed: null, problem: null, restartNeeded: [] },
    warnings: [],
  };
  readonly #owner: ApiOwner;
  #revision = 1;

  constructor(owner: ApiOwner) {
    this.#owner = owner;
  }

  /** Answers what is asked of the managing half; false for everything else. */
  async answer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<boolean> {
    const method = request.method ?? 'GET';
    const said = method === 'POST' || method === 'PATCH' ? await text(request) : '';
    const body: unknown = said === '' ? null : JSON.parse(said);
    const ifMatch = request.headers['if-match'];
    if (method !== 'GET' && method !== 'HEAD') this.sent.push({ method, path: url.pathname, body, ifMatch });
    const camera = /^\/api\/cameras\/([^/]+)$/.exec(url.pathname);
    if (method === 'POST' && url.pathname.endsWith('/doctor')) {
      if (this.#mayConfigure(response)) this.#examine(response);
      return true;
    }
    switch (`${method} ${camera === null ? url.pathname : '/api/cameras/ID'}`) {
      case 'POST /api/login':
        this.#login(body as Login, response);
        return true;
      case 'POST /api/logout':
        this.#owner.session = nobody(this.#owner.token);
        send(response, 204, null);
        return true;
      case 'GET /api/session':
        send(response, 200, this.#owner.session);
        return true;
      case 'GET /api/system':
        send(response, 200, this.system);
        return true;
      case 'POST /api/probe':
        if (this.#mayConfigure(response)) await this.#probe(body as ProbeRequest, response);
        return true;
      case 'POST /api/cameras':
        if (this.#mayConfigure(response)) this.#create(body as CameraCreate, response);
        return true;
      case 'GET /api/cameras/ID':
        this.#named(camera![1]!, response, (found) => send(response, 200, found));
        return true;
      case 'PATCH /api/cameras/ID':
        if (this.#mayConfigure(response)) this.#change(camera![1]!, { body: body as CameraPatch, ifMatch }, response);
        return true;
      case 'DELETE /api/cameras/ID':
        if (this.#mayConfigure(response)) this.#remove(camera![1]!, response);
        return true;
      default:
        return this.#list(url.pathname, response);
    }
  }

  /** As if somebody had changed the camera elsewhere. */
  changeElsewhere(id: string, config: Partial<Camera['config']>): void {
    this.#owner.cameras = this.#owner.cameras.map((camera) => {
      if (camera.id !== id) return camera;
      return { ...camera, revision: this.#nextRevision(), config: { ...camera.config, ...config } };
    });
  }

  /** Examinations that are followed now. */
  get examining(): number {
    return this.#examined.size;
  }

  /** Says more to whoever follows an examination. */
  tell(...lines: readonly ExaminationLine[]): void {
    for (const response of this.#examined) for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
  }

  #examine(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    this.#examined.add(response);
    response.once('close', () => this.#examined.delete(response));
    response.flushHeaders();
    for (const line of this.examination) response.write(`${JSON.stringify(line)}\n`);
    if (!this.hold) response.end();
  }

  #list(path: string, response: ServerResponse): boolean {
    const lines = [
      {
        at: '2026-01-02T03:04:05.000Z',
        level: 'warn',
        camera: 'door',
        text: 'the camera ended',
        code: 'camera-closed',
      },
      { at: '2026-01-02T03:04:00.000Z', level: 'info', camera: 'door', text: 'opened', code: null },
    ];
    if (path.endsWith('/viewers')) send(response, 200, { viewers: this.viewers });
    else if (path.endsWith('/log')) send(response, 200, { lines });
    else return false;
    return true;
  }

  #mayConfigure(response: ServerResponse): boolean {
    if (this.#owner.session.grants.includes('configure')) return true;
    refuse(response, 'unauthorized', 'This needs a login.');
    return false;
  }

  #login(login: Login, response: ServerResponse): void {
    let principal: Session['principal'] | null = null;
    if ('key' in login && login.key === this.key) principal = { id: 'key', kind: 'key' };
    if ('name' in login && this.users.get(login.name) === login.password) principal = { id: login.name, kind: 'user' };
    if ('token' in login && login.token === this.#owner.token) principal = { id: 'token', kind: 'token' };
    if (principal === null) {
      refuse(response, 'unauthorized', 'Nobody is known by this.');
      return;
    }
    this.#owner.session = { principal, grants: [...EVERYTHING] };
    send(response, 200, this.#owner.session);
  }

  async #probe(request: ProbeRequest, response: ServerResponse): Promise<void> {
    if (this.hold) {
      await new Promise<void>((resolve) => {
        this.held.push(resolve);
        response.once('close', () => {
          if (!response.writableEnded) this.abandoned += 1;
          resolve();
        });
      });
    }
    const problem = this.problems.get(request.source) ?? null;
    const right = problem?.code !== 'camera-unauthorized' || request.password === 'right';
    const tracks = [{ id: 0, kind: 'video' as const, codec: 'h264', width: 1280, height: 720, fps: 25 }];
    const found = problem === null || (problem.code === 'camera-unauthorized' && right);
    const probe: Probe = {
      source: request.source,
      problem: found ? null : problem,
      tracks: found ? tracks : [],
      width: found ? 1280 : 0,
      height: found ? 720 : 0,
      fps: found ? 24.9 : 0,
      clock: found ? 'rtcp' : null,
      tookMs: 412,
      picture: found ? this.#owner.pictures[0]!.toString('base64') : null,
    };
    send(response, 200, probe);
  }

  #create(body: CameraCreate, response: ServerResponse): void {
    const id =
      body.id ?? (/^[\x20-\x7e]+$/.test(body.name ?? '') ? body.name!.toLowerCase().replaceAll(/\W+/g, '-') : 'camera');
    if (this.#owner.cameras.some((camera) => camera.id === id)) {
      refuse(response, 'taken', `There is a camera "${id}" already.`);
      return;
    }
    const made = this.#owner.makeCamera(id);
    const config = { ...made.config, ...visible(body) };
    const camera = { ...made, revision: this.#nextRevision(), config };
    this.#owner.cameras = [...this.#owner.cameras, camera];
    send(response, 201, camera);
  }

  #change(
    id: string,
    { body, ifMatch }: { readonly body: CameraPatch; readonly ifMatch: string | undefined },
    response: ServerResponse,
  ): void {
    this.#named(id, response, (camera) => {
      if (ifMatch !== undefined && ifMatch !== `"${camera.revision}"`) {
        refuse(response, 'revision-mismatch', 'The camera is another one now.');
        return;
      }
      const config = { ...camera.config, ...visible(body) };
      const changed = { ...camera, id: body.id ?? id, revision: this.#nextRevision(), config };
      this.#owner.cameras = this.#owner.cameras.map((it) => (it.id === id ? changed : it));
      send(response, 200, changed);
    });
  }

  #remove(id: string, response: ServerResponse): void {
    this.#named(id, response, () => {
      this.#owner.cameras = this.#owner.cameras.filter((camera) => camera.id !== id);
      send(response, 204, null);
    });
  }

  #named(id: string, response: ServerResponse, then: (camera: Camera) => void): void {
    const camera = this.#owner.cameras.find((it) => it.id === id);
    if (camera === undefined) refuse(response, 'not-found', `There is no camera "${id}".`);
    else then(camera);
  }

  #nextRevision(): string {
    this.#revision += 1;
    return `r${this.#revision}`;
  }
}

/** What of a body is seen again: everything but the password's text. */
function visible(body: CameraCreate | CameraPatch): Partial<Camera['config']> {
  const { password, ...rest } = body;
  const said = Object.entries(rest).filter(([key, value]) => key !== 'id' && value !== null);
  return { ...Object.fromEntries(said), ...(password === undefined ? {} : { password: password !== null }) };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === null ? undefined : JSON.stringify(body));
}

function refuse(response: ServerResponse, code: ErrorCode, detail: string): void {
  const { status, hint } = ERROR_CODES[code];
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: `urn:sightline:problem:${code}`, title: code, status, detail, code, hint }));
}
