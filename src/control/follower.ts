// Finds a camera again whose address changed (DHCP): remembers the MAC that answers at its address while it is live; when
// somebody else, or nobody, is at that address, looks for the MAC near by, checks that the camera there is the same one,
// and has it opened there. The config keeps what the person wrote. The senses are handed in by the root.

import { isIPv4 } from 'node:net';
import { nowUs } from '../base/clock.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { CameraIdentity } from '../state/types.ts';
import type { Books } from './log.ts';
import { atHost, hostOf } from './moved-address.ts';
import type { CameraRecord } from './registry.ts';

/** How a camera is asked what it sends. */
interface Manner {
  /** Check its certificate. */
  readonly tlsVerify: boolean;
  /** It gets the password by Digest or not at all. */
  readonly digestOnly: boolean;
}

/** What the follower perceives of the local network. */
export interface NetworkSense {
  /** The MAC that this machine knows for a neighbour, without asking anybody; null: none, or no neighbour. */
  macOf(address: string): Promise<string | null>;
  /** Looks through the attached network that `near` belongs to for a MAC: all other addresses that it answers at. */
  find(mac: string, near: string, signal: AbortSignal): Promise<readonly string[]>;
  /** What the camera at this source says it sends; null when it gives none, or refuses its user and password. */
  describe(source: SourceAddress, manner: Manner, signal: AbortSignal): Promise<{ readonly codec: string } | null>;
}

export interface FollowerOptions {
  readonly sense: NetworkSense;
  readonly cameras: () => Iterable<CameraRecord>;
  readonly books: Books;
  /** The camera is to be opened somewhere else from now on. */
  readonly onMoved: () => void;
  /** Between two looks at all cameras, milliseconds. Default 2000. */
  readonly intervalMs?: number;
  /** Between two searches for one camera in the first quarter of an hour, milliseconds. Default 10,000. */
  readonly searchGapMs?: number;
  /** After so long a device that is not the camera's own is taken for it, milliseconds. Default 120,000. */
  readonly replacedAfterMs?: number;
}

const INTERVAL_MS = 2000;
/** A live camera's MAC is looked up again so often: a device may be exchanged behind the same address. */
const LEARN_EVERY_US = 60e6;
/** So long it is known to be without pictures, silent or unreachable, before somebody looks where it is. */
const PATIENCE_US = 2e6;
/** Between two searches for one camera, at first and later: a network is not swept all night for one in a drawer. */
const SEARCH_GAPS = { firstMs: 10_000, laterUs: 120e6, laterAfterUs: 15 * 60e6 };

const REPLACED_AFTER_MS = 120_000;
/** A repeater answers for all that are behind it: so many of its addresses are tried. */
const MAX_PLACES = 4;

interface Learned {
  readonly atUs: number;
  readonly epoch: number | null;
}

/** A device that is not the camera's own, and gives pictures at its address. */
interface Stranger {
  readonly mac: string;
  readonly sinceUs: number;
}

