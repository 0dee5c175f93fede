// Other addresses of the same camera when its path is wrong: the paths that its maker documents, else those that are
// common, a few of them, at the camera's own host and port. With what was given as user and password, and never again
// once that was refused; nothing is guessed.

import { SightlineError } from '../base/errors.ts';
import { makerBySign } from '../discovery/makers/makers.ts';
import { STREAM_PATHS, USUAL_PATHS } from '../discovery/makers/stream-paths.ts';
import { atServer } from '../discovery/server-url.ts';
import { HTTP_LIMITS } from '../ingest/sources/http-limits.ts';
import { HttpClient } from '../ingest/sources/http-request.ts';
import { typeError } from '../ingest/sources/http-status.ts';
import { RtspClient } from '../rtsp/client.ts';
import { LoginMemory } from '../rtsp/login-memory.ts';
import type { KnownPaths } from './path.ts';
import type { Speaker } from './speaker.ts';
import type { Ground } from './types.ts';

const MOST_PATHS = 20;
const LIMIT_MS = 8000;

export const NONE_TRIED: KnownPaths = { tried: 0, found: [] };

/** True when the camera answered, and it was the path that it did not like. */
export function isWrongPath(error: SightlineError | null): boolean {
  return error?.code === 'camera-not-found' || error?.code === 'camera-protocol';
}

/** `speaker`: what the camera says of itself. Stops at the first that gives a picture or asks for a password. Rejects only with the reason of the signal. */
export async function tryKnownPaths(ground: Ground, speaker: Speaker): Promise<KnownPaths> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const within = { ...ground, signal: AbortSignal.any([ground.signal, limit]) };
  const candidates = candidatesOf(ground, speaker).slice(0, MOST_PATHS);
  let tried = 0;
  for (const source of candidates) {
    if (limit.aborted) break;
    tried++;
    const outcome = await lookAt(source, within);
    ground.signal.throwIfAborted();
    if (outcome === 'there') return { tried, found: [{ source, confirmed: true }] };
    if (outcome === 'asks') return { tried, found: [{ source, confirmed: false }] };
    if (outcome === 'shut') break;
  }
  return { tried, found: [] };
}

function candidatesOf({ place }: Ground, speaker: Speaker): string[] {
  const realm = speaker.challenges.find(({ params }) => params.has('realm'))?.params.get('realm') ?? '';
  const maker = makerBySign(`${speaker.server}\n${speaker.title}\n${realm}`);
  const likely = STREAM_PATHS.get(maker ?? '') ?? [];
  const paths = [...likely, ...USUAL_PATHS].flatMap(({ main, snapshot }) => {
    return place.protocol === 'rtsp' ? [main] : snapshot === undefined ? [] : [snapshot];
  });
  const { pathname, search } = new URL(place.url);
  const others = [...new Set(paths)].filter((path) => path !== pathname + search);
  return others.map((path) => atServer(place.url, path));
}

type Outcome = 'there' | 'missing' | 'asks' | 'shut';

async function lookAt(source: string, ground: Ground): Promise<Outcome> {
  try {
    await (ground.place.protocol === 'rtsp' ? describe(source, ground) : get(source, ground));
    return 'there';
  } catch (error) {
    const { code } = SightlineError.from(error);
    if (code === 'camera-unauthorized') return ground.source.credentials === null ? 'asks' : 'shut';
    // Who does not answer one path will not answer the next.
    const isGone = code === 'camera-timeout' || code === 'camera-refused' || code === 'camera-unreachable';
    return isGone || code === 'source-forbidden' || code === 'stopping' ? 'shut' : 'missing';
  }
}

async function describe(url: string, { source, tlsVerify, digestOnly, guard, signal }: Ground): Promise<void> {
  const nothing = (): undefined => undefined;
  const { credentials } = source;
  const login = new LoginMemory(digestOnly ? 'digest' : null);
  const client = new RtspClient({ url, credentials, login, tlsVerify, guard, signal, frame: nothing, quirk: nothing });
  try {
    await client.describe();
  } finally {
    await client.close();
  }
}

async function get(target: string, { source, tlsVerify, digestOnly, guard, signal }: Ground): Promise<void> {
  const address = { ...source, target };
  const login = new LoginMemory(digestOnly ? 'digest' : null);
  const how = { tlsVerify, login, guard, limits: HTTP_LIMITS, signal };
  const client = new HttpClient({ address, ...how, quirk: () => undefined });
  try {
    const response = await client.get();
    response.destroy();
    const wrong = typeError(response.headers['content-type'] ?? '', client.name);
    if (wrong !== null) throw wrong;
  } finally {
    client.close();
  }
}
