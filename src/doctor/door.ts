// The steps at the camera's door: is anybody at that address, is the port open, who opens, and does it speak what the
// address says. The judging is pure; knock.ts does the asking.

import { duration, failed, listed, passed } from './finding.ts';
import type { Dialled, Heard } from './dial.ts';
import type { Neighbour } from './neighbour.ts';
import type { Place } from './place.ts';
import type { Route } from './route.ts';
import { nameOf } from './speaker.ts';
import type { Speaker } from './speaker.ts';
import type { Finding } from './types.ts';

/** What the door's steps know. */
export interface Visit {
  readonly place: Place;
  readonly route: Route;
  readonly neighbour: Neighbour;
  readonly dialled: Dialled;
  /** Other ports of a camera that are open there; asked only when its own is closed. */
  readonly others: readonly number[];
}

const ELSEWHERE = 'Find its address of today: `sightline discover` lists the cameras of your networks.';

export function judgeReach({ place, route, neighbour, dialled }: Visit): Finding {
  const { host } = place;
  const mac = neighbour.kind === 'present' ? `, with the MAC address ${neighbour.mac}` : '';
  if (dialled.outcome === 'connected') return passed(`${host} answers in ${duration(dialled.tookUs)}${mac}.`);
  if (dialled.outcome === 'refused') {
    return passed(`${host} answers in ${duration(dialled.tookUs)}${mac}: it refused the connection.`);
  }
  const { code } = dialled;
  if (neighbour.kind === 'present') return passed(`Somebody is at ${host}${mac}, but does not answer to TCP.`);
  if (route.kind === 'attached' && (neighbour.kind === 'absent' || code === 'EHOSTUNREACH')) {
    return failed(
      `Nobody is at ${host}: no device of the network ${route.network} answers for this address (${code}).`,
      `Is the camera switched on and plugged in, or has it another address now? ${ELSEWHERE}`,
    );
  }
  const saw = `${host} did not answer within ${duration(dialled.tookUs)} (${code}).`;
  if (route.kind !== 'routed') return failed(saw, `Is the camera switched on and plugged in? ${ELSEWHERE}`);
  const own = route.network === '' ? 'another network' : route.network;
  return failed(
    saw,
    `This machine is in ${own}, the address is behind a router: check the address, and that the router lets you through.`,
  );
}

/** `heard`: null when there was no connection. */
export function judgePort(visit: Visit, heard: Heard | null, speaker: Speaker): Finding {
  const { place, dialled } = visit;
  if (dialled.outcome !== 'connected' || heard === null) return closedPort(visit);
  if (heard.tlsFault !== null) return noTls(place, heard.tlsFault);
  const name = nameOf(speaker);
  const who = name === '' ? '' : `: ${name}`;
  if (speaker.protocol === place.protocol) {
    return passed(`Port ${place.port} is open${who === '' ? `: ${languageOf(place)}` : who}.`);
  }
  if (speaker.protocol === 'silent') {
    const closes = heard.ended === 'closed' ? 'closes the connection without a word' : 'says nothing by itself';
    return passed(`Port ${place.port} is open; who listens there ${closes}.`);
  }
  return wrongLanguage(place, speaker, heard.bytes);
}

function closedPort({ place, dialled, others }: Visit): Finding {
  const open = others.length === 0 ? '' : ` Open there: ${listed(others.map(String))}.`;
  const switchedOn = place.protocol === 'rtsp' ? 'Switch on RTSP in the camera' : "Switch on the camera's web server";
  const advice =
    others.length === 0
      ? `${switchedOn}, or write the port that it uses.`
      : `Write the right port behind the host, such as ${place.host}:${others[0] ?? 0}.`;
  if (dialled.outcome === 'refused')
    return failed(`Port ${place.port} is closed: nothing listens there.${open}`, advice);
  return failed(
    `Port ${place.port} does not answer, although somebody is there: a firewall drops what comes.${open}`,
    advice,
  );
}

function noTls(place: Place, code: string): Finding {
  if (/CERT|SIGNED|ALTNAME|ISSUER/.test(code)) {
    return failed(
      `Port ${place.port} is open, but the camera's certificate was not accepted (${code}).`,
      'Use its plain address, or do not check the certificate: --insecure here, tlsVerify: false in the config.',
    );
  }
  const plainScheme = place.protocol === 'rtsp' ? 'rtsp://' : 'http://';
  return failed(
    `Port ${place.port} is open, but does not speak TLS as we do (${code}).`,
    `Write ${plainScheme} in the address, or the port that the camera uses for TLS.`,
  );
}

function wrongLanguage(place: Place, speaker: Speaker, bytes: Buffer): Finding {
  const name = nameOf(speaker);
  const who = name === '' ? '' : ` (${name})`;
  if (speaker.protocol === 'http') {
    return failed(
      `At port ${place.port} a web server answers${who}: it speaks HTTP, not RTSP.`,
      "Is this the camera's address? RTSP mostly has port 554; the address of a web server begins with http://.",
    );
  }
  if (speaker.protocol === 'rtsp') {
    return failed(`At port ${place.port} an RTSP server answers${who}.`, 'Write rtsp:// in the address.');
  }
  if (speaker.kind === 'a server that wants TLS') {
    const scheme = place.protocol === 'rtsp' ? 'rtsps://' : 'https://';
    return failed(`At port ${place.port} a server wants TLS.`, `Write ${scheme} in the address.`);
  }
  const what = speaker.kind === '' ? `${bytes.length} bytes that are neither RTSP nor HTTP` : speaker.kind;
  return failed(
    `At port ${place.port} something else answers: ${what}.`,
    'Check address and port: this is not the port of a camera.',
  );
}

function languageOf({ protocol, tls }: Place): string {
  const name = protocol === 'rtsp' ? 'an RTSP server' : 'a web server';
  return tls ? `${name}, over TLS` : name;
}

/** Does who opened speak the language of the address? Only after `judgePort` let it pass. */
export function judgeServer(place: Place, speaker: Speaker): Finding {
  const question = place.protocol === 'rtsp' ? 'OPTIONS' : 'GET';
  if (speaker.protocol === 'silent') {
    return failed(
      `It was asked ${question} and did not answer.`,
      'Restart the camera; if it stays, another device or a firewall is at this address.',
    );
  }
  const by = speaker.server === '' ? '' : `, by ${speaker.server}`;
  if (place.protocol === 'http') return passed(`GET was answered with status ${speaker.status}${by}.`);
  const methods = (speaker.headers.get('public') ?? '').match(/[A-Z_]{3,20}/g) ?? [];
  const known = methods.length === 0 ? '' : `; it knows ${listed(methods.slice(0, 12))}`;
  return passed(`OPTIONS was answered with status ${speaker.status}${by}${known}.`);
}
