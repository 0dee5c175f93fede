import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AT, cameraAt, LONG_US, MAC, OTHER, Room } from '../../test/fixtures/followed.ts';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';

describe('a camera whose address changed', () => {
  it('is found by its MAC and opened where it is, with the rest of its address', async () => {
    const room = new Room();
    await room.look('live');
    assert.deepEqual(room.remembered, { mac: MAC, codec: 'h264', host: AT, movedTo: null });
    room.network.table.clear();
    room.network.table.set('192.168.1.31', MAC).set(AT, OTHER);
    await room.look('stalled');
    assert.equal(room.moves, 1);
    assert.deepEqual(room.network.described, ['rtsp://192.168.1.31/stream1 admin']);
    assert.equal(room.record.spec({ allowed: [], ownPorts: [] }).address.target, 'rtsp://192.168.1.31/stream1');
    assert.equal(room.record.config.source.target, `rtsp://${AT}/stream1`, 'the config keeps what was written');
    const { moved } = room.record.info();
    assert.deepEqual([moved?.from, moved?.to], [AT, '192.168.1.31']);
    assert.deepEqual(room.notes, [`camera was found again at 192.168.1.31; it was at ${AT}`]);
    assert.equal(room.remembered.movedTo, '192.168.1.31');
  });

  it('is opened where it was found last, after a restart of the server', () => {
    const room = new Room({ mac: MAC, codec: 'h264', host: AT, movedTo: '192.168.1.31' });
    assert.equal(room.record.source.target, 'rtsp://192.168.1.31/stream1');
    assert.equal(room.record.info().moved?.sinceUs, null);
  });

  it('is opened as configured when the device comes back there', async () => {
    const room = new Room({ mac: MAC, codec: 'h264', host: AT, movedTo: '192.168.1.31' });
    await room.look('failed');
    assert.equal(room.record.source.target, `rtsp://${AT}/stream1`);
    assert.equal(room.record.info().moved, null);
  });

  it('is not looked for while its device is still where it was', async () => {
    const room = new Room();
    await room.look('live');
    await room.look('stalled');
    assert.equal(room.network.searches, 0);
  });

  it('is looked for although the system still remembers its device there, when nobody can be reached', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.set('192.168.1.31', MAC);
    const reason = new SightlineError('camera-unreachable', 'no answer').toProblem();
    await room.look('failed', nowUs() - LONG_US, reason);
    assert.equal(room.record.source.target, 'rtsp://192.168.1.31/stream1');
  });

  it('is not looked for in its first seconds without a picture', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.clear();
    await room.look('stalled', nowUs());
    assert.equal(room.network.searches, 0);
  });

  it('is not looked for when nobody knows which device it was', async () => {
    const room = new Room();
    room.network.table.clear();
    await room.look('failed');
    assert.equal(room.network.searches, 0);
  });

  it('is not opened at a device that does not send the same, and that is said', async () => {
    for (const codec of ['hevc', null]) {
      const room = new Room();
      await room.look('live');
      room.network.table.clear();
      room.network.table.set('192.168.1.31', MAC);
      room.network.codec = codec;
      await room.look('stalled');
      assert.equal(room.moves, 0);
      assert.deepEqual(room.notes, ['the device of door is at 192.168.1.31 now, but gives no such stream there']);
    }
  });

  it('is said once to be where it gives no such stream, however often it is looked for', async () => {
    const room = new Room(null, { searchGapMs: 0 });
    await room.look('live');
    room.network.table.clear();
    room.network.table.set('192.168.1.31', MAC);
    room.network.codec = null;
    for (let tick = 0; tick < 3; tick += 1) await room.look('stalled');
    assert.deepEqual([room.network.searches, room.notes.length], [3, 1]);
    room.network.table.set('192.168.1.32', MAC);
    await room.look('stalled');
    assert.deepEqual(
      room.notes.map((text) => /192\.168\.1\.\d+/.exec(text)?.[0]),
      ['192.168.1.31', '192.168.1.32'],
    );
  });

  it('is not looked for again at every tick', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.clear();
    await room.look('failed');
    await room.look('failed');
    assert.equal(room.network.searches, 1);
  });

  it('is opened where it is when another camera of the same kind was given its address, and answers there', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.set(AT, OTHER).set('192.168.1.31', MAC);
    await room.lookAgain();
    assert.equal(room.record.source.target, 'rtsp://192.168.1.31/stream1');
    assert.equal(room.remembered?.mac, MAC);
  });

  it('is the device that was put in its place, once its own was nowhere for a while', async () => {
    const room = new Room(null, { replacedAfterMs: 0 });
    await room.look('live');
    room.network.table.set(AT, OTHER);
    await room.lookAgain();
    assert.deepEqual([room.network.searches, room.moves, room.remembered?.mac], [1, 0, OTHER]);
    await room.lookAgain();
    assert.equal(room.network.searches, 1);
  });

  it('is still its own device while that may be starting, whoever has its address meanwhile', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.set(AT, OTHER);
    await room.lookAgain();
    await room.look('live');
    assert.deepEqual([room.remembered?.mac, room.network.searches], [MAC, 1]);
  });

  it('is never the device of another camera, however long that has its address', async () => {
    const room = new Room(null, { replacedAfterMs: 0 });
    const yard = '192.168.1.21';
    room.others.push(cameraAt(yard, { mac: OTHER, codec: 'h264', host: yard, movedTo: null }));
    await room.look('live');
    room.network.table.set(AT, OTHER);
    await room.lookAgain();
    assert.equal(room.remembered?.mac, MAC);
  });

  it('is the same device while its session goes on, whatever MAC answers for it', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.set(AT, OTHER).set('192.168.1.31', MAC);
    await room.look('live');
    assert.deepEqual([room.network.searches, room.moves], [0, 0]);
  });

  it('is looked for at each address that its MAC answers at', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.clear();
    room.network.table.set('192.168.1.30', MAC).set('192.168.1.31', MAC);
    room.network.mute.add('192.168.1.30');
    await room.look('stalled');
    assert.equal(room.record.source.target, 'rtsp://192.168.1.31/stream1');
  });

  it("is not opened at another camera's address because a repeater answers for both", async () => {
    const room = new Room();
    await room.look('live');
    const yard = '192.168.1.31';
    room.others.push(cameraAt(yard, { mac: MAC, codec: 'h264', host: yard, movedTo: null }));
    room.network.table.clear();
    room.network.table.set(yard, MAC);
    await room.look('stalled');
    assert.deepEqual([room.moves, room.network.described], [0, []]);
  });

  it('follows its recorder, which has other cameras as well', async () => {
    const room = new Room();
    await room.look('live');
    room.others.push(cameraAt(AT, { mac: MAC, codec: 'h264', host: AT, movedTo: '192.168.1.31' }));
    room.network.table.clear();
    room.network.table.set('192.168.1.31', MAC);
    await room.look('stalled');
    assert.equal(room.moves, 1);
  });

  it('stays switched off when that was done while it was looked for', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.clear();
    room.network.table.set('192.168.1.31', MAC);
    room.network.whileSearching = (): void => {
      const config = { ...room.record.config, enabled: false };
      room.record.update({ config, revision: '2', guarded: false });
    };
    await room.look('stalled');
    assert.deepEqual([room.moves, room.record.info().state.state], [0, 'disabled']);
  });

  it('is another one as soon as a person writes another host', async () => {
    const room = new Room();
    await room.look('live');
    const source = parseAddress('rtsp://192.168.1.50/stream1', { cwd: '/' });
    room.record.update({ config: { ...room.record.config, source }, revision: '2', guarded: false });
    assert.equal(room.record.identity, null);
    assert.equal(room.record.source.target, 'rtsp://192.168.1.50/stream1');
  });
});
