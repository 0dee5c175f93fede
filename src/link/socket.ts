// The media lane over a Unix stream socket (a named pipe on Windows). The dialling side, which gets the media, reads
// with `onread` into one buffer of its own: nothing is allocated for a read.

import net from 'node:net';
import type { Transport } from './channel.ts';

const READ_BUFFER_BYTES = 256 * 1024;

export class SocketTransport implements Transport {
  onBytes: ((piece: Buffer) => void) | null = null;
  onClose: ((error: Error | null) => void) | null = null;
  readonly #socket: net.Socket;
  #error: Error | null = null;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('error', (error) => (this.#error = error));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.onClose?.(this.#error));
  }

  /** A socket that a server accepted. */
  static accepted(socket: net.Socket): SocketTransport {
    const transport = new SocketTransport(socket);
    socket.on('data', (piece) => transport.onBytes?.(piece));
    return transport;
  }

  /** Resolves when connected; rejects with the system's error, or the signal's reason. Leaves nothing on failure. */
  static dial(path: string, signal?: AbortSignal): Promise<SocketTransport> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onread = {
        buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
        callback: (length: number, buffer: Uint8Array): boolean => {
          transport.onBytes?.((buffer as Buffer).subarray(0, length));
          return true;
        },
      };
      const socket = net.connect({ path, onread });
      const transport = new SocketTransport(socket);
      const abort = (): void => {
        socket.destroy();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      transport.onClose = (error) => {
        signal?.removeEventListener('abort', abort);
        reject(error ?? new Error('closed while dialling'));
      };
      socket.once('connect', () => {
        signal?.removeEventListener('abort', abort);
        transport.onClose = null;
        resolve(transport);
      });
      socket.resume();
    });
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer, written?: () => void): void {
    this.#socket.write(bytes, written);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
