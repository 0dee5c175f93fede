// The camera's own clock, asked by ONVIF while the stream is watched: at the address that was dialled, on the ports where
// makers have it. Whoever listens there may be no camera, so bytes, tries and time are bounded; clock-judge.ts judges.

import { isLoopbackAddress } from '../base/network-address.ts';
import { SightlineError } from '../base/errors.ts';
import { isPrivateAddress } from '../discovery/ipv4.ts';
import { deviceClock } from '../discovery/onvif-device.ts';
import type { DeviceClock } from '../discovery/onvif-device.ts';
import { isOpen } from './knock.ts';
import type { Ground } from './types.ts';

/** Where makers have ONVIF: most, some, Tapo, Xiongmai's boards, Reolink, Gwell's boards. */
const USUAL_PORTS: readonly number[] = [80, 8080, 2020, 8899, 8000, 5000];
/** Of those that are open. */
const MOST_ASKED = 3;
const ANSWER_MS = 1500;
/** Of all together: less than the stream is watched. */
const LIMIT_MS = 4500;

/**
 * The clock of the camera at an IP address of a LAN or of this machine; others are not asked. Null when it tells none in
 * time, or the examination was stopped.
 */
export async function askOnvifClock(
  ground: Ground,
  address: string,
  usualPorts: readonly number[] = USUAL_PORTS,
): Promise<DeviceClock | null> {
  if (!isPrivateAddress(address) && !isLoopbackAddress(address)) return null;
  const signal = AbortSignal.any([ground.signal, AbortSignal.timeout(LIMIT_MS)]);
  const here = { ...ground, place: { ...ground.place, host: address }, signal };
  try {
    for (const url of await servicesAt(here, usualPorts)) {
      const clock = await clockAt(url, here);
      if (clock !== null) return clock;
    }
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** Where a device service may be, at ports that are open: a web camera's own port first. */
async function servicesAt(ground: Ground, usualPorts: readonly number[]): Promise<string[]> {
  const { protocol, tls, host, port } = ground.place;
  const own = protocol === 'http' ? [port] : [];
  const usual = usualPorts.filter((each) => each !== port);
  const open = await Promise.all(usual.map((each) => isOpen(ground, each)));
  const ports = [...own, ...usual.filter((_port, index) => open[index])].slice(0, MOST_ASKED);
  const name = host.includes(':') ? `[${host}]` : host;
  return ports.map((each) => {
    const scheme = tls && own.includes(each) ? 'https' : 'http';
    return `${scheme}://${name}:${each}/onvif/device_service`;
  });
}

/** Null: who listens there is no ONVIF device, tells no time, or may not be dialled. */
async function clockAt(url: string, { guard, signal }: Ground): Promise<DeviceClock | null> {
  try {
    return await deviceClock(url, { guard, signal, timeoutMs: ANSWER_MS });
  } catch (error) {
    if (error instanceof SightlineError) return null;
    throw error;
  }
}
