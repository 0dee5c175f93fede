// What an ONVIF device answers, as facts: its time, who it is, its media services, its profiles and their addresses
// (ONVIF Core, 8; Media, 5; Media2, 5). Missing and senseless fields become null, empty or 0; nothing here throws.

import { deviceMac, deviceText } from './device-text.ts';
import { readScopes, type Scopes } from './ws-discovery-message.ts';
import type { XmlElement } from './xml.ts';

export const DEVICE = 'http://www.onvif.org/ver10/device/wsdl';
export const MEDIA1 = 'http://www.onvif.org/ver10/media/wsdl';
export const MEDIA2 = 'http://www.onvif.org/ver20/media/wsdl';

export interface DeviceTime {
  /** Unix time in milliseconds, whole seconds. */
  readonly utcMs: number;
  readonly setBy: 'ntp' | 'manual' | null;
  /** As POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`. */
  readonly timeZone: string | null;
}

/** GetSystemDateAndTime; null when it tells no UTC. */
export function readDeviceTime(response: XmlElement): DeviceTime | null {
  const told = response.child('SystemDateAndTime');
  const utc = told?.child('UTCDateTime');
  if (!told || !utc) return null;
  const number = (...path: readonly string[]): number => readNumber(utc.textOf(...path), -1);
  const [year, month, day] = [number('Date', 'Year'), number('Date', 'Month'), number('Date', 'Day')];
  const [hour, minute, second] = [number('Time', 'Hour'), number('Time', 'Minute'), number('Time', 'Second')];
  const plausible = year >= 1970 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!plausible || hour < 0 || hour > 24 || minute < 0 || minute > 60 || second < 0 || second > 61) return null;
  const type = told.textOf('DateTimeType').toLowerCase();
  return {
    utcMs: Date.UTC(year, month - 1, day, hour, minute, second),
    setBy: type === 'ntp' || type === 'manual' ? type : null,
    timeZone: deviceText(told.textOf('TimeZone', 'TZ')),
  };
}

export interface DeviceInformation {
  readonly maker: string | null;
  readonly model: string | null;
  readonly serial: string | null;
}

/** GetDeviceInformation. */
export function readDeviceInformation(response: XmlElement): DeviceInformation {
  return {
    maker: deviceText(response.textOf('Manufacturer')),
    model: deviceText(response.textOf('Model')),
    serial: deviceText(response.textOf('SerialNumber')),
  };
}

/** Where the media services are said to be; to be judged before they are dialled. */
export interface MediaUrls {
  readonly media1: string | null;
  readonly media2: string | null;
}

/** GetServices. */
export function readServices(response: XmlElement): MediaUrls {
  const urlOf = (namespace: string): string | null => {
    const service = response.all('Service').find((each) => each.textOf('Namespace').replace(/\/$/, '') === namespace);
    return service?.textOf('XAddr') || null;
  };
  return { media1: urlOf(MEDIA1), media2: urlOf(MEDIA2) };
}

/** GetCapabilities, of devices without GetServices. */
export function readCapabilities(response: XmlElement): MediaUrls {
  return { media1: response.textOf('Capabilities', 'Media', 'XAddr') || null, media2: null };
}

/** The first usable hardware address of GetNetworkInterfaces. */
export function readHardwareAddress(response: XmlElement): string | null {
  const told = response.all('NetworkInterfaces').map((each) => deviceMac(each.textOf('Info', 'HwAddress')));
  return told.find((each) => each !== null) ?? null;
}

/** GetScopes. */
export function readDeviceScopes(response: XmlElement): Scopes {
  return readScopes(
    response
      .all('Scopes')
      .map((each) => each.textOf('ScopeItem').replace(/\s/g, '%20'))
      .join(' '),
  );
}

export interface Profile {
  readonly token: string;
  readonly name: string | null;
  /** Which lens: a device of several has as many main streams. */
  readonly videoSource: string;
  /** FFmpeg's name; empty when not known. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** A recorder of 32 channels has two profiles each. */
const MAX_PROFILES = 64;
const MAX_TOKEN = 200;

/** GetProfiles of Media1 (`VideoEncoderConfiguration`) and of Media2 (`Configurations/VideoEncoder`), those with video. */
export function readProfiles(response: XmlElement): Profile[] {
  return response.all('Profiles').slice(0, MAX_PROFILES).flatMap(readProfile);
}

function readProfile(profile: XmlElement): Profile[] {
  const { token } = profile;
  if (token === '' || token.length > MAX_TOKEN) return [];
  const encoder = profile.child('VideoEncoderConfiguration') ?? profile.child('Configurations', 'VideoEncoder');
  const source = profile.child('VideoSourceConfiguration') ?? profile.child('Configurations', 'VideoSource');
  if (encoder === null) return [];
  return [
    {
      token,
      name: deviceText(profile.textOf('Name')),
      videoSource: source?.textOf('SourceToken') ?? '',
      codec: codecOf(encoder.textOf('Encoding')),
      width: pixels(encoder.textOf('Resolution', 'Width')),
      height: pixels(encoder.textOf('Resolution', 'Height')),
      fps: rate(encoder.textOf('RateControl', 'FrameRateLimit')),
    },
  ];
}

/** GetStreamUri and GetSnapshotUri of Media1 (`MediaUri/Uri`) and Media2 (`Uri`). */
export function readUri(response: XmlElement): string {
  return response.textOf('MediaUri', 'Uri') || response.textOf('Uri');
}

const CODECS: Readonly<Record<string, string>> = {
  h264: 'h264',
  h265: 'hevc',
  hevc: 'hevc',
  jpeg: 'mjpeg',
  mpeg4: 'mpeg4',
  'mpv4-es': 'mpeg4',
};

/** Media1 says `H264`, Media2 `H265`, some `video/H265`. */
function codecOf(encoding: string): string {
  const name = encoding.slice(encoding.indexOf('/') + 1).toLowerCase();
  return Object.hasOwn(CODECS, name) ? (CODECS[name] ?? '') : '';
}

function pixels(text: string): number {
  const value = readNumber(text, 0);
  return Number.isInteger(value) && value > 0 && value <= 32_768 ? value : 0;
}

function rate(text: string): number {
  const value = readNumber(text, 0);
  return value > 0 && value <= 1000 ? value : 0;
}

function readNumber(text: string, otherwise: number): number {
  return /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : otherwise;
}
