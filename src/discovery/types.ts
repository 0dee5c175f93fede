// What the parts of discovery say to one another. Each way of looking (neighbours, WS-Discovery, mDNS, phones) tells what
// it sees as Sightings; identity.ts makes one FoundCamera of all that belong to the same device; run.ts leads.

import type { FoundCamera, FoundStream, Service, Way } from '../link/found.ts';
import type { PacketBudget } from './packet-budget.ts';

export type { FoundCamera, FoundStream, Service, Way } from '../link/found.ts';

/** One interface's IPv4 subnet that may be looked through. */
export interface LocalNetwork {
  /** Of this machine: `eth0`. */
  readonly interface: string;
  /** Our own address in it. */
  readonly address: string;
  /** What is looked through, `192.168.1.0/24`: the whole subnet, or a part of it when it is large. */
  readonly cidr: string;
  /** The whole subnet, when only a part is looked through; null otherwise. */
  readonly partOf: string | null;
  /** False: behind a router, so that nobody there answers ARP or multicast. */
  readonly attached: boolean;
}

/**
 * What somebody may log in with while looking, for every device of the run: never a default, never kept. Only hashed
 * (Digest, WS-Security's PasswordDigest), never as Basic: that would hand it to whoever on the network asks for it. Once a
 * device has refused it, it is not given there again by the same protocol: cameras lock users out after a few tries.
 */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a way of looking works on. */
export interface Ground {
  readonly networks: readonly LocalNetwork[];
  readonly login: Login | null;
  /** Taken from before each packet and each connection that is sent. */
  readonly budget: PacketBudget;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** May be called as often as something new is known of a device. */
  seen(sighting: Sighting): void;
}

/** What one way saw of one device. Unknown is null or absent; names come from the network and are cut to 200 characters. */
export interface Sighting {
  readonly way: Way;
  /** An IP literal inside one of the ground's networks. */
  readonly address: string;
  /** Small letters with colons: `aa:bb:cc:dd:ee:ff`. */
  readonly mac?: string | null;
  readonly serial?: string | null;
  /** ONVIF's endpoint reference: `urn:uuid:…`. */
  readonly endpoint?: string | null;
  readonly name?: string | null;
  readonly maker?: string | null;
  readonly model?: string | null;
  readonly services?: readonly Service[];
  readonly streams?: readonly FoundStream[];
  /** Something there asks for a password that was not given, or was wrong. */
  readonly needsPassword?: boolean;
}

/** A way of looking: resolves when it has seen all it can; rejects only with the reason of the signal. */
export interface Looker {
  readonly way: Way;
  look(ground: Ground): Promise<void>;
}

/**
 * Looks closer at a device that somebody saw: its services, its name, its streams. All inspectors are asked about each
 * device in the order of their list, again whenever something new was seen of it, one at a time for one device.
 */
export interface Inspector {
  readonly way: Way;
  /** What it would look at (addresses, URLs of services or streams), of what is known now; each is handed over once a run. */
  subjects(camera: FoundCamera): readonly string[];
  /** Rejects only with the reason of the signal. */
  inspect(camera: FoundCamera, subjects: readonly string[], ground: Ground): Promise<void>;
}
