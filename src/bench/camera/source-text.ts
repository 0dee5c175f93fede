// A parsed address as text again: whole, for servers that open it, and its host and port, for counting sessions.

import type { SourceAddress } from '../../config/camera.ts';
import type { CameraUnderTest } from '../types.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322, 'http:': 80, 'https:': 443 };

/** As a source of the config, user and password in it. Never printed. */
export function fullSource({ kind, target, credentials }: SourceAddress): string {
  const prefix = kind === 'ffmpeg' ? 'ffmpeg:' : '';
  if (credentials === null) return prefix + target;
  const { username, password } = credentials;
  const user = `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  return prefix + target.replace('://', () => `://${user}`);
}

export function endpointOf({ kind, target }: SourceAddress): CameraUnderTest['endpoint'] {
  if (kind !== 'rtsp' && kind !== 'http') return null;
  const { protocol, hostname, port } = new URL(target);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? DEFAULT_PORTS[protocol]! : Number(port) };
}
