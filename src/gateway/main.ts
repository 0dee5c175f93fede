// Entry of a gateway worker (`--workers N`): answers HTTP on the address that all workers share, by what main shows it.
// It captures and decides nothing; its streams come over the media lane, its questions go to main.

import cluster from 'node:cluster';
import { Pulse } from '../base/pulse.ts';
import { beginChild, leaveOrphaned, vanish } from '../link/child-frame.ts';
import { ControlLane } from '../link/control-lane.ts';
import { ControlMirror } from '../link/control-mirror.ts';
import { Directory } from '../link/directory.ts';
import type { GatewayMainMethods, GatewayMethods } from '../link/gateway-methods.ts';
import { Gateway } from './server.ts';
import { WorkerLog } from './worker-log.ts';

const GRACE_MS = 500;

const { title, folder } = beginChild();
let leave = (): void => vanish({ folder, socket: null });
process.prependOnceListener('disconnect', () => {
  // node:cluster would exit here at once; responses that are under way get their last part whole.
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
  leave();
});

let gateway: Gateway | null = null;
let log: WorkerLog | null = null;
const directory = new Directory({ role: title });
const lane: ControlLane<GatewayMainMethods, GatewayMethods> = new ControlLane<GatewayMainMethods, GatewayMethods>(
  process,
  {
    serve: async ({ settings, shown }) => {
      mirror.show(shown);
      log = new WorkerLog(settings.logLevel, (lines) => lane.ask('log', { lines }));
      const { server, pages } = settings;
      gateway = await Gateway.start({ view: mirror, media: directory, server, pages, log: log.logger });
      return gateway.address;
    },
    show: (shown) => (mirror.show(shown), null),
    viewers: ({ uid }) => ({ viewers: gateway?.viewers(uid) ?? [] }),
    end: async () => (await close(), setImmediate(() => process.exit(0)), null),
  },
);
const mirror = new ControlMirror({ lane, onDirectory: (entries) => directory.update(entries) });
const pulse = new Pulse((beat) => {
  lane.tell('heartbeat', { ...beat, nativeCalls: 0, oldestNativeMs: 0 });
  gateway?.shed(beat.load);
});

async function close(): Promise<void> {
  pulse.close();
  await gateway?.stop({ graceMs: GRACE_MS });
  await directory.close();
  mirror.close();
  log?.close();
}

leave = () => leaveOrphaned({ folder, socket: null }, close);
if (!process.connected) leave();
lane.tell('ready', null);
