// A fake HTTP camera inside the test's own process: plain TCP, so that it can answer exactly as bad as real ones do.
// A script per request says what to send; Digest and Basic are checked as a server would.

import { createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface CameraRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Number of the connection it came on, from 1; and of the request, over all connections. */
  readonly connection: number;
  readonly index: number;
}

/** Answers one request on its socket. */
export type Script = (socket: Socket, request: CameraRequest) => void;

/** Listens on loopback until closed. */
export class HttpCamera implements AsyncDisposable {
  readonly requests: CameraRequest[] = [];
  connections = 0;
  /** What the next requests get. */
  script: Script;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #host: string;
  #port = 0;

  private constructor(script: Script, host: string) {
    this.script = script;
    this.#host = host;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(script: Script, host = '127.0.0.1'): Promise<HttpCamera> {
    const camera = new HttpCamera(script, host);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    camera.#server.listen(0, host, () => resolve(undefined));
    await promise;
    camera.#port = (camera.#server.address() as AddressInfo).port;
    return camera;
  }

  get port(): number {
    return this.#port;
  }

  url(path = '/video'): string {
    return `http://${this.#host}:${this.#port}${path}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#server.close(() => resolve(undefined));
    await promise;
  }

  #accept(socket: Socket): void {
    const connection = ++this.connections;
    this.#sockets.add(socket);
    let text = '';
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const request = parseRequest(text.slice(0, end), connection, this.requests.length);
        text = text.slice(end + 4);
        this.requests.push(request);
        this.script(socket, request);
      }
    });
  }
}

function parseRequest(head: string, connection: number, index: number): CameraRequest {
  const [first = '', ...lines] = head.split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method, path, headers, connection, index };
}

/** Sends the head of an answer. */
export function head(socket: Socket, status: string, headers: Readonly<Record<string, string>> = {}): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
}

/** A script that answers a whole body and keeps the connection. */
export function answer(status: string, type: string, body: string | Buffer): Script {
  return (socket) => {
    head(socket, status, { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) });
    socket.write(body);
  };
}

/** A script that asks for credentials as a real server does, and hands accepted requests to `inner`. */
export function guarded(challenge: Challenge, inner: Script): Script {
  return (socket, request) => {
    const given = request.headers.get('authorization');
    if (given !== undefined && challenge.accepts(given, request)) {
      inner(socket, request);
      return;
    }
    head(socket, '401 Unauthorized', { 'WWW-Authenticate': challenge.header, 'Content-Length': '0' });
  };
}

export interface Challenge {
  readonly header: string;
  accepts(authorization: string, request: CameraRequest): boolean;
}

export function basic(username: string, password: string): Challenge {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { header: 'Basic realm="cam"', accepts: (authorization) => authorization === expected };
}

/** RFC 7616 with qop=auth; counts must rise. */
export function digest(username: string, password: string, algorithm: 'MD5' | 'SHA-256'): Challenge {
  const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
  let lastCount = 0;
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text, 'utf8')
      .digest('hex');
  return {
    header: `Digest realm="cam", nonce="${nonce}", qop="auth", algorithm=${algorithm}`,
    accepts(authorization, request) {
      const field = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(authorization)?.[1] ?? '';
      const ha1 = hash(`${username}:cam:${password}`);
      const ha2 = hash(`${request.method}:${request.path}`);
      const count = parseInt(field('nc'), 16);
      const good = hash(`${ha1}:${nonce}:${field('nc')}:${field('cnonce')}:auth:${ha2}`) === field('response');
      if (!good || field('uri') !== request.path || count <= lastCount) return false;
      lastCount = count;
      return true;
    },
  };
}
