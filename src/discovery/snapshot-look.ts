// Asks a camera's web server for a picture at a path, and reads no more of it than tells its size. A password is only
// ever given hashed.

import { jpegSize } from '../media/jpeg.ts';
import { Authorizer, parseChallenges } from '../rtsp/auth.ts';
import { ask } from './port-connect.ts';
import type { Ground } from './types.ts';
import type { Look } from './rtsp-look.ts';

/** What is at a path (`/snap.jpg?x=1`) of a server (`http://192.168.1.20:80/`). Rejects with the reason of the signal. */
export async function lookAtSnapshot(server: string, path: string, ground: Ground): Promise<Look> {
  const authorizer = new Authorizer(ground.login);
  const first = await get(server, path, null, ground);
  if (statusOf(first) !== 401) return judge(first);
  const challenges = [...first.matchAll(/^www-authenticate:([^\r\n]*)/gim)].map(([, value = '']) => value);
  if (!ground.login) return { kind: 'password' };
  const hasDigest = parseChallenges(challenges).some(({ scheme }) => scheme === 'digest');
  if (!hasDigest || !authorizer.accept(challenges)) return { kind: 'refused' };
  const second = await get(server, path, authorizer.header('GET', path), ground);
  return statusOf(second) === 401 ? { kind: 'refused' } : judge(second);
}

/** The beginning of an answer; empty when there is none. */
async function get(server: string, path: string, authorization: string | null, ground: Ground): Promise<string> {
  const { hostname: address, port, protocol, host } = new URL(server);
  const tls = protocol === 'https:';
  const lines = [`GET ${path} HTTP/1.0`, `Host: ${host}`, 'User-Agent: Sightline', 'Connection: close'];
  if (authorization !== null) lines.push(`Authorization: ${authorization}`);
  const text = `${lines.join('\r\n')}\r\n\r\n`;
  const isWhole = (answer: string): boolean =>
    statusOf(answer) !== 200 ? /\r?\n\r?\n/.test(answer) : sizeIn(answer) !== null;
  return (await ask({ address, port: Number(port) || (tls ? 443 : 80), tls, text, isWhole }, ground)) ?? '';
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/\d\.\d (\d{3})/.exec(answer)?.[1] ?? 0);
}

function judge(answer: string): Look {
  const status = statusOf(answer);
  if (status === 0) return { kind: 'silent' };
  if (status === 403) return { kind: 'refused' };
  const isPicture = status === 200 && /^content-type:\s*(?:image\/jpeg|multipart\/x-mixed-replace)/im.test(answer);
  if (!isPicture) return { kind: 'missing' };
  return { kind: 'stream', shape: { codec: 'mjpeg', ...(sizeIn(answer) ?? { width: 0, height: 0 }), fps: 0 } };
}

/** Of the first JPEG in it, once so much of it is there. */
function sizeIn(answer: string): { width: number; height: number } | null {
  const start = answer.indexOf('\xff\xd8\xff');
  return start < 0 ? null : jpegSize(Buffer.from(answer.slice(start), 'latin1'));
}
