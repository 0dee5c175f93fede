// One client on WS /cameras/{id}/frames: takes pictures out of its channel's fan-out, holds the newest that waits
// ("latest wins"), and writes it when the last one was answered. States are said in order with the pictures.

import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import { nowUs } from '../../../base/clock.ts';
import { FloodGuard } from '../../../base/flood-guard.ts';
import { Due } from '../../../media/due.ts';
import type { Jpeg, StreamState } from '../../../media/types.ts';
import { FRAMES_GONE_CODE, type FramesMessage } from '../../api/contract-frames.ts';
import type { ViewerPresence } from '../../viewers.ts';
import type { ChannelLease } from '../shared/channels.ts';
import type { PartTaker } from '../shared/fanout.ts';
import { unixSeconds, type Part } from '../shared/part.ts';
import { understand } from './requests.ts';
import { UnderWay, type Answered } from './under-way.ts';

/** 120 pictures a second, each acknowledged, and what else a client may think of. */
const MAX_MESSAGES_A_SECOND = 1000;
/** While more than this waits in the socket's queue, nothing further is written. */
const QUEUED_BYTES = 4 * 1024;
/** RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008;

export interface ConnectionOptions {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly lease: ChannelLease;
  /** At most so many pictures a second; null: all. */
  readonly fps: number | null;
  /** Pictures that may be sent ahead of the client's acknowledgements; null: it gives none. */
  readonly ahead: number | null;
  /** Enters it among the viewers. */
  readonly enter: (counters: FramesConnection) => ViewerPresence;
}

export class FramesConnection implements PartTaker {
  slot = -1;
  sent = 0;
  dropped = 0;
  bytes = 0;
  /** When anything was last heard from the client. */
  heardUs = nowUs();
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #lease: ChannelLease;
  readonly #presence: ViewerPresence;
  readonly #unlisten: () => void;
  readonly #due: Due;
  readonly #underWay: UnderWay;
  readonly #flood = new FloodGuard(MAX_MESSAGES_A_SECOND);
  #said: StreamState | null = null;
  #unsaid: StreamState | null;
  #waiting: Jpeg | null = null;
  #skipped = 0;
  #lastSequence = -1;
  #closed = false;
  readonly #onWritten = (error?: Error | null): void => {
    if (!error) this.#pump();
  };

  /** Begins: what is fresh in the channel is sent in this call. */
  constructor({ webSocket, socket, lease, fps, ahead, enter }: ConnectionOptions) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#lease = lease;
    this.#due = new Due(fps);
    this.#underWay = new UnderWay(ahead);
    this.#presence = enter(this);
    webSocket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    webSocket.on('pong', (data) => this.#pong(data));
    webSocket.on('error', () => this.terminate('its connection broke'));
    webSocket.on('close', () => this.#end('it closed the connection'));
    const { channel } = lease;
    this.#unsaid = channel.state.current;
    this.#unlisten = channel.state.listen((state) => this.#state(state));
    channel.fanout.add(this);
    if (channel.isFresh) channel.fanout.catchUp(this);
    this.#pump();
  }

  offer({ jpeg }: Part): void {
    if (this.#closed || jpeg === null || jpeg.sequence <= this.#lastSequence) return;
    if (!this.#due.isDue(jpeg.stamp.capturedAtUs)) return;
    this.#lastSequence = jpeg.sequence;
    if (this.#waiting !== null) {
      this.#skipped += 1;
      this.dropped += 1;
    }
    this.#waiting = jpeg;
    this.#pump();
  }

  ping(): void {
    this.#webSocket.ping(this.#underWay.mark);
  }

  /** Ends it in words; whoever does not answer them is cut off by `terminate`. */
  close(code: number, why: string): void {
    this.#end(why);
    this.#webSocket.close(code, why);
  }

  terminate(why: string): void {
    this.#end(why);
    this.#webSocket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.heardUs = nowUs();
    if (this.#closed) return;
    if (this.#flood.isFlood(1, this.heardUs)) {
      this.close(POLICY_VIOLATION, 'too many messages');
      return;
    }
    const request = understand(data, isBinary);
    if (request === null) this.close(POLICY_VIOLATION, 'a message was not understood: see docs/frames.md');
    else this.#answered(this.#underWay.ack(request.sequence, this.heardUs));
  }

  #pong(data: Buffer): void {
    this.heardUs = nowUs();
    this.#answered(this.#underWay.pong(data.toString('latin1'), this.heardUs));
  }

  #answered(answered: Answered | null): void {
    if (answered === null || this.#closed) return;
    this.#presence.delay(answered.delayMs, answered.uncertaintyMs);
    this.#pump();
  }

  /** What waits was captured before, and nothing old is live. */
  #state(state: StreamState): void {
    if (state.reason?.code === 'not-found') {
      this.close(FRAMES_GONE_CODE, 'the camera, or this stream of it, is no more');
      return;
    }
    if (state.state !== 'live') this.#waiting = null;
    this.#unsaid = state;
    this.#pump();
  }

  #pump(): void {
    if (this.#closed || this.#webSocket.bufferedAmount > QUEUED_BYTES) return;
    this.#sayState();
    const jpeg = this.#waiting;
    if (jpeg === null || !this.#underWay.hasRoom) return;
    this.#waiting = null;
    this.#write(jpeg);
  }

  /** Tells a state unless it is what was told last. */
  #sayState(): void {
    const [state, said] = [this.#unsaid, this.#said];
    this.#unsaid = null;
    if (state === null) return;
    this.#said = state;
    const isSameReason = said?.reason?.code === state.reason?.code && said?.reason?.text === state.reason?.text;
    const isSameTime = said?.sinceUs === state.sinceUs || state.state === 'live';
    if (said?.state === state.state && isSameReason && isSameTime) return;
    this.#say({ type: 'state', state: state.state, since: secondsOf(state.sinceUs), reason: state.reason });
  }

  /** Head, picture and ping in one go; the picture's bytes are shared by all who get it. */
  #write(jpeg: Jpeg): void {
    const { bytes, width, height, sequence, stamp } = jpeg;
    const uncertaintyMs = stamp.uncertaintyUs === undefined ? null : stamp.uncertaintyUs / 1000;
    const times = { sequence, timestamp: secondsOf(stamp.capturedAtUs), clock: stamp.clock, uncertaintyMs };
    const shape = { width, height, format: jpeg.pixels ?? 'jpeg', bytes: bytes.length } as const;
    this.#underWay.add({ sequence, capturedAtUs: stamp.capturedAtUs }, nowUs());
    this.#socket.cork();
    this.#say({ type: 'frame', ...times, ...shape, dropped: this.#skipped });
    this.#webSocket.send(bytes, { binary: true }, this.#onWritten);
    this.ping();
    this.#socket.uncork();
    this.#skipped = 0;
    this.sent += 1;
    this.bytes += bytes.length;
  }

  #say(message: FramesMessage): void {
    this.#webSocket.send(JSON.stringify(message), this.#onWritten);
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = null;
    this.#unlisten();
    this.#lease.channel.fanout.remove(this);
    this.#lease.release();
    this.#presence.leave(why);
  }
}

/** An instant of the monotonic clock as Unix seconds. */
function secondsOf(monotonicUs: number): number {
  return Number(unixSeconds(monotonicUs));
}
