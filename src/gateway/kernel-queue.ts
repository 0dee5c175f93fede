// Bounds the kernel's own queue of each viewer's connection (TCP_NOTSENT_LOWAT), which Node cannot set. Without it the
// kernel takes up to 4 MB of pictures that a slow viewer has not fetched, and shows them seconds late. It also tells how
// much the viewer's own kernel would take now (TCP_INFO), so that pictures do not queue there either.

import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/**
 * Unsent bytes that the kernel may hold per connection. What is sent and not acknowledged is not counted, so this does
 * not bound throughput; it is the age that a slow viewer's next picture has on top: 64 ms at 250 KB/s.
 */
const UNSENT_BYTES = 16 * 1024;

const IPPROTO_TCP = 6;
/** linux/tcp.h and netinet/tcp.h of macOS. */
const TCP_NOTSENT_LOWAT: Partial<Record<NodeJS.Platform, number>> = { linux: 25, darwin: 0x201 };

type SetSocketOption = (
  ...parameters: [fd: number, level: number, name: number, value: number[], bytes: number]
) => number;

export interface KernelQueue {
  /** Null: unbounded. */
  readonly bytes: number | null;
  /** Why it is unbounded and what to do; empty when it is bounded. */
  readonly why: string;
  /** Bytes that would still fit into the receive window of the viewer's kernel; null where that cannot be known. */
  room(socket: Socket): number | null;
  /**
   * Gives bytes to the kernel now, past the runtime's own stream; only for a socket with nothing queued. How many it
   * took; -1 where that cannot be done: write them to the socket.
   */
  send(socket: Socket, bytes: Buffer): number;
  /** Sets the bound on one accepted connection. */
  bound(socket: Socket): void;
}

const hint = 'install the optional package koffi, or on Linux set sysctl net.ipv4.tcp_notsent_lowat=16384';

/** Finds the system's setsockopt; never fails. */
export async function openKernelQueue(): Promise<KernelQueue> {
  const option = TCP_NOTSENT_LOWAT[process.platform];
  if (option === undefined) return unbounded(`${process.platform} has no such limit`);
  let setSocketOption: SetSocketOption;
  let room: KernelQueue['room'] = () => null;
  let send: KernelQueue['send'] = () => -1;
  try {
    const koffi = (await import('koffi')).default;
    const declaration = 'int setsockopt(int, int, int, const int *, uint32_t)';
    const library = koffi.load(null);
    setSocketOption = library.func(declaration);
    if (process.platform === 'linux') {
      room = roomReader(library.func('int getsockopt(int, int, int, void *, void *)'));
      send = sender(library.func('intptr_t send(int, const void *, size_t, int)'));
    }
  } catch (error) {
    return unbounded(`${hint}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  }
  const value = [UNSENT_BYTES];
  return {
    bytes: UNSENT_BYTES,
    why: '',
    room,
    send,
    bound(socket) {
      const fd = descriptorOf(socket);
      if (fd >= 0) setSocketOption(fd, IPPROTO_TCP, option, value, 4);
    },
  };
}

type GetSocketOption = (...parameters: [fd: number, level: number, name: number, into: Buffer, size: Buffer]) => number;

/**
 * linux/tcp.h: getsockopt(TCP_INFO) fills struct tcp_info, of which these are read (offsets in bytes):
 *
 *   16 u32 snd_mss | 24 u32 unacked | 120 u64 bytes_acked | 144 u32 notsent_bytes | 200 u64 bytes_sent
 *   208 u64 bytes_retrans | 228 u32 snd_wnd
 *
 * snd_wnd came with Linux 5.4. What is under way is known modulo 2^32, which is enough for a difference; but what this
 * machine's own network queue refused counts as sent twice, for good. Segments that are not acknowledged, each as large
 * as any, are the other bound.
 */
const TCP_INFO = 11;
const AT = { segment: 16, segments: 24, acked: 120, unsent: 144, sent: 200, resent: 208, window: 228 };

function roomReader(getSocketOption: GetSocketOption): KernelQueue['room'] {
  const info = Buffer.alloc(AT.window + 4);
  const size = Buffer.alloc(4);
  const read = (at: number): number => (isLittle ? info.readUInt32LE(at) : info.readUInt32BE(at));
  const low = (at: number): number => read(isLittle ? at : at + 4);
  return (socket) => {
    if (isLittle) size.writeUInt32LE(info.length);
    else size.writeUInt32BE(info.length);
    const fd = descriptorOf(socket);
    if (fd < 0 || getSocketOption(fd, IPPROTO_TCP, TCP_INFO, info, size) !== 0) return null;
    if ((isLittle ? size.readUInt32LE() : size.readUInt32BE()) < info.length) return null;
    const bytes = (low(AT.sent) - low(AT.resent) - low(AT.acked)) | 0;
    const underWay = Math.min(bytes, read(AT.segments) * read(AT.segment));
    return read(AT.window) - underWay - read(AT.unsent);
  };
}

const isLittle = endianness() === 'LE';

type Send = (...parameters: [fd: number, bytes: Buffer, length: number, flags: number]) => number;

/** Linux: MSG_DONTWAIT | MSG_NOSIGNAL. */
const SEND_FLAGS = 0x40 | 0x4000;

/**
 * send(2) itself. The runtime's stream costs 5 us a write, as much again as the copy of a 41 KB picture: with it a
 * thousand viewers cost 12 us a part, without it 8.
 */
function sender(send: Send): KernelQueue['send'] {
  return (socket, bytes) => {
    const fd = descriptorOf(socket);
    return fd < 0 ? -1 : send(fd, bytes, bytes.length, SEND_FLAGS);
  };
}

function unbounded(why: string): KernelQueue {
  return { bytes: null, why, room: () => null, send: () => -1, bound: () => undefined };
}

/** Node has no public name for a socket's file descriptor. -1 where there is none (Windows, closed). */
function descriptorOf(socket: Socket): number {
  return (socket as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
}
