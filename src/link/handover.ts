// How a connection that main accepted becomes a worker's: main sends its socket with a number, the worker says that it
// took it before it reads a byte, and only then main lets go of its own copy. Beside the control lane, on the same IPC,
// whose order it needs: what a worker took must be known even when its last words are read after its death.

import path from 'node:path';

/** Main to a worker, together with the socket. */
export interface HandoverMessage {
  readonly connection: number;
}

/** The worker's answer. */
export interface TookMessage {
  readonly took: number;
}

/**
 * Where a worker's HTTP server listens although nobody dials it: Node's server keeps its accounts of connections only
 * while it listens. As short as the media sockets' names.
 */
export function privateSocket(folder: string, pid: number): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\sightline-${pid}`;
  return path.join(folder, `${pid}.sock`);
}

export function isHandover(message: unknown): message is HandoverMessage {
  return numberAt(message, 'connection') !== null;
}

export function isTook(message: unknown): message is TookMessage {
  return numberAt(message, 'took') !== null;
}

function numberAt(message: unknown, key: string): number | null {
  if (typeof message !== 'object' || message === null) return null;
  const value = (message as Record<string, unknown>)[key];
  return typeof value === 'number' ? value : null;
}
