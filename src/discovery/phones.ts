// Phones that are cameras: apps that serve their picture over HTTP, recognised by what they answer. No more is read of a
// stream than its head: some of these apps have room for one viewer only.

import { SightlineError } from '../base/errors.ts';
import { deviceText } from './device-text.ts';
import { addressOf } from './device-url.ts';
import { DeviceHttp, type HttpAnswer } from './device-http.ts';
import type { FoundCamera, FoundStream, Ground, Inspector, Service, Sighting } from './types.ts';

/** How an app is told from other servers, and what it streams. */
interface PhoneApp {
  readonly port: number;
  /** Asked first. */
  readonly path: string;
  /** The body of `path` is an endless stream. */
  readonly endless?: boolean;
  /** What the answer shows; null: it is another server. */
  recognise(answer: HttpAnswer): Recognised | null;
}

interface Recognised {
  readonly model: string;
  /** Asked for what somebody called the phone; its answer is the name alone. */
  readonly namePath?: string;
  readonly needsPassword?: boolean;
  readonly streams: readonly PhoneStream[];
}

interface PhoneStream {
  readonly label: string;
  readonly source: { readonly scheme: 'http' | 'rtsp'; readonly path: string };
  readonly codec: string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * The apps, by the port that they use unless told otherwise.
 * - IP Webcam for Android: its own page and Home Assistant's android_ip_webcam describe `/status.json`, `/video`,
 *   `/shot.jpg` and RTSP on the same port.
 * - DroidCam: its makers' help names `/video` on 4747; its remote page asks `/v1/phone/name`.
 * - IP Camera Lite for iPhone and others like it: MJPEG at `/video` on 8081, as programs that read them are told to.
 */
const APPS: readonly PhoneApp[] = [
  { port: 8080, path: '/status.json', recognise: ipWebcam },
  { port: 4747, path: '/', recognise: droidCam },
  { port: 8081, path: '/video', endless: true, recognise: plainStream },
];

/** What one phone may answer: `/status.json` has 10 KB. */
const BOUNDS = { timeoutMs: 2500, maxBytes: 131_072 };

export const phones: Inspector = {
  way: 'phone',
  subjects: (camera) => APPS.flatMap((app) => serviceAt(camera, app.port)?.url ?? []),
  async inspect(camera, subjects, ground): Promise<void> {
    for (const app of APPS) {
      const service = serviceAt(camera, app.port);
      if (service !== null && subjects.includes(service.url)) await look(app, addressOf(service.url, camera), ground);
    }
  },
};

/** Something that may speak HTTP there. */
function serviceAt({ services }: FoundCamera, port: number): Service | null {
  return services.find((each) => each.port === port && each.kind !== 'rtsp' && each.kind !== 'onvif') ?? null;
}

async function look(app: PhoneApp, address: string, ground: Ground): Promise<void> {
  const http = new DeviceHttp(BOUNDS, ground);
  const base = `http://${address}:${app.port}`;
  try {
    const answer = await get(http, base + app.path, app.endless === true);
    const found = answer === null ? null : app.recognise(answer);
    if (found === null) return;
    ground.seen(sightingOf(found, address, app.port));
    if (found.namePath === undefined) return;
    const name = await get(http, base + found.namePath, false);
    const told = name?.status === 200 && !isPage(name) ? deviceText(name.body.toString('utf8')) : null;
    if (told !== null) ground.seen({ way: 'phone', address, name: told });
  } finally {
    http.close();
  }
}

/** null when there is no answer that could be one of a phone. */
async function get(http: DeviceHttp, url: string, headersOnly: boolean): Promise<HttpAnswer | null> {
  try {
    return await http.ask({ method: 'GET', url, headers: { accept: '*/*' }, headersOnly });
  } catch (error) {
    if (error instanceof SightlineError) return null;
    throw error;
  }
}

function sightingOf(found: Recognised, address: string, port: number): Sighting {
  const streams = found.streams.map(({ label, source, codec, width = 0, height = 0 }): FoundStream => ({
    source: `${source.scheme}://${address}:${port}${source.path}`,
    label,
    way: 'phone',
    confirmed: false,
    codec,
    width,
    height,
    fps: 0,
  }));
  const services: Service[] = [{ kind: 'phone', port, url: `http://${address}:${port}/` }];
  const needsPassword = found.needsPassword === true ? { needsPassword: true } : {};
  return { way: 'phone', address, model: found.model, services, streams, ...needsPassword };
}

const IP_WEBCAM = 'IP Webcam (Android)';

function ipWebcam(answer: HttpAnswer): Recognised | null {
  const named = /^IP Webcam Server/i.test(String(answer.headers.server ?? ''));
  if (answer.status === 401) return named ? ipWebcamWith('', true) : null;
  const size = answer.status === 200 ? videoSize(answer.body) : null;
  return size === null ? null : ipWebcamWith(size, false);
}

function ipWebcamWith(size: string, needsPassword: boolean): Recognised {
  const [, width = 0, height = 0] = (/^(\d{2,5})x(\d{2,5})$/.exec(size) ?? []).map(Number);
  return {
    model: IP_WEBCAM,
    needsPassword,
    streams: [
      { label: 'main', source: { scheme: 'http', path: '/video' }, codec: 'mjpeg', width, height },
      { label: 'h264', source: { scheme: 'rtsp', path: '/h264_ulaw.sdp' }, codec: 'h264', width, height },
      { label: 'snapshot', source: { scheme: 'http', path: '/shot.jpg' }, codec: 'mjpeg' },
    ],
  };
}

/** `curvals.video_size` of a status; empty when it does not tell; null when this is not IP Webcam's. */
function videoSize(body: Buffer): string | null {
  const status = parseJson(body);
  if (!isRecord(status) || !isRecord(status['curvals'])) return null;
  const size = status['curvals']['video_size'];
  return typeof size === 'string' ? size : '';
}

function droidCam(answer: HttpAnswer): Recognised | null {
  if (answer.status !== 200 || !/droidcam/i.test(answer.body.toString('utf8'))) return null;
  const streams = [{ label: 'main', source: { scheme: 'http', path: '/video' }, codec: 'mjpeg' }] as const;
  return { model: 'DroidCam', namePath: '/v1/phone/name', streams };
}

function plainStream(answer: HttpAnswer): Recognised | null {
  const isStream = /^multipart\/x-mixed-replace/i.test(answer.headers['content-type'] ?? '');
  if (answer.status !== 200 || !isStream) return null;
  const streams = [{ label: 'main', source: { scheme: 'http', path: '/video' }, codec: 'mjpeg' }] as const;
  return { model: 'MJPEG app', streams };
}

function isPage(answer: HttpAnswer): boolean {
  return /html/i.test(answer.headers['content-type'] ?? '') || answer.body.includes('<');
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
