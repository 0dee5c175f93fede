import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { DeviceHttp } from './device-http.ts';

/** A device that says this, whatever it is asked. */
async function device(text: string): Promise<{ server: Server; url: string; closed: Promise<unknown> }> {
  const { promise: closed, resolve } = Promise.withResolvers<unknown>();
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('close', resolve);
    socket.once('data', () => socket.write(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  assert.ok(typeof bound === 'object' && bound !== null);
  return { server, url: `http://127.0.0.1:${bound.port}/`, closed };
}

describe('a question to a device', { timeout: 30_000 }, () => {
  it('is over when the device switches to another protocol, and so is the connection', async () => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc';
    const { server, url, closed } = await device(answer);
    const http = new DeviceHttp(
      { timeoutMs: 10_000, maxBytes: 1000 },
      { budget: null, signal: new AbortController().signal },
    );
    try {
      await assert.rejects(http.ask({ method: 'GET', url, headers: {} }), (error) => {
        return error instanceof SightlineError && error.code === 'camera-protocol';
      });
      await closed;
    } finally {
      http.close();
      server.close();
    }
  });
});
