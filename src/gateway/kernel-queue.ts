// Bounds the kernel's own queue of each viewer's connection (TCP_NOTSENT_LOWAT), which Node cannot set. Without it the
// kernel takes up to 4 MB of pictures that a slow viewer has not fetched, and shows them seconds late.

import type { Socket } from 'node:net';

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
  /** Sets the bound on one accepted connection. */
  bound(socket: Socket): void;
}

const hint = 'install the optional package koffi, or on Linux set sysctl net.ipv4.tcp_notsent_lowat=16384';

/** Finds the system's setsockopt; never fails. */
export async function openKernelQueue(): Promise<KernelQueue> {
  const option = TCP_NOTSENT_LOWAT[process.platform];
  if (option === undefined) return unbounded(`${process.platform} has no such limit`);
  let setSocketOption: SetSocketOption;
  try {
    const koffi = (await import('koffi')).default;
    const declaration = 'int setsockopt(int, int, int, const int *, uint32_t)';
    setSocketOption = koffi.load(null).func(declaration);
  } catch (error) {
    return unbounded(`${hint}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  }
  const value = [UNSENT_BYTES];
  return {
    bytes: UNSENT_BYTES,
    why: '',
    bound(socket) {
      const fd = descriptorOf(socket);
      if (fd >= 0) setSocketOption(fd, IPPROTO_TCP, option, value, 4);
    },
  };
}

function unbounded(why: string): KernelQueue {
  return { bytes: null, why, bound: () => undefined };
}

/** Node has no public name for a socket's file descriptor. -1 where there is none (Windows, closed). */
function descriptorOf(socket: Socket): number {
  return (socket as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
}
