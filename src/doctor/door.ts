// The steps at the camera's door: is anybody at that address, is the port open, who opens, and does it speak what the
// address says. The judging is pure; knock.ts does the asking.

import type { Seen } from '../link/finding-codes.ts';
import type { Dialled, Heard } from './dial.ts';
import { inMs } from './figures.ts';
import { failed, passed } from './finding.ts';
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

export function judgeReach({ place, route, neighbour, dialled }: Visit): Finding {
  const { host } = place;
  const mac = neighbour.kind === 'present' ? neighbour.mac : null;
  const tookMs = inMs(dialled.tookUs);
  if (dialled.outcome === 'connected') return passed({ code: 'host-answers', values: { host, tookMs, mac } });
  if (dialled.outcome === 'refused') return passed({ code: 'host-refuses', values: { host, tookMs, mac } });
  if (mac !== null) return passed({ code: 'host-without-tcp', values: { host, mac } });
  const { code: error } = dialled;
  const { kind, network } = route;
  if (kind === 'attached' && (neighbour.kind === 'absent' || error === 'EHOSTUNREACH')) {
    const seen = { code: 'host-absent', values: { host, network, error } } as const;
    return failed(seen, { code: 'find-camera-or-its-address', values: {} });
  }
  const seen: Seen =
    error === 'ENETUNREACH'
      ? { code: 'host-no-route', values: { host, error } }
      : { code: 'host-silent', values: { host, waitedMs: tookMs, error } };
  if (kind !== 'routed') return failed(seen, { code: 'find-camera', values: {} });
  const values = { network: network === '' ? null : network };
  return failed(seen, { code: 'check-address-and-router', values });
}

/** `heard`: null when there was no connection. */
export function judgePort(visit: Visit, heard: Heard | null, speaker: Speaker): Finding {
  const { place, dialled } = visit;
  const { port, protocol, tls } = place;
  if (dialled.outcome !== 'connected' || heard === null) return closedPort(visit);
  if (heard.tlsFault !== null) return noTls(place, heard.tlsFault);
  if (speaker.protocol === protocol) {
    const values = { port, name: nameOf(speaker), kind: speaker.kind, speaks: protocol, tls };
    return passed({ code: 'port-open', values });
  }
  if (speaker.protocol === 'silent') {
    return passed({ code: heard.ended === 'closed' ? 'port-open-closes' : 'port-open-quiet', values: { port } });
  }
  return wrongLanguage(place, speaker, heard.bytes);
}

function closedPort({ place, dialled, others: open }: Visit): Finding {
  const { host, port, protocol } = place;
  const isRefused = dialled.outcome === 'refused';
  const seen = { code: isRefused ? 'port-closed' : 'port-filtered', values: { port, open } } as const;
  const [other] = open;
  if (other !== undefined) return failed(seen, { code: 'write-port', values: { host, port: other } });
  if (!isRefused) return failed(seen, { code: 'find-camera', values: {} });
  return failed(seen, { code: protocol === 'rtsp' ? 'switch-on-rtsp' : 'switch-on-web-server', values: {} });
}

function noTls({ port, protocol }: Place, error: string): Finding {
  if (/CERT|SIGNED|ALTNAME|ISSUER/.test(error)) {
    const seen = { code: 'port-certificate', values: { port, error } } as const;
    return failed(seen, { code: 'use-plain-or-unverified', values: {} });
  }
  const scheme = protocol === 'rtsp' ? 'rtsp://' : 'http://';
  const seen = { code: 'port-without-tls', values: { port, error } } as const;
  return failed(seen, { code: 'write-scheme-or-tls-port', values: { scheme } });
}

function wrongLanguage({ port, protocol }: Place, speaker: Speaker, bytes: Buffer): Finding {
  const { kind } = speaker;
  const values = { port, name: nameOf(speaker), kind };
  if (speaker.protocol === 'http') {
    return failed({ code: 'port-speaks-http', values }, { code: 'http-is-not-rtsp', values: {} });
  }
  if (speaker.protocol === 'rtsp') {
    return failed({ code: 'port-speaks-rtsp', values }, { code: 'write-scheme', values: { scheme: 'rtsp://' } });
  }
  if (kind === 'tls') {
    const scheme = protocol === 'rtsp' ? 'rtsps://' : 'https://';
    return failed({ code: 'port-wants-tls', values: { port } }, { code: 'write-scheme', values: { scheme } });
  }
  const advice = { code: 'not-of-a-camera', values: {} } as const;
  if (kind !== null) return failed({ code: 'port-speaks-other', values: { port, kind } }, advice);
  return failed({ code: 'port-speaks-nothing-known', values: { port, bytes: bytes.length } }, advice);
}

/** Does who opened speak the language of the address? Only after `judgePort` let it pass. */
export function judgeServer(place: Place, speaker: Speaker): Finding {
  const isRtsp = place.protocol === 'rtsp';
  const question = isRtsp ? 'OPTIONS' : 'GET';
  if (speaker.protocol === 'silent') {
    return failed({ code: 'server-silent', values: { question } }, { code: 'restart-or-look-who', values: {} });
  }
  const { status, server } = speaker;
  const methods = isRtsp ? ((speaker.headers.get('public') ?? '').match(/[A-Z_]{3,20}/g) ?? []) : [];
  return passed({ code: 'server-answers', values: { question, status, server, methods: methods.slice(0, 12) } });
}
