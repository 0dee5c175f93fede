// A device that tells of itself by multicast DNS (RFC 6762), as a program on a host of a lab: `node mdns-responder.ts
// JSON` says one line when it listens and ends when its standard input does.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'dns-packet';
import type { Answer, Packet } from 'dns-packet';
import type { LabHost } from '../fixtures/lab.ts';

export interface MdnsDevice {
  /** `AXIS P3245-V - ACCC8E000001`. */
  readonly name: string;
  /** `_axis-video._tcp`, and where: several on one device. */
  readonly services: Readonly<Record<string, number>>;
  readonly text?: readonly string[];
  /** Its address; another than its own is a lie. */
  readonly address: string;
  /** `once`: tells where it is with the first answer. `when asked`: only names, until it is asked further. */
  readonly places: 'at once' | 'when asked';
  /** Answers to all, though it was asked to answer to one. */
  readonly loud?: boolean;
  /** Sends noise and torn messages before each answer. */
  readonly noisy?: boolean;
}

const GROUP = '224.0.0.251';

function recordsOf(device: MdnsDevice): Answer[] {
  const host = `${device.name.replace(/\W+/g, '-').toLowerCase()}.local`;
  const services = Object.entries(device.services).flatMap(([service, port]): Answer[] => {
    const type = `${service}.local`;
    const instance = `${device.name}.${type}`;
    return [
      { type: 'PTR', name: type, data: instance },
      { type: 'SRV', name: instance, data: { target: host, port } },
      { type: 'TXT', name: instance, data: [...(device.text ?? [])] },
    ];
  });
  return [...services, { type: 'A', name: host, data: device.address }];
}

function answerTo(query: Packet, device: MdnsDevice): Packet | null {
  const records = recordsOf(device);
  const asked = query.questions ?? [];
  const answers = records.filter(({ name, type }) => asked.some((each) => each.name === name && each.type === type));
  if (query.type !== 'query' || answers.length === 0) return null;
  const isBrowsing = asked.some(({ type }) => type === 'PTR');
  const more = device.places === 'at once' || !isBrowsing ? records.filter(({ type }) => type !== 'PTR') : [];
  return { type: 'response', flags: 0x0400, answers, additionals: more };
}

async function respond(device: MdnsDevice): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', (bytes, from) => {
    const answer = answerTo(decode(bytes), device);
    if (answer === null) return;
    const whole = encode(answer);
    const sent =
      device.noisy === true ? [Buffer.alloc(300, 0xc0), whole.subarray(0, whole.length / 2), whole] : [whole];
    const [port, address] = device.loud === true ? [5353, GROUP] : [from.port, from.address];
    for (const each of sent) socket.send(each, port, address);
  });
  socket.bind(5353, () => {
    socket.addMembership(GROUP);
    socket.setMulticastLoopback(false);
  });
  await once(socket, 'listening');
}

/** Starts it on a host of a lab; resolves once it listens. */
export async function startMdnsDevice(
  host: LabHost,
  device: Omit<MdnsDevice, 'address'> & { address?: string },
): Promise<void> {
  const all: MdnsDevice = { address: host.address, ...device };
  const program = host.spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(all)]);
  await Promise.race([
    once(program.stdout, 'data'),
    once(program, 'exit').then(() => Promise.reject(new Error('a device of mDNS ended before it listened'))),
  ]);
}

if (import.meta.main) {
  await respond(JSON.parse(process.argv[2] ?? '{}') as MdnsDevice);
  process.stdin.on('end', () => process.exit()).resume();
  console.log('listening');
}
