// What the gateway is made of: the ways out, pictures in, who may ask, and the counts of all of them. Opened together,
// and ended together when the server stops.

import type { Logger } from 'pino';
import type { ControlPort } from '../link/control-port.ts';
import type { MediaPort } from '../link/types.ts';
import type { Access } from './access/access.ts';
import { OpenStreams } from './access/open-streams.ts';
import { BodyDeadlines } from './body-deadlines.ts';
import { DiscoveryStream } from './delivery/discovery.ts';
import { Events } from './delivery/events.ts';
import { Frames } from './delivery/frames.ts';
import { Mjpeg } from './delivery/mjpeg.ts';
import { Channels } from './delivery/shared/channels.ts';
import { Snapshots } from './delivery/snapshot.ts';
import { Tiles } from './delivery/tiles.ts';
import { openKernelQueue, type KernelQueue } from './kernel-queue.ts';
import { PushLines } from './push/push-lines.ts';
import { Reporter } from './reporter.ts';
import { Requests } from './requests.ts';
import { Viewers } from './viewers.ts';

export interface PartsOptions {
  readonly view: ControlPort;
  readonly media: MediaPort;
  readonly log: Logger;
  /**
   * Limits in milliseconds, for tests: first picture 5000, silence before a slate 5000, unreachable viewer 60000, between
   * two signs of life on a stream of events 15000, the body of a request 30000.
   */
  readonly limits?: {
    readonly firstPictureMs?: number;
    readonly silenceMs?: number;
    readonly unreachableMs?: number;
    readonly heartbeatMs?: number;
    readonly bodyMs?: number;
  };
}

export interface Parts {
  readonly channels: Channels;
  readonly mjpeg: Mjpeg;
  readonly snapshots: Snapshots;
  readonly tiles: Tiles;
  readonly frames: Frames;
  readonly events: Events;
  readonly discovery: DiscoveryStream;
  readonly pushLines: PushLines;
  readonly viewers: Viewers;
  readonly requests: Requests;
  readonly bodies: BodyDeadlines;
  readonly reporter: Reporter;
  readonly kernelQueue: KernelQueue;
  /** Aborts when the server stops, and with it what requests wait for. */
  readonly stopping: AbortController;
  readonly access: Access;
  readonly streams: OpenStreams;
  /** The path below which a proxy shows the server, with a slash at both ends. */
  readonly base: string;
}

/** `base`: with a slash at both ends. */
export async function openParts(
  { view, media, log, limits = {} }: PartsOptions,
  access: Access,
  base: string,
): Promise<Parts> {
  const {
    firstPictureMs = 5000,
    silenceMs = 5000,
    unreachableMs = 60_000,
    heartbeatMs = 15_000,
    bodyMs = 30_000,
  } = limits;
  const kernelQueue = await openKernelQueue();
  if (kernelQueue.bytes === null) log.warn({ why: kernelQueue.why }, 'kernel queue unbounded');
  const viewers = new Viewers(log);
  const channels = new Channels(media, view, silenceMs);
  const streams = new OpenStreams(access, view);
  const mjpeg = new Mjpeg({ view, channels, viewers, streams, kernelQueue, firstPictureMs, unreachableMs });
  const tiles = new Tiles({ view, channels, viewers, access, streams, unreachableMs });
  const frames = new Frames({ view, channels, viewers, streams, firstPictureMs, unreachableMs });
  const snapshots = new Snapshots({ view, media, channels, deadlineMs: firstPictureMs });
  const patience = { deadlineMs: firstPictureMs, unreachableMs, heartbeatMs };
  const events = new Events({ view, media, streams, base, ...patience });
  const discovery = new DiscoveryStream({ view, streams, heartbeatMs });
  const pushLines = new PushLines({ media, patienceMs: firstPictureMs });
  const requests = new Requests();
  const reporter = new Reporter(view, viewers, requests);
  const stopping = new AbortController();
  const bodies = new BodyDeadlines(bodyMs);
  const reading = { channels, mjpeg, snapshots, tiles, frames, events, discovery, viewers };
  return { ...reading, pushLines, requests, bodies, reporter, kernelQueue, stopping, access, streams, base };
}

/** Ends every response, each with its last part whole, and whatever waits. */
export function endResponses(parts: Parts): void {
  parts.snapshots.stop();
  parts.stopping.abort();
  parts.pushLines.stop();
  parts.mjpeg.stop();
  parts.tiles.stop();
  parts.frames.stop();
  parts.events.stop();
  parts.discovery.stop();
  parts.streams.stop();
}

/** Closes what responses came from, when they have ended. */
export function closeParts({ channels, reporter }: Parts): void {
  channels.close();
  reporter.stop();
}
