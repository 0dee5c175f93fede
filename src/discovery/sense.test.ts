import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { FakeCamera, good, reply } from '../../test/peers/fake-rtsp-camera.ts';
import { parseAddress } from '../config/address.ts';
import { PacketBudget } from './packet-budget.ts';
import { LocalSense } from './sense.ts';

type Manner = Parameters<LocalSense['describe']>[1];

const { signal } = new AbortController();

function described(source: string, manner: Partial<Manner> = {}): ReturnType<LocalSense['describe']> {
  const asked = { tlsVerify: true, digestOnly: false, ...manner };
  return new LocalSense(new PacketBudget()).describe(parseAddress(source, { cwd: '/' }), asked, signal);
}

describe('a camera that is to be opened at another address', { timeout: 30_000 }, () => {
  it('leads to nobody else: where it sends us is not dialled', async () => {
    await using target = await FakeCamera.start(() => undefined, '127.0.0.2');
    await using camera = await FakeCamera.start(({ cseq }, socket) => {
      socket.write(`RTSP/1.0 302 Found\r\nCSeq: ${cseq}\r\nLocation: ${target.url}\r\n\r\n`);
    });
    assert.equal(await described(camera.url), null);
    assert.deepEqual([camera.asked.length, target.sockets.size], [1, 0]);
  });

  it('gets no password in clear there, unless it took it so where it was', async () => {
    await using camera = await FakeCamera.start((asked, socket) => {
      const isTold = asked.text.includes('Authorization: Basic');
      socket.write(isTold ? good(asked) : reply(asked, 401, ['WWW-Authenticate: Basic realm="r"']));
    });
    const source = camera.url.replace('//', '//admin:secret@');
    assert.equal(await described(source, { digestOnly: true }), null);
    assert.ok(camera.asked.every(({ text }) => !text.includes('Authorization')));
    assert.deepEqual(await described(source), { codec: 'h264' });
  });

  it('is known behind a certificate of its own where the config allows that', async () => {
    const pem = readFileSync(new URL('../../test/fixtures/self-signed.pem', import.meta.url));
    const server = createServer({ key: pem, cert: pem }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=x' }).flushHeaders();
    }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const source = `https://127.0.0.1:${(server.address() as AddressInfo).port}/video`;
      assert.equal(await described(source), null);
      assert.deepEqual(await described(source, { tlsVerify: false }), { codec: 'mjpeg' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
