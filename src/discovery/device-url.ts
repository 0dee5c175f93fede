// Addresses that a device says it has, made safe to dial and to show: always the host that answered, whatever the device
// wrote (0.0.0.0, its address of last year, somebody else's), and never with credentials in it.

/** Longer addresses are no camera's. */
const MAX_URL = 2048;

export interface DeviceUrl {
  readonly url: string;
  readonly port: number;
  /** The device named the host that answered. */
  readonly own: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'rtsp:': 554, 'rtsps:': 322 };

/** The port of an address, said or usual; 0 when its scheme has none. */
export function portOf({ protocol, port }: URL): number {
  return port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port);
}

/** An address of one of these schemes (`rtsp:`) on the host that answered; null when it is none. */
export function onAnsweringHost(text: string, host: string, schemes: readonly string[]): DeviceUrl | null {
  const trimmed = text.trim();
  if (trimmed.length > MAX_URL || /\p{Cc}/u.test(trimmed)) return null;
  const url = URL.parse(trimmed);
  if (url === null || url.hostname === '' || !schemes.includes(url.protocol)) return null;
  const own = url.hostname === host;
  url.hostname = host;
  url.username = '';
  url.password = '';
  url.hash = '';
  const port = portOf(url);
  if (port === DEFAULT_PORTS[url.protocol]) url.port = '';
  return port === 0 ? null : { url: url.href, port, own };
}

/**
 * The device services among those that a device names, best first; each once. Those that name another host count only
 * when none names the host that answered: then it has not noticed that its address changed.
 */
export function deviceServices(texts: readonly string[], host: string): DeviceUrl[] {
  const found = texts.flatMap((text) => onAnsweringHost(text, host, ['http:', 'https:']) ?? []);
  const own = found.filter((each) => each.own);
  const plainFirst = (own.length > 0 ? own : found).sort((a, b) => Number(isSecure(a)) - Number(isSecure(b)));
  return plainFirst.filter((each, index) => plainFirst.findIndex((other) => other.url === each.url) === index);
}

function isSecure(each: DeviceUrl): boolean {
  return each.url.startsWith('https:');
}

/** The address of a device (it may have several) that an URL leads to; its first when the URL leads elsewhere. */
export function addressOf(url: string, device: { address: string; otherAddresses: readonly string[] }): string {
  const host = URL.parse(url)?.hostname ?? '';
  return device.otherAddresses.includes(host) ? host : device.address;
}
