// Between messages as rooms speak them (FeedMessage, SubscribeRequest) and what the wire carries (head and body).

import type { Problem } from '../base/errors.ts';
import { PIXEL_NAMES } from '../media/pixels.ts';
import type { Jpeg, Packet, PushedPicture, Stamp, StreamState, Track } from '../media/types.ts';
import type { FeedMessage } from './types.ts';
import { CLOCKS, FLAG, KIND, resetHead } from './wire.ts';
import type { Head } from './wire.ts';

/** What a consumer says first. */
export interface Hello {
  readonly v: number;
  readonly role: string;
  readonly token: string;
}

const NO_BODY = Buffer.alloc(0);

/** Fills `head` for a message and returns its body: the item's own bytes, not a copy. */
export function toWire(head: Head, subscription: number, message: FeedMessage): Buffer {
  switch (message.kind) {
    case 'packet':
      return packetToWire(resetHead(head, KIND.packet, subscription), message.packet);
    case 'jpeg':
      return jpegToWire(resetHead(head, KIND.jpeg, subscription), message.jpeg);
    case 'gap':
      resetHead(head, KIND.gap, subscription).sequence = message.dropped;
      return NO_BODY;
    case 'tracks':
      resetHead(head, KIND.tracks, subscription);
      head.epoch = message.epoch;
      head.sequence = message.liveSequence;
      return toJson(message.tracks.map(plainTrack));
    case 'state':
      resetHead(head, KIND.state, subscription);
      return toJson(message.state);
    case 'taken':
      resetHead(head, KIND.taken, subscription).sequence = message.sequence;
      return NO_BODY;
    case 'end':
      resetHead(head, KIND.end, subscription);
      return toJson(message.problem);
  }
}

function packetToWire(head: Head, packet: Packet): Buffer {
  head.track = packet.trackId;
  head.epoch = packet.epoch;
  head.sequence = packet.sequence;
  head.group = packet.group;
  head.ptsUs = packet.ptsUs;
  head.dtsUs = packet.dtsUs;
  if (packet.key) head.flags |= FLAG.key;
  if (packet.discontinuity) head.flags |= FLAG.discontinuity;
  if (packet.damaged) head.flags |= FLAG.damaged;
  if (packet.durationUs !== undefined) {
    head.flags |= FLAG.duration;
    head.durationUs = packet.durationUs;
  }
  stampToWire(head, packet.stamp);
  return packet.data;
}

function jpegToWire(head: Head, jpeg: Jpeg): Buffer {
  head.sequence = jpeg.sequence;
  head.width = jpeg.width;
  head.height = jpeg.height;
  head.track = jpeg.pixels === undefined ? 0 : PIXEL_NAMES.indexOf(jpeg.pixels) + 1;
  stampToWire(head, jpeg.stamp);
  return jpeg.bytes;
}

function stampToWire(head: Head, stamp: Stamp): void {
  head.capturedAtUs = stamp.capturedAtUs;
  head.clock = CLOCKS.indexOf(stamp.clock);
  if (stamp.uncertaintyUs === undefined) return;
  head.flags |= FLAG.uncertainty;
  head.uncertaintyUs = stamp.uncertaintyUs;
}

/** `pts` carries when it arrived, and a number or capture time that is not known is NaN. */
export function pictureToWire(head: Head, subscription: number, picture: PushedPicture): Buffer {
  resetHead(head, KIND.picture, subscription);
  head.sequence = picture.number ?? NaN;
  head.ptsUs = picture.arrivedUs;
  head.capturedAtUs = picture.capturedAtUs ?? NaN;
  head.width = picture.width;
  head.height = picture.height;
  return picture.bytes;
}

export function pictureFromWire(head: Head, bytes: Buffer): PushedPicture {
  return {
    bytes,
    width: head.width,
    height: head.height,
    arrivedUs: head.ptsUs,
    capturedAtUs: Number.isNaN(head.capturedAtUs) ? null : head.capturedAtUs,
    number: Number.isNaN(head.sequence) ? null : head.sequence,
  };
}

export function packetFromWire(head: Head, data: Buffer): Packet {
  const packet = {
    trackId: head.track,
    epoch: head.epoch,
    sequence: head.sequence,
    group: head.group,
    ptsUs: head.ptsUs,
    dtsUs: head.dtsUs,
    key: (head.flags & FLAG.key) !== 0,
    discontinuity: (head.flags & FLAG.discontinuity) !== 0,
    damaged: (head.flags & FLAG.damaged) !== 0,
    stamp: stampFromWire(head),
    data,
  };
  if ((head.flags & FLAG.duration) === 0) return packet;
  return Object.assign(packet, { durationUs: head.durationUs });
}

export function jpegFromWire(head: Head, bytes: Buffer): Jpeg {
  const { width, height, sequence } = head;
  const pixels = PIXEL_NAMES[head.track - 1];
  const jpeg = { bytes, width, height, sequence, stamp: stampFromWire(head) };
  return pixels === undefined ? jpeg : { ...jpeg, pixels };
}

function stampFromWire(head: Head): Stamp {
  const clock = CLOCKS[head.clock]!;
  if ((head.flags & FLAG.uncertainty) === 0) return { capturedAtUs: head.capturedAtUs, clock };
  return { capturedAtUs: head.capturedAtUs, clock, uncertaintyUs: head.uncertaintyUs };
}

type PlainTrack = Omit<Track, 'config'> & { readonly config: string | null };

function plainTrack(track: Track): PlainTrack {
  return { ...track, config: track.config?.toString('base64') ?? null };
}

export function tracksFromWire(body: Buffer): Track[] {
  const plain = fromJson(body) as readonly PlainTrack[];
  return plain.map((track) => ({
    ...track,
    config: track.config === null ? null : Buffer.from(track.config, 'base64'),
  }));
}

export function stateFromWire(body: Buffer): StreamState {
  return fromJson(body) as StreamState;
}

export function problemFromWire(body: Buffer): Problem | null {
  return fromJson(body) as Problem | null;
}

export function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Throws a SyntaxError when the body is no JSON; its shape is the sender's word (both ends are ours). */
export function fromJson(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8')) as unknown;
}
