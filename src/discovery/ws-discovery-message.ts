// The messages of WS-Discovery as ONVIF uses it (WS-Discovery 2005/04, 5; ONVIF Core, 7): the Probe that we send, and
// the ProbeMatches that devices answer, in whatever shape their makers write them.

import { deviceMac, deviceText } from './device-text.ts';
import { deviceServices } from './device-url.ts';
import type { Sighting } from './types.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** `NetworkVideoTransmitter`: cameras and recorders. null: whatever there is, for devices that know no types. */
export type ProbeTypes = 'NetworkVideoTransmitter' | null;

/** One device of a ProbeMatches, Hello or ResolveMatches message. */
export interface ProbeMatch {
  /** `urn:uuid:…`; null when it gives none. */
  readonly endpoint: string | null;
  /** Names without prefixes. */
  readonly types: readonly string[];
  readonly scopes: Scopes;
  /** Where its device service is said to be: to be judged before it is dialled. */
  readonly serviceUrls: readonly string[];
}

/** What a device says of itself in ONVIF's scopes. */
export interface Scopes {
  readonly name: string | null;
  readonly hardware: string | null;
  readonly location: string | null;
  readonly maker: string | null;
  readonly mac: string | null;
  /** There was any scope of ONVIF. */
  readonly onvif: boolean;
}

/** Where the standard puts the device service, for a device that names no usable address. */
const USUAL_PATH = '/onvif/device_service';
const MAX_MATCHES = 32;
const MAX_URLS = 16;
const MAX_SCOPES = 64;

/** The text of a Probe. `messageId`: a UUID, new for each. */
export function writeProbe(messageId: string, types: ProbeTypes): string {
  const wanted = types === null ? '' : `<d:Types>dn:${types}</d:Types>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"' +
    ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl">' +
    `<e:Header><w:MessageID>uuid:${messageId}</w:MessageID>` +
    '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>' +
    '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>' +
    `<e:Body><d:Probe>${wanted}</d:Probe></e:Body></e:Envelope>`
  );
}

/** The devices of one datagram. Throws `camera-protocol` when it is no XML that we would read. */
export function readProbeMatches(bytes: Uint8Array): ProbeMatch[] {
  const document = parseXml(bytes);
  const found = ['ProbeMatch', 'ResolveMatch', 'Hello'].flatMap((name) => document.find(name));
  return found.slice(0, MAX_MATCHES).map(readMatch);
}

/** True for what may have pictures; printers and computers answer a probe without types too. */
export function isCamera(match: ProbeMatch): boolean {
  if (match.types.includes('NetworkVideoTransmitter') || match.scopes.onvif) return true;
  return match.serviceUrls.some((url) => /\/onvif\//i.test(url));
}

/** What a match says of the device that sent it. */
export function sightingOf(match: ProbeMatch, from: string): Sighting {
  const said = deviceServices(match.serviceUrls, from);
  const places = said.length > 0 ? said : deviceServices([`http://${from}${USUAL_PATH}`], from);
  return {
    way: 'ws-discovery',
    address: from,
    mac: match.scopes.mac,
    endpoint: match.endpoint,
    name: match.scopes.name,
    maker: match.scopes.maker,
    model: match.scopes.hardware,
    services: places.map(({ url, port }) => ({ kind: 'onvif', port, url })),
  };
}

function readMatch(element: XmlElement): ProbeMatch {
  return {
    endpoint: readEndpoint(element.textOf('EndpointReference', 'Address')),
    types: words(element.textOf('Types')).map((type) => type.slice(type.indexOf(':') + 1)),
    scopes: readScopes(element.textOf('Scopes')),
    serviceUrls: words(element.textOf('XAddrs')).slice(0, MAX_URLS),
  };
}

/** Some makers leave `urn:` out (TP-Link: fixture tapo), some write capitals. */
function readEndpoint(text: string): string | null {
  const uuid = /^(?:urn:)?uuid:([\w-]{1,64})$/i.exec(text)?.[1];
  return uuid === undefined ? deviceText(text) : `urn:uuid:${uuid.toLowerCase()}`;
}

/** What stands for nothing in TP-Link's scopes (fixture tapo). */
const PLACEHOLDERS: readonly string[] = ['MODEL', 'UNKNOWN', 'NULL'];

/** ONVIF Core, 7.3.2.2: `onvif://www.onvif.org/name/Front%20door`, separated by spaces. */
export function readScopes(text: string): Scopes {
  const found = new Map<string, string>();
  let onvif = false;
  for (const scope of joinTorn(words(text)).slice(0, MAX_SCOPES)) {
    const [, key, value] = /^onvif:\/\/[^/]*\/([^/]+)(?:\/(.*))?$/i.exec(scope) ?? [];
    if (key === undefined) continue;
    onvif = true;
    const name = key.toLowerCase();
    if (value !== undefined && value !== '' && !found.has(name)) found.set(name, decodePercent(value));
  }
  const hardware = deviceText(found.get('hardware'));
  return {
    name: deviceText(found.get('name')),
    hardware: hardware === null || PLACEHOLDERS.includes(hardware.toUpperCase()) ? null : hardware,
    location: deviceText(found.get('location')),
    maker: deviceText(found.get('manufacturer') ?? found.get('mfr')),
    mac: deviceMac(found.get('mac') ?? found.get('macaddr')),
    onvif,
  };
}

/** Some write spaces as they are (fixture foscam): a word without a scheme belongs to the scope before it. */
function joinTorn(scopes: readonly string[]): string[] {
  const joined: string[] = [];
  for (const scope of scopes) {
    const last = joined.at(-1);
    if (last === undefined || /^[a-z][\w+.-]*:/i.test(scope)) joined.push(scope);
    else joined[joined.length - 1] = `${last} ${scope}`;
  }
  return joined;
}

function decodePercent(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const decoded = bytes.replace(/%([\da-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1').toString('utf8');
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
