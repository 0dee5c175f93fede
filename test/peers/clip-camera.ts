// An RTSP camera that plays an H.264 clip in real time and can change to another one in the middle of a session, with
// the new parameter sets in band. For what GStreamer's server cannot do: another size without another session.

import type { Socket } from 'node:net';
import { parseAvcC, splitLengthPrefixed } from '../../src/media/h264.ts';
import { h264Clip } from '../fixtures/clips.ts';
import type { Clip } from '../fixtures/clips.ts';
import { FakeCamera, good, reply, sdp } from './fake-rtsp-camera.ts';

const FPS = 15;
const CLOCK_HZ = 90_000;
const MAX_PAYLOAD = 1200;
const FU_A = 28;

/** Fifteen pictures of a moving test card, the first a keyframe. */
export function sizedClip(width: number, height: number): Promise<Clip> {
  return h264Clip({ graph: `testsrc2=size=${width}x${height}:rate=${FPS}`, frames: FPS, width, height });
}

export class ClipCamera implements AsyncDisposable {
  /** What is played; another one begins after the last picture of this one. */
  clip: Clip;
  readonly fake: FakeCamera;
  readonly #players = new Set<NodeJS.Timeout>();

  private constructor(fake: FakeCamera, clip: Clip) {
    this.fake = fake;
    this.clip = clip;
  }

  /** `maxSessions`: a SETUP while there are so many is answered 453, as cameras do that have no capacity left. */
  static async start(clip: Clip, maxSessions = Infinity): Promise<ClipCamera> {
    const sessions = new Set<Socket>();
    const fake = await FakeCamera.start((asked, socket) => {
      if (asked.method === 'SETUP' && !sessions.has(socket)) {
        if (sessions.size >= maxSessions) {
          socket.write(reply(asked, 453));
          return;
        }
        sessions.add(socket);
        socket.once('close', () => sessions.delete(socket));
      }
      if (asked.method === 'DESCRIBE') socket.write(reply(asked, 200, ['Content-Type: application/sdp'], sdp(MEDIUM)));
      else socket.write(good(asked));
      if (asked.method === 'PLAY') camera.#play(socket);
      if (asked.method === 'TEARDOWN') socket.end();
    });
    const camera = new ClipCamera(fake, clip);
    return camera;
  }

  get url(): string {
    return this.fake.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const player of this.#players) clearInterval(player);
    await this.fake[Symbol.asyncDispose]();
  }

  #play(socket: Socket): void {
    const packer = new RtpPacker();
    let { clip } = this;
    let at = 0;
    const player = setInterval(() => {
      if (at === 0) clip = this.clip;
      const { data, key } = clip.packets[at]!;
      const sets = key ? parseAvcC(clip.track.config!) : null;
      const nals = [...(sets?.sps ?? []), ...(sets?.pps ?? []), ...splitLengthPrefixed(data)];
      if (!socket.destroyed) socket.write(packer.picture(nals));
      at = (at + 1) % clip.packets.length;
    }, 1000 / FPS);
    this.#players.add(player);
    socket.once('close', () => clearInterval(player));
  }
}

const MEDIUM =
  'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n';

/** Pictures as interleaved RTP packets of one session (RFC 6184: single NAL units and FU-A). */
export class RtpPacker {
  #sequence = 0;
  #timestamp = 0;

  /** `timestamp`: default, the next one at 15 pictures a second. */
  picture(nals: readonly Buffer[], timestamp = this.#timestamp + CLOCK_HZ / FPS): Buffer {
    this.#timestamp = timestamp;
    return Buffer.concat(nals.flatMap((nal, index) => this.#nal(nal, index === nals.length - 1)));
  }

  #nal(nal: Buffer, last: boolean): Buffer[] {
    if (nal.length <= MAX_PAYLOAD) return [this.#packet(nal, last)];
    const packets: Buffer[] = [];
    for (let at = 1; at < nal.length; at += MAX_PAYLOAD) {
      const end = Math.min(nal.length, at + MAX_PAYLOAD);
      const isEnd = end === nal.length;
      const head = Buffer.from([
        (nal[0]! & 0xe0) | FU_A,
        (nal[0]! & 0x1f) | (at === 1 ? 0x80 : 0) | (isEnd ? 0x40 : 0),
      ]);
      packets.push(this.#packet(Buffer.concat([head, nal.subarray(at, end)]), last && isEnd));
    }
    return packets;
  }

  #packet(payload: Buffer, marker: boolean): Buffer {
    const head = Buffer.alloc(16);
    head.writeUInt16BE(0x2400);
    head.writeUInt16BE(12 + payload.length, 2);
    head[4] = 0x80;
    head[5] = 96 | (marker ? 0x80 : 0);
    head.writeUInt16BE(this.#sequence++ & 0xffff, 6);
    head.writeUInt32BE(this.#timestamp >>> 0, 8);
    head.writeUInt32BE(7, 12);
    return Buffer.concat([head, payload]);
  }
}