interface Search {
  readonly firstUs: number;
  readonly lastUs: number;
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #learned = new Map<string, Learned>();
  readonly #strangers = new Map<string, Stranger>();
  readonly #searches = new Map<string, Search>();
  /** Where its device was found without its stream, and that was said. */
  readonly #fruitless = new Map<string, Set<string>>();
  /** Since when a camera that is wished for was not live, whatever was tried meanwhile. */
  readonly #lostUs = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), options.intervalMs ?? INTERVAL_MS);
  }

  /** Looks at all cameras, unless it still does. Resolves when it has. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    for (const record of [...this.#options.cameras()]) {
      if (this.#isStopped()) return;
      try {
        await this.#lookAt(record);
      } catch (error) {
        if (this.#isStopped()) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.books.log.warn({ camera: record.id, reason }, 'looking where the camera is failed');
      }
    }
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #lookAt(record: CameraRecord): Promise<void> {
    const host = hostOf(record.source);
    if (host === null || !isIPv4(host) || record.isProbe || !record.config.enabled) return;
    const { state, sinceUs } = record.info().state;
    if (state === 'live' || state === 'idle') this.#lostUs.delete(record.uid);
    if (state === 'live') await this.#learn(record, host);
    if (state === 'live' || state === 'idle') return;
    const lostUs = this.#lostUs.get(record.uid) ?? sinceUs;
    this.#lostUs.set(record.uid, lostUs);
    if (nowUs() - lostUs > PATIENCE_US) await this.#follow(record, host);
  }

  async #learn(record: CameraRecord, host: string): Promise<void> {
    const last = this.#learned.get(record.uid);
    const epoch = record.origin?.epoch ?? null;
    const isReopened = last?.epoch !== epoch;
    if (last !== undefined && !isReopened && nowUs() - last.atUs < LEARN_EVERY_US) return;
    const mac = await this.#options.sense.macOf(host);
    if (mac === null || !this.#isStillAt(record, host)) return;
    const { identity } = record;
    // A session that was opened anew may be with another camera that was given this address, and looks just as well.
    const isStranger = identity !== null && identity.mac !== mac && isReopened;
    if (isStranger && !(await this.#isReplaced(record, host, { mac, identity }))) return;
    this.#searches.delete(record.uid);
    this.#fruitless.delete(record.uid);
    this.#strangers.delete(record.uid);
    this.#learned.set(record.uid, { atUs: nowUs(), epoch });
    record.identify({ mac, codec: codecOf(record) });
  }

  /**
   * True when a device that is not the camera's own has its address for good. Its own may still be starting after a power
   * cut, or known to the system under a former address; and what is another camera's is never taken for this one's.
   */
  async #isReplaced(
    record: CameraRecord,
    host: string,
    { mac, identity }: { readonly mac: string; readonly identity: CameraIdentity },
  ): Promise<boolean> {
    const known = this.#strangers.get(record.uid);
    const { sinceUs } = known?.mac === mac ? known : { sinceUs: nowUs() };
    this.#strangers.set(record.uid, { mac, sinceUs });
    if ((await this.#seek(record, host, identity)) !== 'nowhere') return false;
    const isOthers = [...this.#options.cameras()].some((other) => {
      return other !== record && other.identity?.mac === mac && other.identity.host !== identity.host;
    });
    return !isOthers && nowUs() - sinceUs >= (this.#options.replacedAfterMs ?? REPLACED_AFTER_MS) * 1000;
  }

  async #follow(record: CameraRecord, host: string): Promise<void> {
    const { identity } = record;
    if (identity === null) return;
    // The system remembers a neighbour for half a minute after it has gone: one that cannot be reached is not there.
    const isReached = record.info().state.reason?.code !== 'camera-unreachable';
    if (isReached && (await this.#options.sense.macOf(host)) === identity.mac) return;
    await this.#seek(record, host, identity);
  }

  /** Looks where its device is, and has the camera opened there. `later`: it was looked for a moment ago, or has changed. */
  async #seek(record: CameraRecord, host: string, identity: CameraIdentity): Promise<'moved' | 'nowhere' | 'later'> {
    if (!this.#maySearch(record.uid)) return 'later';
    const { sense } = this.#options;
    const { signal } = this.#stop;
    const found = await sense.find(identity.mac, host, signal);
    for (const place of found.filter((each) => !this.#isAnothers(record, each, identity)).slice(0, MAX_PLACES)) {
      if (!this.#isStillAt(record, host)) return 'later';
      // A MAC can be forged: the password is told in clear to that camera only which took it so where it was.
      const manner = { tlsVerify: record.config.tlsVerify, digestOnly: record.login !== 'basic' };
      const there = await sense.describe(atHost(record.config.source, place), manner, signal);
      if (!this.#isStillAt(record, host)) return 'later';
      if (there !== null && (identity.codec === null || there.codec === identity.codec)) {
        this.#move(record, host, place);
        return 'moved';
      }
      this.#noteFruitless(record, place);
    }
    return this.#isStillAt(record, host) ? 'nowhere' : 'later';
  }

  /** Once for each place, until it is seen again: it is looked for many times. */
  #noteFruitless(record: CameraRecord, place: string): void {
    const said = this.#fruitless.get(record.uid) ?? new Set();
    this.#fruitless.set(record.uid, said);
    if (said.has(place)) return;
    said.add(place);
    this.#note(record, `the device of ${record.id} is at ${place} now, but gives no such stream there`);
  }

  #move(record: CameraRecord, from: string, to: string): void {
    record.moveTo(to);
    this.#searches.delete(record.uid);
    this.#fruitless.delete(record.uid);
    this.#lostUs.delete(record.uid);
    this.#note(record, `camera was found again at ${to}; it was at ${from}`);
    this.#options.onMoved();
  }

  /** Nobody has removed it, switched it off or written another address meanwhile. */
  #isStillAt(record: CameraRecord, host: string): boolean {
    const isListed = [...this.#options.cameras()].includes(record);
    return isListed && record.config.enabled && hostOf(record.source) === host;
  }

  /** A camera with another address in the config has this one, and its MAC tells it from ours no more: a repeater's. */
  #isAnothers(record: CameraRecord, address: string, { mac, host }: CameraIdentity): boolean {
    return [...this.#options.cameras()].some(
      (other) =>
        other !== record &&
        hostOf(other.source) === address &&
        other.identity?.mac === mac &&
        other.identity.host !== host,
    );
  }

  #maySearch(uid: string): boolean {
    const now = nowUs();
    const { firstUs, lastUs } = this.#searches.get(uid) ?? { firstUs: now, lastUs: -Infinity };
    const earlyUs = (this.#options.searchGapMs ?? SEARCH_GAPS.firstMs) * 1000;
    const gapUs = now - firstUs < SEARCH_GAPS.laterAfterUs ? earlyUs : SEARCH_GAPS.laterUs;
    if (now - lastUs < gapUs) return false;
    this.#searches.set(uid, { firstUs, lastUs: now });
    return true;
  }

  #note(record: CameraRecord, text: string): void {
    this.#options.books.log.info({ camera: record.id }, text);
    this.#options.books.journal.note({ level: 'info', about: record, text, code: null });
  }
}

function codecOf(record: CameraRecord): string | null {
  return record.origin?.tracks.find(({ kind }) => kind === 'video')?.codec ?? null;
}
