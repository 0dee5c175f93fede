// An ONVIF device: a real HTTP server that checks real logins (Digest, UsernameToken by its own clock), and answers
// probes of WS-Discovery where it is told to. In a test's process, or on a host of a lab as a program of its own:
// `node onvif-device.ts JSON` says one line when it listens and ends when its standard input does.

import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseChallenges } from '../../src/rtsp/auth.ts';
import { onvifAnswer } from '../fixtures/onvif-answers.ts';
import { envelope, inner, servicesResponse, timeResponse, tokenOf, uriResponse } from './onvif-responses.ts';
import type { LabHost } from '../fixtures/lab.ts';

export interface OnvifDeviceOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Where it listens. Default 127.0.0.1. */
  readonly host?: string;
  /** Asked for by all but the time. Default: none. */
  readonly login?: { readonly username: string; readonly password: string };
  /** How it may be proven. */
  readonly accepts?: 'digest' | 'token' | 'basic';
  /** Its clock minus the truth. */
  readonly clockOffsetMs?: number;
  /** The host in the addresses that it names. Default: as it was asked. */
  readonly namedHost?: string;
  /** Which services it has, and how it says so. Default `media1`. */
  readonly services?: 'media1' | 'media2' | 'capabilities';
  /** Thinks so long about each answer. */
  readonly thinksMs?: number;
  /** Sends this instead of any answer. */
  readonly instead?: 'endless' | 'nothing' | 'garbage' | 'deep';
  /** Answers probes in this shape: `probe-axis`. */
  readonly discovery?: string;
  /** And with noise, torn answers and repetitions beside. */
  readonly noisy?: boolean;
}

/** How a question was proven. */
type Proof = 'none' | 'digest' | 'token' | 'basic';

const NONCE = '4f2c61';
const REALM = 'Login to 0b21';
/** ONVIF Core, 5.12.2.1 leaves it to the device; five minutes are usual. */
const TOKEN_LIFE_MS = 300_000;

export class OnvifDevice implements AsyncDisposable {
  /** What it was asked, in order. */
  readonly asked: { readonly operation: string; readonly proof: Proof }[] = [];
  readonly #options: OnvifDeviceOptions;
  readonly #server: Server;

  private constructor(options: OnvifDeviceOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(options: OnvifDeviceOptions): Promise<OnvifDevice> {
    const device = new OnvifDevice(options);
    device.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
    await once(device.#server, 'listening');
    if (options.discovery !== undefined) await answerProbes(options.discovery, options);
    return device;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Of its device service. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/onvif/device_service`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (this.#options.instead !== undefined) {
      misbehave(this.#options.instead, response);
      return;
    }
    await sleep(this.#options.thinksMs ?? 0);
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Camera</title></html>');
      return;
    }
    const body = /<s:Body><\w+:(\w+)/.exec(text);
    const operation = body?.[1] ?? '';
    const proof = this.#proofOf(request, text);
    this.asked.push({ operation, proof: proof.kind });
    if (!proof.valid && operation !== 'GetSystemDateAndTime') this.#refuse(response);
    else this.#reply(response, this.#result(operation, text, request.headers.host ?? ''));
  }

  #reply(response: ServerResponse, content: string | null): void {
    if (content === null) {
      response.writeHead(500, { 'content-type': 'application/soap+xml' }).end(onvifAnswer('fault-gsoap'));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/soap+xml; charset=utf-8' }).end(envelope(content));
  }

  #refuse(response: ServerResponse): void {
    const { accepts = 'digest' } = this.#options;
    if (accepts === 'token') {
      response.writeHead(400, { 'content-type': 'application/soap+xml' }).end(onvifAnswer('fault-hikvision'));
      return;
    }
    const challenge =
      accepts === 'digest' ? `Digest realm="${REALM}", qop="auth", nonce="${NONCE}"` : `Basic realm="${REALM}"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
  }

  #proofOf(request: IncomingMessage, text: string): { kind: Proof; valid: boolean } {
    const { login, accepts = 'digest' } = this.#options;
    const header = request.headers.authorization;
    const kind =
      header !== undefined
        ? header.startsWith('Basic')
          ? 'basic'
          : 'digest'
        : text.includes('UsernameToken')
          ? 'token'
          : 'none';
    if (login === undefined) return { kind, valid: true };
    if (kind === 'none' || kind !== accepts) return { kind, valid: false };
    if (kind === 'basic') return { kind, valid: true };
    return { kind, valid: kind === 'digest' ? this.#digestFits(request) : this.#tokenFits(text) };
  }

  #digestFits({ method = '', url = '', headers }: IncomingMessage): boolean {
    const { username = '', password = '' } = this.#options.login ?? {};
    const said = parseChallenges(headers.authorization ?? '')[0]?.params;
    const ha1 = md5(`${username}:${REALM}:${password}`);
    const middle = `${NONCE}:${said?.get('nc')}:${said?.get('cnonce')}:auth`;
    return said?.get('response') === md5(`${ha1}:${middle}:${md5(`${method}:${url}`)}`);
  }

  #tokenFits(text: string): boolean {
    const { username = '', password = '' } = this.#options.login ?? {};
    const field = (name: string): string => new RegExp(`<\\w+:${name}(?: [^>]*)?>([^<]*)<`).exec(text)?.[1] ?? '';
    const created = field('Created');
    const hash = createHash('sha1')
      .update(Buffer.from(field('Nonce'), 'base64'))
      .update(created)
      .update(password);
    const ageMs = this.#nowMs() - Date.parse(created);
    return (
      field('Username') === username && field('Password') === hash.digest('base64') && Math.abs(ageMs) < TOKEN_LIFE_MS
    );
  }

