// Somebody's own camera: opened once as `sightline probe` does, to learn what it sends and to fail early with its own
// reason. When it is the test card of another Sightline on this machine, its strip gives capture times.

import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import { isLoopbackAddress } from '../../base/network-address.ts';
import type { SourceAddress } from '../../config/camera.ts';
import type { ProbeResult } from '../../link/probe.ts';
import type { Jpeg, Track } from '../../media/types.ts';
import { lookOnce } from '../../lone-control.ts';
import { StripReader } from '../load/strip-reader.ts';
import type { CameraUnderTest } from '../types.ts';
import { endpointOf, fullSource } from './source-text.ts';
import { drawnAtUs } from './strip-time.ts';

/** What a camera says of its rate stands when it is measured within so much of it. */
const RATE_TOLERANCE = 0.15;

/** Looks at it. Throws what kept it from giving a picture, or the reason of `signal`. */
export async function openGiven(address: SourceAddress, signal: AbortSignal): Promise<CameraUnderTest> {
  const looked = await lookOnce({ source: address, tlsVerify: true, signal });
  signal.throwIfAborted();
  const { picture, problem, info } = looked;
  if (problem !== null) throw SightlineError.fromProblem(problem);
  const track = info?.origin?.tracks.find(({ kind }) => kind === 'video');
  if (picture === null || track === undefined) throw noFacts(address, 'what it sends');
  const endpoint = endpointOf(address);
  const hasTimes = (await isThisMachine(endpoint)) && (await hasLiveStrip(picture));
  return {
    source: fullSource(address),
    display: address.display,
    endpoint,
    kind: 'given',
    codec: track.codec,
    width: picture.width,
    height: picture.height,
    fps: rateOf(address, looked, track),
    capturedAtUs: hasTimes ? drawnAtUs : null,
    loopFrames: null,
    stop: () => Promise.resolve(),
  };
}

function rateOf(address: SourceAddress, { info }: ProbeResult, { fps: nominal }: Pick<Track, 'fps'>): number {
  const measured = info?.origin?.fps ?? 0;
  if (measured === 0 && nominal === null) throw noFacts(address, 'how many pictures a second it sends');
  if (nominal === null) return measured;
  const isAsSaid = measured === 0 || Math.abs(measured - nominal) <= nominal * RATE_TOLERANCE;
  return isAsSaid ? nominal : measured;
}

/** Another machine's clock is another clock. */
async function isThisMachine(endpoint: CameraUnderTest['endpoint']): Promise<boolean> {
  if (endpoint === null) return false;
  const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  const found = await lookup(endpoint.host, { all: true });
  return found.every(({ address }) => isLoopbackAddress(address) || own.includes(address));
}

async function hasLiveStrip({ bytes }: Jpeg): Promise<boolean> {
  const arrivedUs = nowUs();
  await using strips = await StripReader.open();
  const strip = await strips.read(bytes);
  return strip !== null && drawnAtUs(strip, arrivedUs) !== null;
}

function noFacts({ display }: SourceAddress, what: string): SightlineError {
  return new SightlineError('picture-timeout', `${display} did not show ${what} in time.`);
}
