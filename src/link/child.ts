// A child process that captures or decodes: its control lane to main, its media socket, its reports, and its end.
// Ingest and codec hang their parts into it.

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setWallOffsetUs } from '../base/clock.ts';
import type { LoadLevel } from '../base/load-watch.ts';
import { Pulse } from '../base/pulse.ts';
import type { Beat } from '../base/pulse.ts';
import type { CameraSpec } from '../config/camera.ts';
import { beginChild, leaveOrphaned, vanish } from './child-frame.ts';
import { ControlLane } from './control-lane.ts';
import { Directory } from './directory.ts';
import { LinkServer } from './server.ts';
import type { CameraProcessors, ProcessorEvent, ProcessorReport } from './processors.ts';
import type { ChildMethods, CodecReport, Heartbeat, MainMethods, OriginReport, Provide } from './types.ts';

/** What a kind of child is made of. */
export interface ChildParts {
  readonly provide: Provide;
  configure(cameras: readonly CameraSpec[]): Promise<void>;
  origins(): readonly OriginReport[];
  codecs(): readonly CodecReport[];
  /** Codec only. */
  readonly processors?: {
    configure(cameras: readonly CameraProcessors[]): void;
    reports(): readonly ProcessorReport[];
  };
  /** Native calls under way; a process without native code has none. */
  native(): Pick<Heartbeat, 'nativeCalls' | 'oldestNativeMs'>;
  /** Told each second how much load to shed. */
  shed(level: LoadLevel): void;
  close(): Promise<void>;
}

/** What the frame gives to the parts. */
export interface ChildContext {
  /** Where other processes' streams are. */
  readonly directory: Directory;
  /** Tells main what changed at once, not with the next second. */
  tellOrigins(reports: readonly OriginReport[]): void;
  /** Tells main at once that a decoding begins, so that it knows whom to suspect if this process dies of it. */
  tellCodecs(reports: readonly CodecReport[]): void;
  /** Tells main at once what became of a processor. */
  tellProcessors(reports: readonly ProcessorReport[]): void;
  tellEvents(events: readonly ProcessorEvent[]): void;
  log(level: MainMethods['log']['params']['level'], message: string, fields?: Record<string, unknown>): void;
}

type Lane = ControlLane<MainMethods, ChildMethods>;

/** Runs this process as a child: `argv` is `[title, folder]`. Resolves once main was told that it is ready. */
export async function runChild(build: (context: ChildContext) => ChildParts): Promise<void> {
  const { title, folder } = beginChild();
  let leave = (): void => vanish({ folder, socket: null });
  process.once('disconnect', () => leave());
  const directory = new Directory({ role: title });
  const lane: Lane = new ControlLane<MainMethods, ChildMethods>(process, {
    configure: async ({ cameras }) => (await parts.configure(cameras), null),
    directory: ({ entries }) => (directory.update(entries), null),
    processors: ({ cameras }) => (parts.processors?.configure(cameras), null),
    wall: ({ offsetUs }) => (setWallOffsetUs(offsetUs), null),
    end: async () => (await close(), setImmediate(() => process.exit(0)), null),
  });
  const parts = build({
    directory,
    tellOrigins: (reports) => lane.tell('origins', { reports }),
    tellCodecs: (reports) => lane.tell('codecs', { reports }),
    tellProcessors: (reports) => lane.tell('processors', { reports }),
    tellEvents: (events) => lane.tell('events', { events }),
    log: (level, message, fields = {}) => lane.tell('log', { level, message, fields }),
  });
  const server = await listen(folder, parts.provide).catch((error: unknown) => cannotListen(error, lane, leave));
  const pulse = new Pulse((beat) => report(lane, parts, beat));
  const close = async (): Promise<void> => {
    pulse.close();
    await parts.close();
    await directory.close();
    await server.close();
  };
  leave = () => leaveOrphaned({ folder, socket: server.endpoint.path }, close);
  if (!process.connected) leave();
  lane.tell('ready', { endpoint: server.endpoint });
}

function listen(folder: string, provide: Provide): Promise<LinkServer> {
  // Short, because the system allows about a hundred characters for a socket's whole path.
  const name = process.platform === 'win32' ? `\\\\.\\pipe\\sightline-${process.pid}` : `${process.pid}.sock`;
  const address = process.platform === 'win32' ? name : path.join(folder, name);
  return LinkServer.listen({ path: address, token: randomBytes(16).toString('hex'), provide });
}

/** Without its socket it is of no use: says why and ends, or leaves when main is gone and took the folder along. */
function cannotListen(error: unknown, lane: Lane, leave: () => void): never {
  if (!process.connected) leave();
  const message = 'the media socket cannot be listened on';
  lane.tell('log', { level: 'error', message, fields: { reason: String(error) } });
  process.exit(1);
}

function report(lane: Lane, parts: ChildParts, beat: Beat): void {
  lane.tell('heartbeat', { ...beat, ...parts.native() });
  lane.tell('origins', { reports: parts.origins() });
  lane.tell('codecs', { reports: parts.codecs() });
  if (parts.processors) lane.tell('processors', { reports: parts.processors.reports() });
  parts.shed(beat.load);
}
