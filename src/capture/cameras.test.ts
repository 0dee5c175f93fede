// The cameras of one process while their config changes under them: what is opened anew, and what is not.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { drained } from '../../test/fixtures/drained.ts';
import { parseAddress } from '../config/address.ts';
import type { CameraSpec } from '../config/camera.ts';
import type { OriginReport } from '../link/types.ts';
import { CaptureCameras } from './cameras.ts';
import { FakeSource, H264_TRACK, unit } from '../../test/fixtures/fake-source.ts';
import type { Feed } from '../link/types.ts';

function spec(changes: Partial<CameraSpec> = {}): CameraSpec {
  const address = parseAddress('rtsp://127.0.0.1/x', { cwd: '/' });
  const wishes = { always: true, enabled: true, tlsVerify: true, guard: null };
  return { uid: 'uid-1', id: 'door', address, ...wishes, sequenceBase: 0, epochBase: 0, ...changes };
}

const elsewhere = parseAddress('rtsp://127.0.0.2/x', { cwd: '/' });

describe('the cameras of a process', () => {
  let sources: Map<string, FakeSource[]>;
  let cameras: CaptureCameras;
  let reports: OriginReport[];

  beforeEach(() => {
    sources = new Map();
    reports = [];
    cameras = new CaptureCameras({
      openSource: ({ uid }) => {
        const source = new FakeSource();
        sources.set(uid, [...(sources.get(uid) ?? []), source]);
        return source;
      },
      onReports: (changed) => void reports.push(...changed),
    });
  });

  afterEach(() => cameras.close());

  function feed(uid = 'uid-1'): Feed {
    return cameras.provide({ kind: 'packets', key: `${uid}/main`, reader: { start: 'group', policy: 'groups' } });
  }

  it('keep their session when they are renamed, kept open or no longer', async () => {
    await cameras.configure([spec()]);
    const source = sources.get('uid-1')![0]!;
    await source.opened();
    const reader = feed();
    await cameras.configure([spec({ id: 'gate' })]);
    await cameras.configure([spec({ id: 'gate', always: false })]);
    await cameras.configure([spec({ id: 'gate', always: true })]);
    assert.deepEqual([sources.get('uid-1')!.length, source.sessions, source.open], [1, 1, 1]);
    assert.ok(drained(reader).every(({ kind }) => kind !== 'end'));
    reader.close();
  });

  it('are opened when they shall be kept open from now on', async () => {
    await cameras.configure([spec({ always: false })]);
    const source = sources.get('uid-1')![0]!;
    assert.equal(source.sessions, 0);
    await cameras.configure([spec({ always: true })]);
    await source.opened();
  });

  it('are opened anew when their address, password, certificate check or guard changes, and only they', async () => {
    const other = spec({ uid: 'uid-2', id: 'yard' });
    await cameras.configure([spec(), other]);
    await sources.get('uid-1')![0]!.opened();
    const { address } = spec();
    const changes: Partial<CameraSpec>[] = [
      { address: elsewhere },
      { address: { ...address, credentials: { username: 'a', password: 'b' } } },
      { tlsVerify: false },
      { guard: { allowed: [], ownPorts: [8080] } },
    ];
    for (const [index, change] of changes.entries()) {
      await cameras.configure([spec(change), other]);
      const opened = sources.get('uid-1')!;
      assert.equal(opened.length, index + 2, JSON.stringify(change));
      await opened.at(-1)!.opened();
      assert.equal(opened.at(-2)!.open, 0);
    }
    assert.equal(sources.get('uid-2')!.length, 1);
  });

  it('go on with their numbers in the new session, which begins when the old one has ended', async () => {
    await cameras.configure([spec()]);
    const first = await sources.get('uid-1')![0]!.opened();
    first.begin([H264_TRACK]);
    for (let count = 0; count < 50; count++) first.unit(unit());
    const before = feed();
    assert.ok(drained(before).some(({ kind }) => kind === 'packet'));
    const done = cameras.configure([spec({ address: elsewhere, sequenceBase: 10, epochBase: 0 })]);
    assert.equal(drained(before).at(-1)?.kind, 'end');
    before.close();
    const after = feed();
    const second = sources.get('uid-1')![1]!;
    assert.equal(second.sessions, 0, 'the old session has not ended yet');
    await done;
    const sink = await second.opened();
    sink.begin([H264_TRACK]);
    sink.unit(unit());
    const packet = drained(after).find((message) => message.kind === 'packet');
    assert.deepEqual([packet?.packet.sequence, packet?.packet.epoch], [51, 2]);
    after.close();
  });

  it('say nothing any more about a session that was replaced', async () => {
    await cameras.configure([spec()]);
    await sources.get('uid-1')![0]!.opened();
    await cameras.configure([spec({ address: elsewhere })]);
    await sources.get('uid-1')![1]!.opened();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(reports.at(-1)?.state, 'opening');
  });
});
