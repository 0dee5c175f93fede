// What control's follower perceives of the local network: who is at an address, where a MAC is now, and what the camera
// there sends. The composition root hands it in.

import { nowUs } from '../base/clock.ts';
import { DialGuard } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import type { SourceAddress } from '../config/camera.ts';
import { parseRtspUrl } from '../rtsp/address.ts';
import { RtspClient } from '../rtsp/client.ts';
import { LoginMemory } from '../rtsp/login-memory.ts';
import { DeviceHttp } from './device-http.ts';
import { isIn } from './ipv4.ts';
import { readNeighbours } from './neighbour-table.ts';
import { neighbours } from './neighbours.ts';
import { localNetworks } from './networks.ts';
import type { PacketBudget } from './packet-budget.ts';
import type { LocalNetwork } from './types.ts';

/** Several cameras that are lost together are looked for in one sweep. */
const SWEEP_HOLDS_US = 3e6;
const DESCRIBE_MS = 5000;
const NAMES: Readonly<Record<string, string>> = { H264: 'h264', H265: 'hevc', JPEG: 'mjpeg' };

interface Sweep {
  readonly endedUs: number;
  /** Addresses of each MAC; some may be where it was before. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One for a server. */
export class LocalSense {
  readonly #sweeps = new Map<string, Sweep>();
  readonly #budget: PacketBudget;

  /** `budget`: of all that looks in this process. */
  constructor(budget: PacketBudget) {
    this.#budget = budget;
  }

  /** The MAC that this machine knows for a neighbour; nothing is sent. */
  async macOf(address: string): Promise<string | null> {
    const known = await readNeighbours();
    return known.find((neighbour) => neighbour.address === address)?.mac ?? null;
  }

  /** Where else than `near` a MAC is in the attached network of that address. Rejects with the reason of the signal. */
  async find(mac: string, near: string, signal: AbortSignal): Promise<string[]> {
    const network = localNetworks().find(({ cidr, partOf }) => isIn(near, partOf ?? cidr));
    if (network === undefined) return [];
    const last = this.#sweeps.get(network.cidr);
    const isFresh = last !== undefined && nowUs() - last.endedUs < SWEEP_HOLDS_US;
    const found = isFresh ? last.found : await this.#sweep(network, signal);
    return [...(found.get(mac) ?? [])].filter((address) => address !== near);
  }

  async #sweep(network: LocalNetwork, signal: AbortSignal): Promise<Sweep['found']> {
    const found = new Map<string, Set<string>>();
    await neighbours.look({
      ...{ networks: [network], login: null, budget: this.#budget, signal },
      seen: (sighting) => {
        const { mac, address } = sighting;
        if (mac != null) found.set(mac, (found.get(mac) ?? new Set()).add(address));
      },
    });
    this.#sweeps.set(network.cidr, { endedUs: nowUs(), found });
    return found;
  }

  /**
   * Null when it gives no picture to this user and password, or with `digestOnly` wants them in clear. Rejects with the
   * reason of the signal.
   */
  async describe(
    source: SourceAddress,
    { tlsVerify, digestOnly }: Pick<Look, 'tlsVerify' | 'digestOnly'>,
    signal: AbortSignal,
  ): Promise<{ readonly codec: string } | null> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DESCRIBE_MS)]);
    const look = { target: source.target, tlsVerify, digestOnly, signal: limit };
    try {
      return source.kind === 'rtsp' ? await describeRtsp(look, source.credentials) : await describeHttp(look);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

interface Look {
  readonly target: string;
  readonly tlsVerify: boolean;
  readonly digestOnly: boolean;
  readonly signal: AbortSignal;
}

type Described = { readonly codec: string } | null;

/** A camera answers where it is: one that sends us elsewhere is another one, and nobody may be reached through it. */
class OnlyAt extends DialGuard {
  readonly #host: string;

  constructor(host: string) {
    super(() => null);
    this.#host = host;
  }

  override lookupFor(host: string): undefined {
    if (host !== this.#host) throw new SightlineError('source-forbidden', `${this.#host} sends us to ${host}`);
  }
}

async function describeRtsp(look: Look, credentials: SourceAddress['credentials']): Promise<Described> {
  const { target: url, tlsVerify, digestOnly, signal } = look;
  const client = new RtspClient({
    login: new LoginMemory(digestOnly ? 'digest' : null),
    ...{ url, credentials, tlsVerify, signal, guard: new OnlyAt(parseRtspUrl(url).host) },
    frame: () => undefined,
    quirk: () => undefined,
  });
  try {
    const { media } = await client.describe();
    const video = media.find(({ kind }) => kind === 'video');
    const name = video?.payloads[0]?.encoding.toUpperCase() ?? '';
    return video === undefined ? null : { codec: NAMES[name] ?? name.toLowerCase() };
  } finally {
    await client.close();
  }
}

/** A camera that asks for a password is believed without it: its MAC has been looked up, and only pictures are JPEG. */
async function describeHttp({ target: url, tlsVerify, signal }: Look): Promise<Described> {
  const http = new DeviceHttp({ timeoutMs: DESCRIBE_MS, maxBytes: 0 }, { budget: null, signal, tlsVerify });
  try {
    const { status, headers } = await http.ask({ method: 'GET', url, headers: {}, headersOnly: true });
    const isPicture = /^(?:multipart\/|image\/jpeg)/i.test(headers['content-type'] ?? '');
    return isPicture || status === 401 ? { codec: 'mjpeg' } : null;
  } finally {
    http.close();
  }
}
