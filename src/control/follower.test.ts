import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { OriginReport } from '../link/types.ts';
import type { StreamStateName } from '../media/types.ts';
import type { CameraIdentity } from '../state/types.ts';
import { Follower } from './follower.ts';
import type { NetworkSense } from './follower.ts';
import { CameraRecord } from './registry.ts';

const MAC = '02:00:00:00:00:20';
const OTHER = '02:00:00:00:00:99';
const AT = '192.168.1.20';
/** Longer than a camera is given to come back by itself. */
const LONG_US = 6e6;

/** A local network that the test makes. */
class Network implements NetworkSense {
  readonly table = new Map<string, string>([[AT, MAC]]);
  codec: string | null = 'h264';
  searches = 0;
  readonly described: string[] = [];

  macOf(address: string): Promise<string | null> {
    return Promise.resolve(this.table.get(address) ?? null);
  }

  find(mac: string, near: string): Promise<string | null> {
    this.searches += 1;
    const [address = null] = [...this.table].find(([at, each]) => each === mac && at !== near) ?? [];
    return Promise.resolve(address);
  }

  describe({ target, credentials }: SourceAddress): ReturnType<NetworkSense['describe']> {
    this.described.push(`${target} ${credentials?.username ?? ''}`);
    return Promise.resolve(this.codec === null ? null : { codec: this.codec });
  }
}

class Room {
  readonly network = new Network();
  readonly notes: string[] = [];
  remembered: CameraIdentity | null = null;
  moves = 0;
  readonly record: CameraRecord;
  readonly follower: Follower;

  constructor(identity: CameraIdentity | null = null) {
    const source = parseAddress(`rtsp://admin:x@${AT}/stream1`, { cwd: '/' });
    const config = { id: 'door', name: 'door', source, always: false, enabled: true, tlsVerify: true, processors: [] };
    const remember = {
      setSize: () => undefined,
      setIdentity: (_uid: string, known: CameraIdentity) => void (this.remembered = known),
    };
    const wishes = { config, revision: '1', guarded: false };
    this.record = new CameraRecord(wishes, { uid: 'u', size: null, identity, remember, isProbe: false });
    const line = (): void => undefined;
    this.follower = new Follower({
      sense: this.network,
      cameras: () => [this.record],
      books: {
        log: { debug: line, info: line, warn: line, error: line },
        journal: { note: ({ text }) => void this.notes.push(text) },
      },
      onMoved: () => void (this.moves += 1),
      intervalMs: 3_600_000,
    });
    after(() => this.follower.stop());
  }

  async look(state: StreamStateName, sinceUs = nowUs() - LONG_US, reason: Problem | null = null): Promise<void> {
    const track = { id: 0, kind: 'video', codec: 'h264', width: 640, height: 360, fps: 25, config: null } as const;
    const tracks = state === 'live' ? [track] : [];
    this.record.takeOrigin({ ...report(), state, sinceUs, tracks, reason } as unknown as OriginReport);
    await this.follower.look();
  }
}

function report(): Partial<OriginReport> {
  return { uid: 'u', reason: null, epoch: 1e6, sequence: 1, sessions: 1, restarts: 0 };
}

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

  it('is not looked for again at every tick', async () => {
    const room = new Room();
    await room.look('live');
    room.network.table.clear();
    await room.look('failed');
    await room.look('failed');
    assert.equal(room.network.searches, 1);
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
