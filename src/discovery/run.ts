// One run of discovery: all ways look at the same time, what they see becomes cameras, and inspectors look closer at each
// device, one after the other. The list fills while it runs; one run at a time is the caller's duty.

import { SightlineError } from '../base/errors.ts';
import { Identity, isCamera } from './identity.ts';
import { ownAddresses } from './networks.ts';
import { PacketBudget } from './packet-budget.ts';
import { saneSighting } from './sane-sighting.ts';
import type { Bounds } from './sane-sighting.ts';
import type { FoundCamera, Ground, Inspector, LocalNetwork, Login, Looker, Sighting } from './types.ts';

export interface DiscoverOptions {
  /** Where to look (networks.ts). Nothing is sent anywhere else, whatever a device says. */
  readonly networks: readonly LocalNetwork[];
  readonly ways: readonly Looker[];
  /** In this order each device is looked at. */
  readonly inspectors: readonly Inspector[];
  readonly login: Login | null;
  /** Ends the run at once, with what was found. */
  readonly signal: AbortSignal;
  /** Shared with whatever else looks at the same time. Default: one of its own. */
  readonly budget?: PacketBudget;
  /** A camera, each time that something new is known of it; `replaces`: ids of earlier ones that turned out to be it. */
  onCamera(camera: FoundCamera, replaces: readonly string[]): void;
}

/** Looks for cameras. Resolves with all that were found, by address, also when the signal ended it before. */
export async function discover(options: DiscoverOptions): Promise<FoundCamera[]> {
  const run = new Run(options);
  return run.toEnd();
}

class Run {
  readonly #options: DiscoverOptions;
  readonly #ground: Ground;
  readonly #bounds: Bounds;
  readonly #identity = new Identity();
  /** What was said of each camera last, also as JSON, by id. */
  readonly #told = new Map<string, { readonly camera: FoundCamera; readonly text: string }>();
  /** What each inspector was handed. */
  readonly #done = new Map<Inspector, Set<string>>();
  /** Devices, as they are known now, at which no inspector has anything more to look. */
  readonly #settled = new WeakSet<FoundCamera>();
  /** Addresses of devices that are being inspected. */
  readonly #busy = new Set<string>();
  readonly #finished = Promise.withResolvers<undefined>();
  /** Ends what is still under way when the run is over. */
  readonly #over = new AbortController();
  #looking = 0;
  #isDue = false;

  constructor(options: DiscoverOptions) {
    this.#options = options;
    this.#bounds = { networks: options.networks, own: ownAddresses() };
    this.#ground = {
      ...{ networks: options.networks, login: options.login },
      signal: AbortSignal.any([options.signal, this.#over.signal]),
      budget: options.budget ?? new PacketBudget(),
      seen: (sighting) => this.#seen(sighting),
    };
  }

  async toEnd(): Promise<FoundCamera[]> {
    const { networks, ways, signal } = this.#options;
    if (networks.length === 0) return [];
    const ended = (): void => this.#finished.resolve(undefined);
    signal.addEventListener('abort', ended, { once: true });
    if (signal.aborted) ended();
    try {
      for (const way of ways) void this.#keep(way.look(this.#ground));
      this.#goOn();
      await this.#finished.promise;
    } finally {
      signal.removeEventListener('abort', ended);
      this.#over.abort(new SightlineError('stopping', 'the run is over'));
    }
    return this.#identity.devices().filter(isCamera);
  }

  /** Counts a work in; the run ends with the last. */
  async #keep(work: Promise<void>): Promise<void> {
    this.#looking++;
    try {
      await work;
    } catch (error) {
      this.#finished.reject(error);
    }
    this.#looking--;
    this.#goOn();
  }

  #seen(sighting: Sighting): void {
    if (this.#ground.signal.aborted) return;
    const sane = saneSighting(sighting, this.#bounds);
    if (sane === null) return;
    this.#identity.add(sane);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#goOn());
  }

  #goOn(): void {
    this.#isDue = false;
    if (!this.#ground.signal.aborted) {
      const devices = this.#identity.devices();
      this.#tell(devices.filter(isCamera));
      for (const device of devices) this.#inspect(device);
    }
    if (this.#looking === 0) this.#finished.resolve(undefined);
  }

  #tell(cameras: readonly FoundCamera[]): void {
    const present = new Set(cameras.map(({ id }) => id));
    const gone = [...this.#told].filter(([id]) => !present.has(id));
    for (const camera of cameras) {
      const last = this.#told.get(camera.id);
      if (last?.camera === camera) continue;
      const text = JSON.stringify(camera);
      if (last?.text === text) continue;
      const addresses = addressesOf(camera);
      const replaces = gone.filter(([, told]) => addressesOf(told.camera).some((each) => addresses.includes(each)));
      this.#told.set(camera.id, { camera, text });
      this.#options.onCamera(
        camera,
        replaces.map(([id]) => id),
      );
    }
    for (const [id] of gone) this.#told.delete(id);
  }

  /** Hands a device to the first inspector that finds something new to look at, when none has it at the moment. */
  #inspect(device: FoundCamera): void {
    if (this.#settled.has(device)) return;
    const addresses = addressesOf(device);
    if (addresses.some((address) => this.#busy.has(address))) return;
    for (const inspector of this.#options.inspectors) {
      const subjects = this.#newSubjects(inspector, device);
      if (subjects.length === 0) continue;
      for (const address of addresses) this.#busy.add(address);
      const work = inspector.inspect(device, subjects, this.#ground).finally(() => {
        for (const address of addresses) this.#busy.delete(address);
      });
      void this.#keep(work);
      return;
    }
    this.#settled.add(device);
  }

  #newSubjects(inspector: Inspector, device: FoundCamera): string[] {
    const done = this.#done.get(inspector) ?? new Set<string>();
    this.#done.set(inspector, done);
    const fresh = inspector.subjects(device).filter((subject) => !done.has(subject));
    for (const subject of fresh) done.add(subject);
    return fresh;
  }
}

function addressesOf({ address, otherAddresses }: FoundCamera): string[] {
  return [address, ...otherAddresses];
}
