// How fast the cameras of a network are found, and how many packets that costs: a /24 in network namespaces with twenty
// cameras that have passwords, half of which tell of themselves by ONVIF, printers and others between them, and 220
// addresses where nobody is.

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spread } from '../../src/bench/statistics.ts';
import { PacketMeter } from '../../test/fixtures/packet-meter.ts';
import { Lab, LAB_REFUSAL } from '../../test/fixtures/lab.ts';
import type { LabHost } from '../../test/fixtures/lab.ts';
import { startLabDevice } from '../../test/peers/lab-device.ts';
import type { LabService } from '../../test/peers/lab-device.ts';
import { startOnvifDevice } from '../../test/peers/onvif-device.ts';
import type { Context } from '../ground/context.ts';
import type { Figure, Target } from '../ground/figures.ts';

const CAMERAS = 20;
const OTHERS = 8;
const LOGIN = { user: 'admin', password: 'bench' };

/** A Hikvision in shape: RTSP that asks for the password, pages by its server's name. */
const CAMERA: readonly LabService[] = [
  {
    ...{ port: 554, kind: 'rtsp' },
    camera: {
      streams: { '/Streaming/Channels/101': '1920x1080', '/Streaming/Channels/102': '640x360' },
      login: LOGIN,
    },
  },
  { port: 80, kind: 'says', text: 'HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\n\r\n' },
];
const PRINTER: readonly LabService[] = [
  { port: 80, kind: 'says', text: 'HTTP/1.1 200 OK\r\nServer: HP HTTP Server\r\n\r\n' },
];

interface Result {
  readonly wholeMs: number;
  readonly firstMs: number;
  readonly opened: number;
  /** The most that were sent in any second. */
  readonly packets: number;
  readonly sent: number;
}

export async function discovery(context: Context): Promise<Figure[]> {
  if (LAB_REFUSAL !== null) throw new Error(LAB_REFUSAL);
  const results: Result[] = [];
  for (let round = 0; round < context.rounds; round++) {
    // A LAN of its own for each round: nobody is known to the kernel.
    await using lab = await Lab.open();
    const finder = await furnish(lab);
    results.push(await measure(context, finder));
    context.note(`round ${round + 1}: ${JSON.stringify(results.at(-1))}`);
  }
  const figure = (name: string, unit: string, of: (result: Result) => number, target: Target | null): Figure => {
    return {
      name: `discovery in a /24 with ${CAMERAS} cameras: ${name}`,
      unit,
      ours: spread(results.map(of)),
      peers: [],
      target,
    };
  };
  const most = (value: number): Target => ({ of: 'ours', bound: 'at most', value });
  return [
    figure('whole', 'ms', ({ wholeMs }) => wholeMs, most(10_000)),
    figure('first camera listed', 'ms', ({ firstMs }) => firstMs, most(1500)),
    figure('cameras with a picture', 'cameras', ({ opened }) => opened, {
      of: 'ours',
      bound: 'at least',
      value: CAMERAS,
    }),
    figure('packets in the busiest second', 'packets', ({ packets }) => packets, most(199)),
    figure('packets in all', 'packets', ({ sent }) => sent, null),
  ];
}

async function furnish(lab: Lab): Promise<LabHost> {
  const host = (last: number, vendor: string): Promise<LabHost> =>
    lab.host({ address: `192.168.60.${last}`, mac: `${vendor}:00:00:${last.toString(16).padStart(2, '0')}` });
  for (let n = 0; n < CAMERAS; n++) {
    const camera = await host(20 + n * 11, 'c0:56:e3');
    if (n % 2 === 0) await startLabDevice(camera, CAMERA);
    else await startTalkative(camera);
  }
  for (let n = 0; n < OTHERS; n++)
    await startLabDevice(await host(25 + n * 22, '00:11:22'), n % 2 === 0 ? PRINTER : []);
  return host(2, '02:00:00');
}

/** A camera that answers WS-Discovery and says by ONVIF where its streams are. */
async function startTalkative(camera: LabHost): Promise<void> {
  const login = { username: LOGIN.user, password: LOGIN.password };
  const streams = { '/Profile_1?a=1&b=2': '2688x1520', '/Profile_2?a=1&b=2': '640x360' };
  await startOnvifDevice(camera, { login, discovery: 'probe-hikvision' });
  await startLabDevice(camera, [{ port: 554, kind: 'rtsp', camera: { streams, login: LOGIN } }]);
}

async function measure(context: Context, finder: LabHost): Promise<Result> {
  const script = join(context.root, 'test/peers/run-discovery.ts');
  const before = finder.sentPackets();
  const meter = new PacketMeter(() => finder.sentPackets());
  const program = finder.spawn(process.execPath, [script, LOGIN.user, LOGIN.password], 'ignore');
  let firstMs = Infinity;
  let end = { opened: 0, atMs: Infinity };
  for await (const line of createInterface({ input: program.stdout })) {
    const said = JSON.parse(line) as { listed?: string; opened?: number; atMs: number };
    if (said.listed !== undefined) firstMs = Math.min(firstMs, said.atMs);
    else end = { opened: said.opened ?? 0, atMs: said.atMs };
  }
  const { opened, atMs: wholeMs } = end;
  return { wholeMs, firstMs, opened, packets: meter.stop(), sent: finder.sentPackets() - before };
}
