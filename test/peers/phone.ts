// A phone that is a camera: a real HTTP server that answers as these apps do, as far as their makers describe it, and
// streams JPEGs until nobody reads. In a test's process, or on a host of a lab: `node phone.ts JSON`.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { tinyJpeg } from '../fixtures/tiny-jpeg.ts';
import type { LabHost } from '../fixtures/lab.ts';

export interface PhoneOptions {
  readonly app: 'ip-webcam' | 'droidcam' | 'mjpeg' | 'router' | 'garbage';
  /** IP Webcam: asks for a password. */
  readonly locked?: boolean;
  readonly host?: string;
  readonly port: number;
}

interface Page {
  readonly type: string;
  /** null: a stream without end. */
  readonly body: string | Buffer | null;
}

const STATUS = {
  video_connections: 0,
  audio_connections: 0,
  curvals: { orientation: 'landscape', quality: '49', video_size: '1280x720', torch: 'off' },
};

const PAGES: Readonly<Record<PhoneOptions['app'], Readonly<Record<string, Page>>>> = {
  'ip-webcam': {
    '/': { type: 'text/html', body: '<html><title>IP Webcam</title></html>' },
    '/status.json': { type: 'application/json', body: JSON.stringify(STATUS) },
    '/video': { type: 'multipart/x-mixed-replace;boundary=Ba4oTvQMY8ew04N8dcnM', body: null },
    '/shot.jpg': { type: 'image/jpeg', body: tinyJpeg(1) },
  },
  droidcam: {
    '/': { type: 'text/html', body: '<html><head><title>DroidCam</title></head><body>remote</body></html>' },
    '/v1/phone/name': { type: 'text/plain', body: "Ada's Pixel 8\n" },
    '/video': { type: 'multipart/x-mixed-replace; boundary=--dcmjpeg', body: null },
  },
  mjpeg: { '/video': { type: 'multipart/x-mixed-replace; boundary=frame', body: null } },
  router: { '/': { type: 'text/html', body: '<html><title>Router</title></html>' } },
  garbage: {
    '/status.json': { type: 'application/json', body: '{"curvals":[' },
    '/': { type: 'text/html', body: '\0\xff' },
  },
};

/** Starts the app; resolves once it listens. */
export async function startPhone({ app, locked = false, host = '127.0.0.1', port }: PhoneOptions): Promise<Phone> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (app === 'ip-webcam') response.setHeader('server', 'IP Webcam Server 0.4');
    const page = PAGES[app][path];
    if (locked) response.writeHead(401, { 'www-authenticate': 'Basic realm="IP Webcam"' }).end();
    else if (page === undefined) response.writeHead(404).end();
    else serve(page, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return new Phone(server, asked);
}

export class Phone implements AsyncDisposable {
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  readonly #server: Server;

  constructor(server: Server, asked: readonly string[]) {
    this.#server = server;
    this.asked = asked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

function serve({ type, body }: Page, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': type });
  if (body !== null) {
    response.end(body);
    return;
  }
  const jpeg = tinyJpeg(1);
  const head = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
  const timer = setInterval(() => response.write(Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])), 50);
  response.on('close', () => clearInterval(timer));
}

/** Starts it on a host of a lab. */
export async function startLabPhone(host: LabHost, options: PhoneOptions): Promise<void> {
  const all: PhoneOptions = { host: host.address, ...options };
  const program = host.spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(all)]);
  await Promise.race([
    once(program.stdout, 'data'),
    once(program, 'exit').then(() => Promise.reject(new Error('a phone ended before it listened'))),
  ]);
}

if (import.meta.main) {
  await startPhone(JSON.parse(process.argv[2] ?? '{}') as PhoneOptions);
  process.stdin.on('end', () => process.exit()).resume();
  console.log('listening');
}
