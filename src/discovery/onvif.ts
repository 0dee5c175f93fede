// Looks closer at a device by ONVIF: who it is and which addresses give its pictures. Works on what WS-Discovery or
// somebody else saw; asks only the host that was seen, and tells what it learns as it learns it.

import { SightlineError } from '../base/errors.ts';
import { addressOf, deviceServices, portOf } from './device-url.ts';
import { OnvifDevice, type MediaService } from './onvif-device.ts';
import type { Profile } from './onvif-answers.ts';
import { atServer } from './server-url.ts';
import type { FoundCamera, FoundStream, Ground, Inspector, Service, Sighting } from './types.ts';

/** Of one answer, milliseconds. */
const ANSWER_MS = 2500;
/** Of all that one device is asked: what a slow one has told until then is told. */
const DEVICE_MS = 8000;
/** So many addresses of a device are tried for its device service. */
const MAX_PLACES = 3;
/** Where the standard puts it (ONVIF Core, 5.10), for devices that were not heard by WS-Discovery. */
const USUAL_PATH = '/onvif/device_service';
/** A recorder's other channels are listed on its own page. */
const MAX_STREAMS = 32;
/** A still picture of each further channel would cost a question for nothing new. */
const MAX_SNAPSHOTS = 1;

export const onvif: Inspector = {
  way: 'onvif',
  subjects: (camera) => (camera.ways.includes('onvif') ? [] : placesOf(camera)),
  async inspect(camera, subjects, ground): Promise<void> {
    const late = AbortSignal.timeout(DEVICE_MS);
    const signal = AbortSignal.any([ground.signal, late]);
    try {
      await inspectFirst(subjects, camera, { ...ground, signal, seen: (sighting) => ground.seen(sighting) });
    } catch (error) {
      ground.signal.throwIfAborted();
      if (!late.aborted) throw error;
    }
  },
};

/** Asks at the first place that speaks ONVIF. */
async function inspectFirst(places: readonly string[], camera: FoundCamera, ground: Ground): Promise<void> {
  for (const url of places) {
    const device = new OnvifDevice(url, { ...ground, timeoutMs: ANSWER_MS });
    try {
      if (await answers(device, isSaid(camera))) {
        await new Inspection(device, url, { camera, ground }).run();
        return;
      }
    } finally {
      device.close();
    }
  }
}

/** Addresses of its device service: what was said, else the usual path on each of its web ports. */
function placesOf(camera: FoundCamera): string[] {
  const texts = camera.services.flatMap(({ kind, url }) => {
    if (isSaid(camera)) return kind === 'onvif' ? url : [];
    return kind === 'http' || kind === 'web' ? (URL.parse(USUAL_PATH, url)?.href ?? []) : [];
  });
  const places = texts.flatMap((text) => deviceServices([text], addressOf(text, camera)).map(({ url }) => url));
  return [...new Set(places)].slice(0, MAX_PLACES);
}

/** Somebody said that it speaks ONVIF. */
function isSaid({ services }: FoundCamera): boolean {
  return services.some(({ kind }) => kind === 'onvif');
}

/** It speaks ONVIF. One that keeps even its time to itself does when it was said; else it is any locked web server. */
async function answers(device: OnvifDevice, said: boolean): Promise<boolean> {
  try {
    await device.clock();
    return true;
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return said && error.code === 'camera-unauthorized';
  }
}

/** Asks one device all that we want to know. */
class Inspection {
  readonly #device: OnvifDevice;
  readonly #service: Service;
  readonly #camera: FoundCamera;
  readonly #ground: Ground;

  constructor(device: OnvifDevice, url: string, { camera, ground }: { camera: FoundCamera; ground: Ground }) {
    this.#device = device;
    this.#service = { kind: 'onvif', port: portOf(new URL(url)), url };
    this.#camera = camera;
    this.#ground = ground;
  }

  async run(): Promise<void> {
    await this.#identify();
    for (const service of await this.#device.mediaServices()) {
      const profiles = await this.#device.profiles(service);
      if (await this.#tellStreams(service, profiles)) break;
    }
    if (this.#device.refused) this.#tell({ needsPassword: true });
  }

  async #identify(): Promise<void> {
    const information = await this.#device.information();
    this.#tell({ services: [this.#service], ...information });
    if (this.#device.refused) return;
    const name = this.#camera.name === null ? await this.#device.name() : null;
    const mac = this.#camera.mac === null ? await this.#device.hardwareAddress() : null;
    if (name !== null || mac !== null) this.#tell({ name, mac });
  }

  /** Tells each stream as it comes to be known; true when there was one. */
  async #tellStreams(service: MediaService, profiles: readonly Profile[]): Promise<boolean> {
    let told = 0;
    let snapshots = 0;
    const labels = labelsOf(profiles);
    for (const profile of [...labels.keys()].slice(0, MAX_STREAMS)) {
      const label = labels.get(profile) ?? profile.token;
      const source = await this.#device.streamUrl(service, profile);
      if (source === null) continue;
      told += 1;
      this.#tell({ streams: [streamOf(source, label, profile)], services: [rtspService(source)] });
      if (snapshots++ >= MAX_SNAPSHOTS) continue;
      const still = await this.#device.snapshotUrl(service, profile);
      // What a snapshot measures is the device's choice: many answer the small stream's.
      if (still !== null) this.#tell({ streams: [streamOf(still, 'snapshot', UNMEASURED)] });
    }
    return told > 0;
  }

  #tell(seen: Omit<Sighting, 'way' | 'address'>): void {
    this.#ground.seen({ way: 'onvif', address: new URL(this.#service.url).hostname, ...seen });
  }
}

type Measures = Pick<Profile, 'codec' | 'width' | 'height' | 'fps'>;

const UNMEASURED: Measures = { codec: 'mjpeg', width: 0, height: 0, fps: 0 };

function streamOf(source: string, label: string, { codec, width, height, fps }: Measures): FoundStream {
  return { source, label, way: 'onvif', confirmed: false, codec, width, height, fps };
}

/** Profiles, largest first, with what to call them: `main`, `sub`, then their own names; with several lenses all theirs. */
function labelsOf(profiles: readonly Profile[]): Map<Profile, string> {
  const sorted = [...profiles].sort((a, b) => b.width * b.height - a.width * a.height);
  const severalLenses = new Set(profiles.map((profile) => profile.videoSource)).size > 1;
  const usual = severalLenses ? [] : ['main', 'sub'];
  return new Map(sorted.map((profile, index) => [profile, usual[index] ?? profile.name ?? profile.token]));
}

function rtspService(url: string): Service {
  return { kind: 'rtsp', port: portOf(new URL(url)), url: atServer(url, '/') };
}
