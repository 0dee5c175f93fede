// Entry of a gateway worker (`--workers N`): answers HTTP on the connections that main hands to it, by what main shows
// it. It captures and decides nothing; its streams come over the media lane, its questions go to main.

import { Socket } from 'node:net';
import { Pulse } from '../base/pulse.ts';
import { beginChild, leaveOrphaned, vanish } from '../link/child-frame.ts';
import { ControlLane } from '../link/control-lane.ts';
import { ControlMirror } from '../link/control-mirror.ts';
import { Directory } from '../link/directory.ts';
import type { GatewayMainMethods, GatewayMethods } from '../link/gateway-methods.ts';
import { isHandover, privateSocket } from '../link/handover.ts';
import type { TookMessage } from '../link/handover.ts';
import { Gateway } from './server.ts';
import { WorkerLog } from './worker-log.ts';

const GRACE_MS = 500;

const { title, folder } = beginChild();
const socket = privateSocket(folder, process.pid);
let leave = (): void => vanish({ folder, socket });
process.once('disconnect', () => leave());

let gateway: Gateway | null = null;
let log: WorkerLog | null = null;
const directory = new Directory({ role: title });
const lane: ControlLane<GatewayMainMethods, GatewayMethods> = new ControlLane<GatewayMainMethods, GatewayMethods>(
  process,
  {
    serve: async ({ settings, address, shown, events }) => {
      mirror.show(shown);
      mirror.events.add(events);
      log = new WorkerLog(settings.logLevel, (lines) => lane.ask('log', { lines }));
      const { server, pages } = settings;
      const handed = { address, socket };
      gateway = await Gateway.start({ view: mirror, media: directory, server, handed, pages, log: log.logger });
      return null;
    },
    show: (shown) => (mirror.show(shown), null),
    events: ({ events }) => (mirror.events.add(events), null),
    viewers: ({ uid }) => ({ viewers: gateway?.viewers(uid) ?? [] }),
    end: async () => (await close(), setImmediate(() => process.exit(0)), null),
  },
);
const mirror = new ControlMirror({ lane, onDirectory: (entries) => directory.update(entries) });
const pulse = new Pulse((beat) => {
  lane.tell('heartbeat', { ...beat, nativeCalls: 0, oldestNativeMs: 0 });
  gateway?.shed(beat.load);
});

process.on('message', (message: unknown, connection: unknown) => {
  if (!isHandover(message)) return;
  const took: TookMessage = { took: message.connection };
  // Said before a byte is read: nothing is read until this turn of the event loop is over.
  process.send?.(took);
  // None: it was gone before it came here.
  if (!(connection instanceof Socket)) return;
  if (gateway === null) connection.destroy();
  else gateway.adopt(connection);
});

async function close(): Promise<void> {
  pulse.close();
  await gateway?.stop({ graceMs: GRACE_MS });
  await directory.close();
  mirror.close();
  log?.close();
}

leave = () => leaveOrphaned({ folder, socket }, close);
if (!process.connected) leave();
lane.tell('ready', null);
