// Looks closer at a device by its ports: those that cameras listen on, few at a time, in stages, so that a camera that was
// recognised is not bothered further. Asks one harmless thing and says what answered: a camera, or something with pages.

import { judge, readBanner } from './banners.ts';
import type { Verdict } from './banners.ts';
import { ask } from './port-connect.ts';
import type { FoundCamera, Ground, Inspector, Service, Sighting } from './types.ts';

interface Port {
  readonly port: number;
  /** `sign`: a maker's own protocol; that it is open says whose device it is, and nothing is sent. */
  readonly speaks: 'rtsp' | 'http' | 'https' | 'sign';
  /** Whose it is, where that says something. */
  readonly maker?: string;
}

/** Nothing is ever sent to 9100 and its like, where printers print what comes. */
const STAGES: readonly { readonly wanted: (seen: Seen) => boolean; readonly ports: readonly Port[] }[] = [
  {
    // Where nearly all cameras are; one that has named its streams was asked enough.
    wanted: ({ hasStreams }) => !hasStreams,
    ports: [
      { port: 554, speaks: 'rtsp' }, // RTSP's own (RFC 2326)
      { port: 80, speaks: 'http' }, // pages, ONVIF, snapshots
      { port: 8554, speaks: 'rtsp' }, // the usual one of programs that need no privilege, and of phones
      { port: 8080, speaks: 'http' }, // pages of many, and IP Webcam on phones
    ],
  },
  {
    // ONVIF beside RTSP, where neither 80 nor an answer to WS-Discovery told it; and whose protocol it is.
    wanted: ({ services, hasStreams }) => !hasStreams && services.has('rtsp') && !services.has('onvif'),
    ports: [
      { port: 2020, speaks: 'http', maker: 'TP-Link' }, // ONVIF of Tapo and Vigi
      { port: 8899, speaks: 'http', maker: 'Xiongmai' }, // ONVIF of Xiongmai's boards, sold under many names
      { port: 8000, speaks: 'http' }, // ONVIF of Reolink; Hikvision's own protocol
      { port: 5000, speaks: 'http' }, // ONVIF of Gwell's boards (Yoosee)
      { port: 37777, speaks: 'sign', maker: 'Dahua' }, // Dahua's own protocol, under many names
      { port: 34567, speaks: 'sign', maker: 'Xiongmai' }, // Xiongmai's
    ],
  },
  {
    // The others, when nothing of a camera was seen yet.
    wanted: ({ services, hasStreams }) => {
      return !hasStreams && !['rtsp', 'onvif', 'http', 'phone'].some((kind) => services.has(kind));
    },
    ports: [
      { port: 4747, speaks: 'http' }, // DroidCam on phones
      { port: 8081, speaks: 'http' }, // streams of Motion, and of phones
      { port: 443, speaks: 'https' }, // those that have switched plain HTTP off
      { port: 88, speaks: 'http' }, // Foscam
      { port: 10554, speaks: 'rtsp' }, // VStarcam
      { port: 8000, speaks: 'http' },
      { port: 5000, speaks: 'http' },
    ],
  },
];

const AT_ONCE = 4;
/** One that has many addresses is a repeater, or a router that answers for all: there may be a device behind each. */
const ADDRESSES_AT_ONCE = 8;
const RTSP_OPTIONS = 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Sightline\r\n\r\n';

/** What is known of a device while its ports are gone through. */
interface Seen {
  readonly hasStreams: boolean;
  readonly services: Set<string>;
  maker: string | null;
}

export const ports: Inspector = {
  way: 'ports',
  subjects: ({ address, otherAddresses }) => [address, ...otherAddresses],
  async inspect(camera, addresses, ground) {
    await each(addresses, ADDRESSES_AT_ONCE, (address) => inspectAddress(camera, address, ground));
  },
};

async function inspectAddress(camera: FoundCamera, address: string, ground: Ground): Promise<void> {
  const seen: Seen = {
    hasStreams: camera.streams.length > 0,
    services: new Set(camera.services.map(({ kind }) => kind)),
    maker: camera.maker,
  };
  const asked = new Set<number>();
  for (const { wanted, ports: stage } of STAGES) {
    if (!wanted(seen)) continue;
    const left = stage.filter(({ port, speaks }) => !asked.has(port) && (speaks !== 'sign' || seen.maker === null));
    for (const { port } of left) asked.add(port);
    await each(left, AT_ONCE, async (port) => {
      const sighting = await look(address, port, ground);
      if (!sighting) return;
      for (const { kind } of sighting.services ?? []) seen.services.add(kind);
      seen.maker ??= sighting.maker ?? null;
      ground.seen(sighting);
    });
  }
}

/** Runs over a list, so many at a time. */
async function each<T>(list: readonly T[], atOnce: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = list.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
}

async function look(address: string, port: Port, ground: Ground): Promise<Sighting | null> {
  const { speaks, maker = null } = port;
  const text = questionOf(speaks, address);
  const question = { address, port: port.port, tls: speaks === 'https', text, isWhole: hasHead };
  const answer = await ask(question, ground);
  if (answer === null) return null;
  if (speaks === 'sign') return { way: 'ports', address, maker };
  const verdict = judge(readBanner(answer));
  if (verdict === null || (speaks === 'rtsp') !== (verdict.kind === 'rtsp')) return null;
  return {
    ...{ way: 'ports', address, maker: verdict.maker ?? maker, needsPassword: verdict.needsPassword },
    services: [serviceOf(verdict.kind, speaks, address, port.port)],
  };
}

function questionOf(speaks: Port['speaks'], address: string): string {
  if (speaks === 'sign') return '';
  if (speaks === 'rtsp') return RTSP_OPTIONS;
  return `HEAD / HTTP/1.0\r\nHost: ${address}\r\nUser-Agent: Sightline\r\nConnection: close\r\n\r\n`;
}

function hasHead(answer: string): boolean {
  return /\r?\n\r?\n/.test(answer);
}

function serviceOf(kind: Verdict['kind'], speaks: Port['speaks'], address: string, port: number): Service {
  const scheme = speaks === 'rtsp' ? 'rtsp' : speaks;
  return { kind, port, url: `${scheme}://${address}:${port}/` };
}
