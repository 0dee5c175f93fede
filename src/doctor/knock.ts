// Asks at the camera's door: connects, looks into the neighbour table, listens to who answers, and tries a camera's
// usual other ports when its own is closed. What it means is judged in door.ts.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { parseRtspUrl } from '../rtsp/address.ts';
import { dial, listenTo } from './dial.ts';
import type { Dialled, Heard } from './dial.ts';
import type { Visit } from './door.ts';
import { neighbourAt, silentNeighbourAt } from './neighbour.ts';
import type { Neighbour } from './neighbour.ts';
import type { Place } from './place.ts';
import type { Route } from './route.ts';
import { speakerOf, tellsAll } from './speaker.ts';
import type { Speaker } from './speaker.ts';
import type { Ground } from './types.ts';

/** A camera's usual ports, by the language of the address. */
const USUAL_PORTS: Readonly<Record<Place['protocol'], readonly number[]>> = {
  rtsp: [554, 8554, 10554],
  http: [80, 8080, 8081, 443],
};
const OTHER_PORT_MS = 1000;

/** Connects and finds out who is there, without a word. The connection is kept for `hear`. */
export async function knock(ground: Ground, route: Route, address: string): Promise<Visit> {
  const { place } = ground;
  const startedUs = nowUs();
  const dialled = await dial(ground);
  let neighbour: Neighbour = route.kind === 'attached' ? await neighbourAt(address) : { kind: 'unknown' };
  const isThere = dialled.outcome === 'refused' || neighbour.kind === 'present';
  const others = dialled.outcome === 'connected' || !isThere ? [] : await openPorts(ground);
  if (dialled.outcome === 'unreachable' && neighbour.kind === 'present' && others.length === 0) {
    neighbour = await silentNeighbourAt(address, startedUs, ground.signal);
  }
  return { place, route, neighbour, dialled, others };
}

export interface Answered {
  /** When, `nowUs`. */
  readonly atUs: number;
  readonly heard: Heard | null;
  readonly speaker: Speaker;
}

/** Asks what the language of the address asks first, without credentials. Ends the connection. */
export async function hear(ground: Ground, dialled: Dialled): Promise<Answered> {
  if (dialled.outcome !== 'connected') return { atUs: nowUs(), heard: null, speaker: speakerOf(Buffer.alloc(0)) };
  const heard = await listenTo(dialled.socket, ground, { question: questionOf(ground.place), enough: tellsAll });
  return { atUs: heard.firstByteUs, heard, speaker: speakerOf(heard.bytes) };
}

function questionOf({ protocol, url }: Place): string {
  if (protocol === 'rtsp') {
    return `OPTIONS ${parseRtspUrl(url).url} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Sightline\r\n\r\n`;
  }
  const { host, pathname, search } = new URL(url);
  const fields = ['Accept: multipart/x-mixed-replace, image/jpeg, */*;q=0.1', 'User-Agent: Sightline'];
  return [`GET ${pathname}${search} HTTP/1.1`, `Host: ${host}`, ...fields, 'Connection: close', '', ''].join('\r\n');
}

async function openPorts(ground: Ground): Promise<number[]> {
  const { place } = ground;
  const ports = USUAL_PORTS[place.protocol].filter((port) => port !== place.port);
  const open = await Promise.all(ports.map((port) => isOpen(ground, port)));
  return ports.filter((_port, index) => open[index]);
}

/** Connects and hangs up. A port that may not be dialled counts as closed. Rejects only with the reason of the signal. */
export async function isOpen(ground: Ground, port: number): Promise<boolean> {
  try {
    const dialled = await dial(ground, port, OTHER_PORT_MS);
    if (dialled.outcome === 'connected') dialled.socket.destroy();
    return dialled.outcome === 'connected';
  } catch (error) {
    if (error instanceof SightlineError && error.code === 'source-forbidden') return false;
    throw error;
  }
}
