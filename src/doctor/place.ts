// Where in the network a source stands: what to look up, to dial, and which language to expect there. Pure.

import type { SourceAddress } from '../config/camera.ts';

export interface Place {
  readonly protocol: 'rtsp' | 'http';
  readonly tls: boolean;
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** `host:port` for texts. */
  readonly name: string;
  /** The address without credentials. */
  readonly url: string;
}

const SCHEMES: Readonly<Record<string, Pick<Place, 'protocol' | 'tls' | 'port'>>> = {
  'rtsp:': { protocol: 'rtsp', tls: false, port: 554 },
  'rtsps:': { protocol: 'rtsp', tls: true, port: 322 },
  'http:': { protocol: 'http', tls: false, port: 80 },
  'https:': { protocol: 'http', tls: true, port: 443 },
};

/** Null for what is no address of a network: devices, files, the test card, most of `ffmpeg:`. */
export function placeOf({ kind, target }: SourceAddress): Place | null {
  if (kind !== 'rtsp' && kind !== 'http' && kind !== 'ffmpeg') return null;
  const url = URL.parse(target);
  const scheme = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || scheme === undefined || url.hostname === '') return null;
  const port = url.port === '' ? scheme.port : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { ...scheme, host, port, name: `${url.hostname}:${port}`, url: target };
}
