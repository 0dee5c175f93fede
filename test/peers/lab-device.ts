// What listens on a host of a lab, as a program of its own: `node lab-device.ts JSON` with a list of LabService. Says one
// line when all of them listen and ends when its standard input does.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { drip, flood, noise } from '../fixtures/garbage.ts';
import type { LabHost } from '../fixtures/lab.ts';
import { tinyJpeg } from '../fixtures/tiny-jpeg.ts';
import { FakeCamera, reply, sdp } from './fake-rtsp-camera.ts';
import type { Answer } from './fake-rtsp-camera.ts';

export type LabService =
  /** Answers whatever comes first with this text, and ends. */
  | { readonly port: number; readonly kind: 'says'; readonly text: string }
  /** Noise without end, one byte a while, or nothing at all. */
  | { readonly port: number; readonly kind: 'floods' | 'drips' | 'is mute' }
  | { readonly port: number; readonly kind: 'rtsp'; readonly camera: LightCamera }
  | { readonly port: number; readonly kind: 'pictures'; readonly camera: PictureCamera };

/** A camera of single pictures over HTTP. */
export interface PictureCamera {
  /** Paths, and the size of the JPEG that each gives. Any other path is an empty page. */
  readonly pictures: Readonly<Record<string, string>>;
  /** Its Server header. */
  readonly server: string;
  /** Asked for by Digest, for pictures only. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** A camera that only describes itself, for a LAN of many on one machine. */
export interface LightCamera {
  /** Paths, and the size of what each shows: `1920x1080`. Any other path is 404. */
  readonly streams: Readonly<Record<string, string>>;
  /** Asked for before anything else is looked at. */
  readonly login?: { readonly user: string; readonly password: string };
  /** How. Default digest. */
  readonly scheme?: 'basic' | 'digest';
  readonly realm?: string;
  /** Its Server header. */
  readonly server?: string;
}

export interface LabDevice {
  /** What its cameras were asked so far: whole requests, without their line ends. */
  readonly asked: readonly string[];
}

/** Starts these services on a host; resolves once they listen. */
export async function startLabDevice(host: LabHost, services: readonly LabService[]): Promise<LabDevice> {
  const script = fileURLToPath(import.meta.url);
  const program = host.spawn(process.execPath, [script, JSON.stringify(services)]);
  const listening = Promise.withResolvers<undefined>();
  const asked: string[] = [];
  createInterface({ input: program.stdout }).on('line', (line) => {
    if (line === LISTENING) listening.resolve(undefined);
    else asked.push(line);
  });
  program.once('exit', () => listening.reject(new Error('a device of the lab ended before it listened')));
  await listening.promise;
  return { asked };
}

const LISTENING = 'listening';

async function listen(service: LabService): Promise<void> {
  if (service.kind === 'rtsp') {
    await FakeCamera.start(lightCamera(service.camera), '0.0.0.0', service.port);
    return;
  }
  if (service.kind === 'pictures') {
    const server = createHttpServer((request, response) => givePicture(service.camera, request, response));
    await once(server.listen(service.port, '0.0.0.0'), 'listening');
    return;
  }
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    behave(service, socket);
  }).listen(service.port, '0.0.0.0');
  await once(server, 'listening');
}

function behave(service: Extract<LabService, { kind: 'says' | 'floods' | 'drips' | 'is mute' }>, socket: Socket): void {
  if (service.kind === 'says') socket.once('data', () => socket.end(service.text));
  else socket.resume();
  if (service.kind === 'floods') flood(socket, noise(4096));
  if (service.kind === 'drips') drip(socket, 'x');
}

const REALM = 'IP Camera';
const NONCE = '5c8f0a3b';

function givePicture(camera: PictureCamera, request: IncomingMessage, response: ServerResponse): void {
  const { pictures, server, login } = camera;
  const { method = '', url = '', headers } = request;
  console.log(`${method} ${url} | Authorization: ${headers.authorization ?? 'none'}`);
  response.setHeader('Server', server);
  const size = pictures[url];
  const expected = login && { ...login, realm: REALM, nonce: NONCE };
  if (size !== undefined && expected && !isAnswered(headers.authorization ?? '', `${method}:${url}`, expected)) {
    response.writeHead(401, { 'WWW-Authenticate': `Digest realm="${REALM}", nonce="${NONCE}"` }).end();
    return;
  }
  const [width, height] = (size ?? '').split('x').map(Number);
  if (size === undefined) response.writeHead(200, { 'Content-Type': 'text/html' }).end();
  else response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(tinyJpeg(1, { width, height }));
}

function lightCamera(camera: LightCamera): Answer {
  const { streams, login, scheme = 'digest', realm = REALM, server = 'Rtsp Server' } = camera;
  const nonce = NONCE;
  const challenge = scheme === 'basic' ? `Basic realm="${realm}"` : `Digest realm="${realm}", nonce="${nonce}"`;
  return (asked, socket) => {
    const { method, uri, text } = asked;
    console.log(text.replaceAll('\r\n', ' | '));
    const named = [`Server: ${server}`];
    if (method === 'OPTIONS') {
      socket.write(reply(asked, 200, [...named, 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN']));
      return;
    }
    if (login && !isAnswered(text, `${method}:${uri}`, { ...login, realm, nonce })) {
      socket.write(reply(asked, 401, [...named, `WWW-Authenticate: ${challenge}`]));
      return;
    }
    const { pathname, search } = new URL(uri);
    const size = streams[pathname + search];
    if (size === undefined) socket.write(reply(asked, 404, named));
    else socket.write(reply(asked, 200, [...named, `Content-Base: ${uri}/`], described(size)));
  };
}

function described(size: string): string {
  const [width = '', height = ''] = size.split('x');
  const lines = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', `a=x-dimensions:${width},${height}`];
  return sdp(`${[...lines, 'a=framerate:15', 'a=control:track1'].join('\r\n')}\r\n`);
}

interface Expected {
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
}

function isAnswered(text: string, a2: string, { user, password, realm, nonce }: Expected): boolean {
  const h = (of: string): string => createHash('md5').update(of).digest('hex');
  const right = h(`${h(`${user}:${realm}:${password}`)}:${nonce}:${h(a2)}`);
  return text.includes(`username="${user}"`) && text.includes(`response="${right}"`);
}

if (import.meta.main) {
  const services = JSON.parse(process.argv[2] ?? '[]') as LabService[];
  await Promise.all(services.map(listen));
  process.stdin.on('end', () => process.exit()).resume();
  console.log(LISTENING);
}
