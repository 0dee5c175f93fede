// The media lane's framing: each message is one fixed binary head and a body. Everything a hot message (packet, jpeg,
// gap) needs stands in the head; the rare ones carry JSON in the body.
//
//    0       2      3       4              8              12      14      15   16
//    +-------+------+-------+--------------+--------------+-------+-------+----+
//    | magic | kind | flags | subscription | body length  | track | clock | 0  |
//    +-------+------+-------+--------------+--------------+-------+-------+----+
//    16 epoch   24 sequence   32 group   40 pts   48 dts   56 capturedAt   64 uncertainty   72 duration    (f64 each)
//    80 width   84 height                                                                                  (u32 each)
//    All little-endian. f64 holds every whole number up to 2^53 exactly: 285 years of microseconds.

import { SightlineError } from '../base/errors.ts';
import { MAX_PIXEL_BYTES } from '../media/pixels.ts';
import type { StampClock } from '../media/types.ts';

export const LINK_VERSION = 1;
export const HEAD_BYTES = 88;
/** No body is longer; a longer length means that the other side is not speaking this protocol. */
export const MAX_BODY_BYTES = MAX_PIXEL_BYTES;
/** No picture that somebody sends in is longer. */
export const MAX_PUSHED_BYTES = 8 * 1024 * 1024;
/** Free bytes before each body that arrives: for a part's header. */
export const BODY_ROOM = 256;
/** Free bytes behind each body that arrives: for a part's boundary. */
export const BODY_TAIL = 64;

const MAGIC = 0x4c53;

/** What a message is. The numbers are the wire's. */
export const KIND = {
  hello: 1,
  welcome: 2,
  subscribe: 3,
  unsubscribe: 4,
  tracks: 5,
  packet: 6,
  jpeg: 7,
  gap: 8,
  state: 9,
  end: 10,
  /** From a consumer: a picture for a camera of kind push. */
  picture: 11,
  taken: 12,
} as const;
const LAST_KIND = KIND.taken;

export const FLAG = { key: 1, discontinuity: 2, damaged: 4, duration: 8, uncertainty: 16 } as const;

/** In the wire's order: the index is the number. */
export const CLOCKS: readonly StampClock[] = ['arrival', 'rtcp', 'device', 'sender'];

/** A decoded head. One per channel, overwritten by each message: read it inside the callback. */
export interface Head {
  kind: number;
  flags: number;
  subscription: number;
  length: number;
  /** Of a packet; in `jpeg` what it is: 0 a JPEG, else pixels of the layout of this number, from 1. */
  track: number;
  clock: number;
  epoch: number;
  /** Of a packet or jpeg; in `tracks` the live sequence, in `gap` how many were dropped, in `picture` its sender's number. */
  sequence: number;
  group: number;
  ptsUs: number;
  dtsUs: number;
  capturedAtUs: number;
  uncertaintyUs: number;
  durationUs: number;
  width: number;
  height: number;
}

export function emptyHead(): Head {
  return {
    kind: 0,
    flags: 0,
    subscription: 0,
    length: 0,
    track: 0,
    clock: 0,
    epoch: 0,
    sequence: 0,
    group: 0,
    ptsUs: 0,
    dtsUs: 0,
    capturedAtUs: 0,
    uncertaintyUs: 0,
    durationUs: 0,
    width: 0,
    height: 0,
  };
}

/** Sets a head to a message without media fields. */
export function resetHead(head: Head, kind: number, subscription: number): Head {
  head.kind = kind;
  head.subscription = subscription;
  head.flags = head.length = head.track = head.clock = 0;
  head.epoch = head.sequence = head.group = head.ptsUs = head.dtsUs = 0;
  head.capturedAtUs = head.uncertaintyUs = head.durationUs = 0;
  head.width = head.height = 0;
  return head;
}

export function encodeHead(head: Head): Buffer {
  const out = Buffer.allocUnsafe(HEAD_BYTES);
  out.writeUInt16LE(MAGIC, 0);
  out[2] = head.kind;
  out[3] = head.flags;
  out.writeUInt32LE(head.subscription, 4);
  out.writeUInt32LE(head.length, 8);
  out.writeUInt16LE(head.track, 12);
  out[14] = head.clock;
  out[15] = 0;
  out.writeDoubleLE(head.epoch, 16);
  out.writeDoubleLE(head.sequence, 24);
  out.writeDoubleLE(head.group, 32);
  out.writeDoubleLE(head.ptsUs, 40);
  out.writeDoubleLE(head.dtsUs, 48);
  out.writeDoubleLE(head.capturedAtUs, 56);
  out.writeDoubleLE(head.uncertaintyUs, 64);
  out.writeDoubleLE(head.durationUs, 72);
  out.writeUInt32LE(head.width, 80);
  out.writeUInt32LE(head.height, 84);
  return out;
}

/** Reads the head at `at` into `head`. Throws `link-closed` when it cannot be one, or its body is over `maxBodyBytes`. */
export function decodeHead(bytes: Buffer, at: number, head: Head, maxBodyBytes: number): void {
  if (bytes.readUInt16LE(at) !== MAGIC) throw garbage(`a head begins with ${bytes.toString('hex', at, at + 4)}`);
  head.kind = bytes[at + 2]!;
  head.flags = bytes[at + 3]!;
  head.subscription = bytes.readUInt32LE(at + 4);
  head.length = bytes.readUInt32LE(at + 8);
  head.track = bytes.readUInt16LE(at + 12);
  head.clock = bytes[at + 14]!;
  if (head.kind === 0 || head.kind > LAST_KIND) throw garbage(`there is no message of kind ${head.kind}`);
  if (head.clock >= CLOCKS.length) throw garbage(`there is no clock ${head.clock}`);
  if (head.length > maxBodyBytes) throw garbage(`a body of ${head.length} bytes is over the limit of ${maxBodyBytes}`);
  head.epoch = bytes.readDoubleLE(at + 16);
  head.sequence = bytes.readDoubleLE(at + 24);
  head.group = bytes.readDoubleLE(at + 32);
  head.ptsUs = bytes.readDoubleLE(at + 40);
  head.dtsUs = bytes.readDoubleLE(at + 48);
  head.capturedAtUs = bytes.readDoubleLE(at + 56);
  head.uncertaintyUs = bytes.readDoubleLE(at + 64);
  head.durationUs = bytes.readDoubleLE(at + 72);
  head.width = bytes.readUInt32LE(at + 80);
  head.height = bytes.readUInt32LE(at + 84);
}

function garbage(detail: string): SightlineError {
  return new SightlineError('link-closed', `The other end of the link does not speak its protocol: ${detail}.`);
}
