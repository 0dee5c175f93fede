// An RTSP camera that is live: all sessions are at the same place of its clip, as with a real lens, so that one that
// comes in the middle of a group waits for the next keyframe. What is wrong with it is chosen by a test: its keyframes,
// timestamps, clock, or that it sends nothing. It reports its clock each second.

import type { Socket } from 'node:net';
import { nowUs, wallUs } from '../../src/base/clock.ts';
import { parseAvcC, splitLengthPrefixed } from '../../src/media/h264.ts';
import { h264Clip } from '../fixtures/clips.ts';
import type { Clip } from '../fixtures/clips.ts';
import { RtpPacker } from './clip-camera.ts';
import { FakeCamera, good, reply, sdp } from './fake-rtsp-camera.ts';

const FPS = 15;
const CLOCK_HZ = 90_000;
const REPORT_MS = 1000;
/** From 1900 to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;

export interface LiveOptions {
  /** Default 1. */
  readonly keyframeEverySeconds?: number;
  /** Timestamp of the picture with this number, units of 90 kHz. Default: as time passes. */
  readonly timestamp?: (picture: number) => number;
  /** By how much its clock is ahead. Default 0; null: it reports none. */
  readonly clockAheadSeconds?: number | null;
  /** More at a time are answered 453. Default: any number. */
  readonly maxSessions?: number;
  /** Where it listens. Default 127.0.0.1. */
  readonly host?: string;
  /** It plays, and sends nothing. */
  readonly isSilent?: boolean;
}

const MEDIUM =
  'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n';

/** A group of pictures of so many seconds, with one keyframe. */
function groupOf(seconds: number): Promise<Clip> {
  const keyint = seconds * FPS;
  const x264 = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(keyint), '-keyint_min', String(keyint)];
  return h264Clip({
    ...{ graph: `testsrc2=size=320x240:rate=${FPS}`, frames: keyint, width: 320, height: 240 },
    encoder: [...x264, '-sc_threshold', '0'],
  });
}

export class LiveCamera implements AsyncDisposable {
  readonly fake: FakeCamera;
  readonly #clip: Clip;
  readonly #options: LiveOptions;
  readonly #startedUs = nowUs();

  private constructor(fake: FakeCamera, clip: Clip, options: LiveOptions) {
    this.fake = fake;
    this.#clip = clip;
    this.#options = options;
  }

  static async start(options: LiveOptions = {}): Promise<LiveCamera> {
    const clip = await groupOf(options.keyframeEverySeconds ?? 1);
    const sessions = new Set<Socket>();
    const fake = await FakeCamera.start((asked, socket) => {
      if (asked.method === 'SETUP') {
        if (sessions.size >= (options.maxSessions ?? Infinity)) {
          socket.write(reply(asked, 453));
          return;
        }
        sessions.add(socket);
        socket.once('close', () => sessions.delete(socket));
      }
      if (asked.method === 'DESCRIBE') socket.write(reply(asked, 200, ['Content-Type: application/sdp'], sdp(MEDIUM)));
      else socket.write(good(asked));
      if (asked.method === 'PLAY' && options.isSilent !== true) camera.#play(socket);
      if (asked.method === 'TEARDOWN') socket.end();
    }, options.host);
    const camera = new LiveCamera(fake, clip, options);
    return camera;
  }

  get url(): string {
    return this.fake.url;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.fake[Symbol.asyncDispose]();
  }

  #play(socket: Socket): void {
    const packer = new RtpPacker();
    const { timestamp = (picture) => (picture * CLOCK_HZ) / FPS, clockAheadSeconds = 0 } = this.#options;
    let next = this.#now();
    const player = setInterval(() => {
      for (; next < this.#now(); next++) {
        const { data, key } = this.#clip.packets[next % this.#clip.packets.length]!;
        const sets = key ? parseAvcC(this.#clip.track.config!) : null;
        const nals = [...(sets?.sps ?? []), ...(sets?.pps ?? []), ...splitLengthPrefixed(data)];
        if (!socket.destroyed) socket.write(packer.picture(nals, timestamp(next)));
      }
    }, 1000 / FPS);
    const reporter = setInterval(() => {
      if (clockAheadSeconds === null || socket.destroyed) return;
      socket.write(senderReport(clockAheadSeconds, timestamp(next)));
    }, REPORT_MS);
    socket.once('close', () => {
      clearInterval(player);
      clearInterval(reporter);
    });
  }

  /** Number of the picture that is being taken. */
  #now(): number {
    return Math.floor(((nowUs() - this.#startedUs) * FPS) / 1e6);
  }
}

/** A sender report (RFC 3550, 6.4.1) on channel 1, framed. */
function senderReport(aheadSeconds: number, timestamp: number): Buffer {
  const seconds = wallUs(nowUs()) / 1e6 + NTP_TO_UNIX_S + aheadSeconds;
  const report = Buffer.alloc(32);
  report.writeUInt32BE(0x24_01_00_1c);
  report.writeUInt32BE(0x80_c8_00_06, 4);
  report.writeUInt32BE(7, 8);
  report.writeUInt32BE(Math.floor(seconds), 12);
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 16);
  report.writeUInt32BE(timestamp >>> 0, 20);
  return report;
}
