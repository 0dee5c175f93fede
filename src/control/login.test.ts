// What control remembers of how a camera takes its password, and who is told by it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AT, MAC, Room } from '../../test/fixtures/followed.ts';
import type { CameraRecord } from './registry.ts';
import { Probes } from './probes.ts';
import type { CameraConfig } from '../config/load.ts';

const RULES = { allowed: [], ownPorts: [] };
const ELSEWHERE = '192.168.1.31';

function change(room: Room, changes: Partial<CameraConfig>): void {
  const { config, revision } = room.record;
  room.record.update({ config: { ...config, ...changes }, revision: `${revision}+`, guarded: false });
}

/** A camera that took its password by Digest. */
async function digestRoom(): Promise<Room> {
  const room = new Room();
  room.login = 'digest';
  await room.look('live');
  assert.equal(room.record.spec(RULES).digestOnly, true);
  return room;
}

async function goElsewhere(room: Room): Promise<void> {
  room.network.table.delete(AT);
  room.network.table.set(ELSEWHERE, MAC);
  await room.look('stalled');
  assert.equal(new URL(room.record.source.target).hostname, ELSEWHERE);
}

describe('a camera that took its password by Digest', () => {
  it('is asked by Digest only where its MAC was found, and opened so there', async () => {
    const room = await digestRoom();
    await goElsewhere(room);
    assert.deepEqual([room.network.digestOnly, room.record.spec(RULES).digestOnly], [[true], true]);
  });

  it('stays so when its process was replaced, or when it is asked for in clear later', async () => {
    const room = await digestRoom();
    room.record.loseOrigin();
    assert.equal(room.record.spec(RULES).digestOnly, true);
    for (const login of [null, 'basic'] as const) {
      room.login = login;
      await room.lookAgain();
      assert.equal(room.record.spec(RULES).digestOnly, true);
    }
  });

  it('stays so when its name, or whether it is kept open, changes', async () => {
    const room = await digestRoom();
    change(room, { name: 'Front door', always: true });
    assert.equal(room.record.spec(RULES).digestOnly, true);
  });

  it('is asked by Digest only when somebody looks at the same address with the same password', async () => {
    const room = await digestRoom();
    const { source } = room.record.config;
    const hidden: CameraRecord[] = [];
    const probes = new Probes({
      cameras: { listed: () => [room.record], hide: (each) => void hidden.push(each), unhide: () => undefined },
      processes: { follow: () => undefined, publishNow: () => undefined, forgive: () => undefined },
      memory: { setSize: () => undefined, setIdentity: () => undefined },
    });
    const other = { ...source, credentials: { username: 'admin', password: 'other' } };
    for (const each of [source, other]) probes.open({ source: each, tlsVerify: true, guarded: true });
    change(room, { enabled: false });
    probes.open({ source, tlsVerify: true, guarded: true });
    probes.stop();
    assert.deepEqual(
      hidden.map((each) => each.spec(RULES).digestOnly),
      [true, false, false],
    );
  });

  it('may be another one with a new password or address, and after it was switched off', async () => {
    const { source } = new Room().record.config;
    const changes: Partial<CameraConfig>[] = [
      { source: { ...source, credentials: { username: 'admin', password: 'new' } } },
      { source: { ...source, target: 'rtsp://192.168.1.50/stream1' } },
      { enabled: false },
    ];
    for (const each of changes) {
      const room = await digestRoom();
      change(room, each);
      change(room, { enabled: true });
      assert.equal(room.record.spec(RULES).digestOnly, false, JSON.stringify(each));
    }
  });
});

describe('a camera of which it is not known that it took its password by Digest', () => {
  it('is told it in clear at another address only if it took it so where it was', async () => {
    for (const login of [null, 'basic'] as const) {
      const room = new Room();
      room.login = login;
      await room.look('live');
      await goElsewhere(room);
      assert.deepEqual([room.network.digestOnly, room.record.spec(RULES).digestOnly], [[login === null], false]);
    }
  });
});
