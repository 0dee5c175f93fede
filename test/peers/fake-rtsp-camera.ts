// A camera that does what a test tells it: a small RTSP server on loopback that cuts requests apart and leaves the
// answers to the test, with the answers of a good camera to start from.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly text: string;
  readonly cseq: string;
}

export type Answer = (asked: Asked, socket: Socket) => void;

/** A server that cuts requests apart and leaves everything else to the test. */
export class FakeCamera {
  readonly asked: Asked[] = [];
  readonly sockets = new Set<Socket>();
  readonly url: string;
  /** Gets the binary frames that the player sends. */
  onFrame: ((channel: number, data: Buffer) => void) | null = null;
  readonly #server;

  private constructor(server: ReturnType<typeof createServer>, host: string) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.url = `rtsp://${host.includes(':') ? `[${host}]` : host}:${port}/live`;
  }

  static async start(answer: Answer, host = '127.0.0.1', port = 0): Promise<FakeCamera> {
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    const camera = new FakeCamera(server, host);
    server.on('connection', (socket) => {
      camera.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text = camera.#takeFrames(text + bytes.toString('latin1'));
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const head = text.slice(0, end);
          text = text.slice(end + 4);
          const [method = '', uri = ''] = head.split(' ');
          if (method.startsWith('RTSP/')) continue;
          const asked = { method, uri, text: head, cseq: /CSeq: (\d+)/.exec(head)?.[1] ?? '' };
          camera.asked.push(asked);
          answer(asked, socket);
        }
      });
    });
    return camera;
  }

  #takeFrames(text: string): string {
    let rest = text;
    while (rest.startsWith('$') && rest.length >= 4) {
      const end = 4 + Buffer.from(rest.slice(2, 4), 'latin1').readUInt16BE();
      if (rest.length < end) break;
      this.onFrame?.(rest.charCodeAt(1), Buffer.from(rest.slice(4, end), 'latin1'));
      rest = rest.slice(end);
    }
    return rest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const SPS = Buffer.from('6742c014da0507ec05a8303035280000030008000003 00f478a155'.replace(' ', ''), 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');
const SPROP = `${SPS.toString('base64')},${PPS.toString('base64')}`;

export function sdp(
  video = `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets=${SPROP}\r\na=control:track1\r\n`,
): string {
  return `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n${video}`;
}

export function reply(asked: Asked, status: number, headers: readonly string[] = [], body = ''): string {
  const length = body ? [`Content-Length: ${body.length}`] : [];
  return [`RTSP/1.0 ${status} X`, `CSeq: ${asked.cseq}`, ...headers, ...length, '', body].join('\r\n');
}

/** What a good camera answers to each step. */
export function good(asked: Asked): string {
  switch (asked.method) {
    case 'OPTIONS':
      return reply(asked, 200, ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER']);
    case 'DESCRIBE':
      return reply(asked, 200, ['Content-Type: application/sdp', `Content-Base: ${asked.uri}/`], sdp());
    case 'SETUP':
      return reply(asked, 200, ['Session: abc;timeout=60', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1']);
    default:
      return reply(asked, 200, ['Session: abc']);
  }
}

/** An IDR picture in one RTP packet, framed. */
export function picture(
  sequence: number,
  options: { channel?: number; marker?: boolean; payload?: Buffer } = {},
): Buffer {
  const payload = options.payload ?? Buffer.from([0x65, 0x88, 0x84, 1, 2, 3]);
  const rtp = Buffer.alloc(12);
  rtp[0] = 0x80;
  rtp[1] = 96 | ((options.marker ?? true) ? 0x80 : 0);
  rtp.writeUInt16BE(sequence & 0xffff, 2);
  rtp.writeUInt32BE((sequence * 3000) >>> 0, 4);
  rtp.writeUInt32BE(7, 8);
  const size = rtp.length + payload.length;
  return Buffer.concat([Buffer.from([0x24, options.channel ?? 0, size >> 8, size & 255]), rtp, payload]);
}

/** A camera that is good but for one step. */
export function goodBut(step: string, answer: Answer): Answer {
  return (asked, socket) => {
    if (asked.method === step) answer(asked, socket);
    else socket.write(good(asked));
  };
}
