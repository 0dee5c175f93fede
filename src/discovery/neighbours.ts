// A way of looking: who is there at all? One datagram to each address makes the kernel ask ARP, and the kernel's table
// tells who answered, and by which MAC. Needs no privilege. What the neighbours are is found out by ports.ts.

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatIpv4, hostsOf, isIn, parseSubnet } from './ipv4.ts';
import { readNeighbours } from './neighbour-table.ts';
import type { Neighbour } from './neighbour-tables.ts';
import { ownAddresses } from './networks.ts';
import { answersAt } from './port-connect.ts';
import type { Allowance, Interval } from './packet-budget.ts';
import type { Ground, LocalNetwork, Looker } from './types.ts';

/** RFC 863: whoever has it open throws away what comes; nobody answers. */
const DISCARD_PORT = 9;
/** Linux keeps 1,024 neighbours: half of them are left to everybody else. */
const PIECE = 512;
/** ARP asks a second time after 1 s; who has not answered that, and soon, is not there. */
const LAST_ANSWER_MS = 1300;
const READ_EVERY_MS = 150;
/** So many wait for their turn, so that those who look closer at what was found do not hold the sweep up. */
const AT_ONCE = 40;
/** At first fewer, so that what is found soon is looked at soon. */
const FIRST = 64;
const FIRST_AT_ONCE = 8;
/** When ARP repeats a question that nobody answers; a kernel's timers are a tick early at most, and eight late. */
const ASKED_AGAIN: readonly Interval[] = [
  [980, 1100],
  [1970, 2200],
];
/** When it looks whether somebody whom it remembers is still there: after 5 s, and twice more if nobody answers. */
const CHECKED: readonly Interval[] = [
  [4900, 5700],
  [5900, 6900],
  [6900, 8100],
];
/** When a neighbour that was sent a datagram looks whether we are still here, which our kernel answers. */
const ASKED_BACK: Interval = [4900, 5700];
/** Behind a router there is no ARP: one of these ports is open, or refuses, wherever a camera is. */
const ROUTED_PORTS = [554, 80];
const ROUTED_AT_ONCE = 32;

export const neighbours: Looker = {
  way: 'neighbours',
  async look(ground) {
    const attached = ground.networks.filter((network) => network.attached);
    const routed = ground.networks.filter((network) => !network.attached);
    await Promise.all([
      attached.length > 0 ? new Sweep(attached, ground).run() : undefined,
      ...routed.map((network) => knock(network, ground)),
    ]);
  },
};

/** Goes through attached networks address by address, and reports who is in the table meanwhile. */
class Sweep {
  readonly #networks: readonly LocalNetwork[];
  readonly #ground: Ground;
  /** MACs by address, as they were reported. */
  readonly #known = new Map<string, string>();
  /** What asking again would cost, by address. */
  readonly #unanswered = new Map<string, Allowance>();

  constructor(networks: readonly LocalNetwork[], ground: Ground) {
    this.#networks = networks;
    this.#ground = ground;
  }

  async run(): Promise<void> {
    const done = new AbortController();
    await this.#report();
    const remembered = new Set(this.#known.keys());
    const reading = this.#keepReading(AbortSignal.any([done.signal, this.#ground.signal]));
    try {
      await this.#askAll(remembered);
    } finally {
      done.abort();
      await reading;
    }
    await this.#report();
    this.#ground.signal.throwIfAborted();
  }

  async #askAll(remembered: ReadonlySet<string>): Promise<void> {
    const { signal } = this.#ground;
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    try {
      const addresses = [...this.#addresses()];
      const askEach = async (some: readonly string[], atOnce: number): Promise<void> => {
        const left = some.values();
        await Promise.all(Array.from({ length: atOnce }, () => this.#ask(socket, left, remembered)));
      };
      await askEach(addresses.slice(0, FIRST), FIRST_AT_ONCE);
      for (let from = 0; from < addresses.length; from += PIECE) {
        await askEach(addresses.slice(Math.max(FIRST, from), from + PIECE), AT_ONCE);
        await sleep(LAST_ANSWER_MS, undefined, { signal });
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      socket.close();
      await once(socket, 'close');
    }
  }

  /** Whom the kernel remembers from before is sent something too: it then looks whether that is still true. */
  async #ask(socket: Socket, addresses: IterableIterator<string>, remembered: ReadonlySet<string>): Promise<void> {
    const { budget, signal } = this.#ground;
    for (const address of addresses) {
      const isRemembered = remembered.has(address);
      if (this.#known.has(address) && !isRemembered) continue;
      const again = isRemembered ? CHECKED : ASKED_AGAIN;
      const packets = await budget.take(signal, 1 + again.length);
      await send(socket, address);
      packets.sent();
      for (const when of again) packets.later(1, when);
      this.#unanswered.set(address, packets);
    }
  }

  /** Each once, although two interfaces may be in one network; not our own. */
  *#addresses(): Generator<string> {
    const own = ownAddresses();
    for (const cidr of new Set(this.#networks.map((network) => network.cidr))) {
      const subnet = parseSubnet(cidr);
      if (!subnet) continue;
      for (const number of hostsOf(subnet)) {
        const address = formatIpv4(number);
        if (!own.has(address)) yield address;
      }
    }
  }

  async #keepReading(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#report();
    }
  }

  async #report(): Promise<void> {
    for (const { address, mac, interface: name } of await readNeighbours()) {
      if (!this.#isOurs({ address, mac, interface: name }) || this.#known.get(address) === mac) continue;
      this.#known.set(address, mac);
      this.#answered(address);
      this.#ground.seen({ way: 'neighbours', address, mac });
    }
  }

  /** ARP asks no more, and the datagram has gone. */
  #answered(address: string): void {
    const packets = this.#unanswered.get(address);
    if (packets === undefined) return;
    packets.cancel();
    packets.sent();
    packets.later(1, ASKED_BACK);
    this.#unanswered.delete(address);
  }

  #isOurs({ address, interface: name }: Neighbour): boolean {
    return this.#networks.some((network) => (name === '' || name === network.interface) && isIn(address, network.cidr));
  }
}

/** An address that the kernel has no way to is no neighbour: that is all that a failure to send says. */
function send(socket: Socket, address: string): Promise<void> {
  return new Promise((resolve) => socket.send(NOTHING, DISCARD_PORT, address, () => resolve()));
}

const NOTHING = Buffer.alloc(1);

/** Looks through a network behind a router, by connecting. */
async function knock(network: LocalNetwork, ground: Ground): Promise<void> {
  const subnet = parseSubnet(network.cidr);
  if (!subnet) return;
  const addresses = hostsOf(subnet);
  const knocker = async (): Promise<void> => {
    for (const number of addresses) {
      const address = formatIpv4(number);
      if (await isThere(address, ground)) ground.seen({ way: 'neighbours', address });
    }
  };
  await Promise.all(Array.from({ length: ROUTED_AT_ONCE }, knocker));
}

async function isThere(address: string, ground: Ground): Promise<boolean> {
  for (const port of ROUTED_PORTS) if (await answersAt(address, port, ground)) return true;
  return false;
}
