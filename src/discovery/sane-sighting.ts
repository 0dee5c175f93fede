// The door of a run: whatever a way of looking read from the network goes through here once. What a device says may point
// at nothing but devices of the networks that are looked through, and is cut and cleaned before anybody shows it.

import { deviceMac, deviceText } from './device-text.ts';
import { isIn } from './ipv4.ts';
import { atServer } from './server-url.ts';
import type { FoundStream, LocalNetwork, Service, Sighting } from './types.ts';

const MAX_URL = 1000;
/** Of one sighting; no camera has more. */
const MAX_SERVICES = 16;
const MAX_STREAMS = 32;
const MAX_SIDE = 16_384;
const MAX_FPS = 480;

/** Which addresses devices may have. */
export interface Bounds {
  readonly networks: readonly LocalNetwork[];
  /** This machine's. */
  readonly own: ReadonlySet<string>;
}

/** What may be believed of a sighting; null when it is of no device of these networks, or of this machine. */
export function saneSighting(sighting: Sighting, bounds: Bounds): Sighting | null {
  const { way, address, needsPassword } = sighting;
  if (!isDevice(address, bounds)) return null;
  return {
    ...{ way, address },
    mac: deviceMac(sighting.mac),
    serial: serialOf(sighting.serial),
    endpoint: endpointOf(sighting.endpoint),
    name: deviceText(sighting.name),
    maker: deviceText(sighting.maker),
    model: deviceText(sighting.model),
    services: (sighting.services ?? []).slice(0, MAX_SERVICES).flatMap((service) => saneService(service, bounds)),
    streams: (sighting.streams ?? []).slice(0, MAX_STREAMS).flatMap((stream) => saneStream(stream, bounds)),
    needsPassword: needsPassword === true,
  };
}

function isDevice(address: string, { networks, own }: Bounds): boolean {
  return !own.has(address) && networks.some(({ cidr }) => isIn(address, cidr));
}

function saneService(service: Service, bounds: Bounds): Service[] {
  const url = saneUrl(service.url, /^(?:https?|rtsps?):$/, bounds);
  const { kind, port } = service;
  if (url === null || !Number.isInteger(port) || port < 1 || port > 65_535) return [];
  return [{ kind, port, url: kind === 'rtsp' ? atServer(url, '/') : url }];
}

function saneStream(stream: FoundStream, bounds: Bounds): FoundStream[] {
  const source = saneUrl(stream.source, /^(?:https?|rtsps?):$/, bounds);
  if (source === null) return [];
  const { way, confirmed, codec, width, height, fps } = stream;
  const hasSize = isSide(width) && isSide(height);
  return [
    {
      ...{ source, way, confirmed, label: deviceText(stream.label) ?? 'main', codec: deviceText(codec) ?? '' },
      ...{ width: hasSize ? width : 0, height: hasSize ? height : 0 },
      fps: fps > 0 && fps <= MAX_FPS ? Math.round(fps * 100) / 100 : 0,
    },
  ];
}

function isSide(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= MAX_SIDE;
}

/**
 * Without user and password, as it was written otherwise; null when it leads anywhere else, or holds what no URL may: a
 * `${NAME}` that is pasted into a config file would be replaced there by a secret of this machine.
 */
function saneUrl(text: string, schemes: RegExp, bounds: Bounds): string | null {
  if (text.length > MAX_URL || /[^\x21-\x7e]|["<>\\^`{|}]/.test(text)) return null;
  const url = URL.parse(text);
  if (!url || !schemes.test(url.protocol) || !isDevice(url.hostname, bounds)) return null;
  if (url.username === '' && url.password === '') return text;
  url.username = '';
  url.password = '';
  return url.href;
}

/** A serial that many devices share (`0000000`, `123`) tells none from another. */
function serialOf(text: string | null | undefined): string | null {
  const serial = deviceText(text);
  return serial !== null && serial.length >= 6 && new Set(serial).size > 1 ? serial : null;
}

/** Only UUIDs: other references (WS-Addressing's `anonymous`) name nobody. */
function endpointOf(text: string | null | undefined): string | null {
  const uuid = /^(?:urn:)?uuid:([\da-f-]{32,40})$/i.exec(text?.trim() ?? '')?.[1];
  return uuid === undefined || !/[1-9a-f]/i.test(uuid) ? null : `urn:uuid:${uuid.toLowerCase()}`;
}