  #nowMs(): number {
    return Date.now() + (this.#options.clockOffsetMs ?? 0);
  }

  #result(operation: string, text: string, asked: string): string | null {
    const { services = 'media1', namedHost } = this.#options;
    const host = namedHost === undefined ? asked : `${namedHost}:${asked.split(':')[1] ?? '80'}`;
    switch (operation) {
      case 'GetSystemDateAndTime':
        return timeResponse(new Date(this.#nowMs()));
      case 'GetDeviceInformation':
        return `<tds:GetDeviceInformationResponse><tds:Manufacturer>Acme &amp; Sons</tds:Manufacturer><tds:Model>Eye 1</tds:Model><tds:SerialNumber>A-0001</tds:SerialNumber></tds:GetDeviceInformationResponse>`;
      case 'GetScopes':
        return '<tds:GetScopesResponse><tds:Scopes><tt:ScopeItem>onvif://www.onvif.org/name/Hall</tt:ScopeItem></tds:Scopes></tds:GetScopesResponse>';
      case 'GetNetworkInterfaces':
        return '<tds:GetNetworkInterfacesResponse><tds:NetworkInterfaces token="eth0"><tt:Info><tt:HwAddress>c0:56:e3:00:00:28</tt:HwAddress></tt:Info></tds:NetworkInterfaces></tds:GetNetworkInterfacesResponse>';
      case 'GetServices':
        return services === 'capabilities' ? null : servicesResponse(host, services === 'media2');
      case 'GetCapabilities':
        return `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>http://${host}/onvif/media</tt:XAddr></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>`;
      case 'GetProfiles':
        return inner(text.includes('<tr2:GetProfiles') ? 'profiles-axis' : 'profiles-hikvision');
      case 'GetStreamUri':
        return uriResponse(
          text,
          operation,
          `rtsp://admin:12345@${host.split(':')[0]}:554/${tokenOf(text)}?a=1&amp;b=2`,
        );
      case 'GetSnapshotUri':
        return uriResponse(text, operation, `http://${host}/snap/${tokenOf(text)}.jpg`);
      default:
        return null;
    }
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function misbehave(how: NonNullable<OnvifDeviceOptions['instead']>, response: ServerResponse): void {
  if (how === 'nothing') return;
  response.writeHead(200, { 'content-type': 'application/soap+xml' });
  if (how === 'garbage') response.end(Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)));
  else if (how === 'deep') response.end('<a>'.repeat(30_000));
  else {
    const more = (): void => {
      while (!response.destroyed && response.write('<x>'.repeat(5000)));
      response.once('drain', more);
    };
    more();
  }
}

async function answerProbes(fixture: string, { host = '0.0.0.0', noisy = false }: OnvifDeviceOptions): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const text = onvifAnswer(fixture).toString();
  socket.on('message', (bytes, from) => {
    const id = /MessageID>([^<]*)</.exec(bytes.toString())?.[1] ?? '';
    const answer = text.replace(/RelatesTo>[^<]*</, `RelatesTo>${id}<`);
    const answers = noisy ? [noise(2000), answer.slice(0, 900), answer, answer, '<', '', '<!DOCTYPE a>'] : [answer];
    for (const each of answers) socket.send(each, from.port, from.address);
  });
  socket.bind(3702, () => socket.addMembership('239.255.255.250', host));
  await once(socket, 'listening');
}

function noise(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * index * 31 + 7) % 256));
}

/** Starts a device on a host of a lab; resolves once it listens. */
export async function startOnvifDevice(host: LabHost, options: OnvifDeviceOptions): Promise<void> {
  const all: OnvifDeviceOptions = { host: host.address, port: 80, ...options };
  const program = host.spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(all)]);
  await Promise.race([
    once(program.stdout, 'data'),
    once(program, 'exit').then(() => Promise.reject(new Error('an ONVIF device ended before it listened'))),
  ]);
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? '{}') as OnvifDeviceOptions;
  await OnvifDevice.start(options);
  process.stdin.on('end', () => process.exit()).resume();
  console.log('listening');
}
