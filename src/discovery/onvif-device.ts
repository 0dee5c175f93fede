// One ONVIF device, asked step by step: its clock, who it is, what it streams. Each question that it cannot answer costs
// only its own fact; a refusal is remembered, for then a password would tell more.

import { nowUs, wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { onAnsweringHost } from './device-url.ts';
import {
  DEVICE,
  MEDIA1,
  MEDIA2,
  readCapabilities,
  readDeviceInformation,
  readDeviceScopes,
  readDeviceTime,
  readHardwareAddress,
  readProfiles,
  readServices,
  readUri,
} from './onvif-answers.ts';
import type { DeviceInformation, MediaUrls, Profile } from './onvif-answers.ts';
import { SoapClient, type SoapClientOptions } from './soap-client.ts';
import { escapeXml, type XmlElement } from './xml.ts';

/** A device's clock beside ours. */
export interface DeviceClock {
  /** The device's clock minus ours, milliseconds. */
  readonly offsetMs: number;
  /** It tells whole seconds, and the answer was on its way. */
  readonly uncertaintyMs: number;
  readonly setBy: 'ntp' | 'manual' | null;
  readonly timeZone: string | null;
}

/** One media service: Media2 where there is one, for only it tells of H.265. */
export interface MediaService {
  readonly namespace: typeof MEDIA1 | typeof MEDIA2;
  readonly url: string;
}

const CLOCK = {
  namespace: DEVICE,
  operation: 'GetSystemDateAndTime',
  body: '<tds:GetSystemDateAndTime/>',
  isOpen: true,
} as const;

export class OnvifDevice {
  readonly #client: SoapClient;
  readonly #url: string;
  readonly #host: string;
  #refused = false;

  /** `url`: of the device service, on the host to ask. */
  constructor(url: string, options: SoapClientOptions) {
    this.#client = new SoapClient(options);
    this.#url = url;
    this.#host = new URL(url).hostname;
  }

  /** It has kept to itself who it is or what it streams, for want of the right login. */
  get refused(): boolean {
    return this.#refused;
  }

  close(): void {
    this.#client.close();
  }

  /** Asks its time, which needs no login, and logs in by it from now on. Rejects when it does not speak ONVIF. */
  async clock(): Promise<DeviceClock | null> {
    const askedUs = nowUs();
    const response = await this.#client.call({ ...CLOCK, url: this.#url });
    const roundTripMs = (nowUs() - askedUs) / 1000;
    const time = readDeviceTime(response);
    if (time === null) return null;
    // A second is cut off, not rounded: in the middle it was half a second later.
    const offsetMs = Math.round(time.utcMs + 500 - wallUs(askedUs) / 1000 - roundTripMs / 2);
    this.#client.clockOffsetMs = offsetMs;
    const uncertaintyMs = Math.ceil(500 + roundTripMs / 2);
    return { offsetMs, uncertaintyMs, setBy: time.setBy, timeZone: time.timeZone };
  }

  /** Maker, model and serial number; null when it does not tell. */
  information(): Promise<DeviceInformation | null> {
    return this.#tell(async () => readDeviceInformation(await this.#ask('GetDeviceInformation')));
  }

  /** What somebody called it; null when it does not tell. */
  name(): Promise<string | null> {
    return this.#try(async () => readDeviceScopes(await this.#ask('GetScopes')).name);
  }

  hardwareAddress(): Promise<string | null> {
    return this.#try(async () => readHardwareAddress(await this.#ask('GetNetworkInterfaces')));
  }

  /** Its media services on its own host, best first. */
  async mediaServices(): Promise<MediaService[]> {
    const urls = (await this.#try(() => this.#services())) ?? (await this.#try(() => this.#capabilities()));
    const found: MediaService[] = [];
    const add = (namespace: MediaService['namespace'], text: string | null | undefined): void => {
      const at = text ? onAnsweringHost(text, this.#host, ['http:', 'https:']) : null;
      if (at !== null) found.push({ namespace, url: at.url });
    };
    add(MEDIA2, urls?.media2);
    add(MEDIA1, urls?.media1);
    return found;
  }

  /** The profiles with video of a media service; empty when it does not tell. */
  async profiles(service: MediaService): Promise<Profile[]> {
    const body = service.namespace === MEDIA2 ? '<tr2:GetProfiles><tr2:Type>All</tr2:Type></tr2:GetProfiles>' : null;
    const asked = this.#tell(async () => readProfiles(await this.#askMedia(service, 'GetProfiles', body)));
    return (await asked) ?? [];
  }

  /** The RTSP address of a profile, on its own host and without credentials. */
  async streamUrl(service: MediaService, profile: Profile): Promise<string | null> {
    const token = escapeXml(profile.token);
    const body =
      service.namespace === MEDIA2
        ? `<tr2:GetStreamUri><tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>${token}</tr2:ProfileToken></tr2:GetStreamUri>`
        : '<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport>' +
          '<tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>' +
          `<trt:ProfileToken>${token}</trt:ProfileToken></trt:GetStreamUri>`;
    const told = await this.#tell(async () => readUri(await this.#askMedia(service, 'GetStreamUri', body)));
    return onAnsweringHost(told ?? '', this.#host, ['rtsp:', 'rtsps:'])?.url ?? null;
  }

  /** The address of a profile's still picture. */
  async snapshotUrl(service: MediaService, profile: Profile): Promise<string | null> {
    const prefix = service.namespace === MEDIA2 ? 'tr2' : 'trt';
    const token = `<${prefix}:ProfileToken>${escapeXml(profile.token)}</${prefix}:ProfileToken>`;
    const body = `<${prefix}:GetSnapshotUri>${token}</${prefix}:GetSnapshotUri>`;
    const told = await this.#try(async () => readUri(await this.#askMedia(service, 'GetSnapshotUri', body)));
    return onAnsweringHost(told ?? '', this.#host, ['http:', 'https:'])?.url ?? null;
  }

  async #services(): Promise<MediaUrls | null> {
    const body = '<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>';
    const urls = readServices(await this.#ask('GetServices', body));
    return urls.media1 === null && urls.media2 === null ? null : urls;
  }

  async #capabilities(): Promise<MediaUrls> {
    const body = '<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>';
    return readCapabilities(await this.#ask('GetCapabilities', body));
  }

  #ask(operation: string, body = `<tds:${operation}/>`): Promise<XmlElement> {
    return this.#client.call({ url: this.#url, namespace: DEVICE, operation, body });
  }

  #askMedia({ url, namespace }: MediaService, operation: string, body: string | null): Promise<XmlElement> {
    return this.#client.call({ url, namespace, operation, body: body ?? `<trt:${operation}/>` });
  }

  /** null instead of a failure of the device; what else went wrong stays an error. */
  async #try<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof SightlineError) return null;
      throw error;
    }
  }

  /** The same for what we must know: a refusal is remembered. */
  #tell<T>(ask: () => Promise<T>): Promise<T | null> {
    return this.#try(() =>
      ask().catch((error: unknown) => {
        if (error instanceof SightlineError && error.code === 'camera-unauthorized') this.#refused = true;
        throw error;
      }),
    );
  }
}

/**
 * The clock of the ONVIF device at a device service's address (`http://192.168.1.20/onvif/device_service`), which needs
 * no login; null when it tells no UTC. Rejects with a SightlineError when nothing there speaks ONVIF or the guard forbids
 * it, or with the reason of the signal.
 */
export async function deviceClock(
  url: string,
  options: Pick<SoapClientOptions, 'signal' | 'guard' | 'timeoutMs'>,
): Promise<DeviceClock | null> {
  const device = new OnvifDevice(url, { login: null, budget: null, ...options });
  try {
    return await device.clock();
  } finally {
    device.close();
  }
}
