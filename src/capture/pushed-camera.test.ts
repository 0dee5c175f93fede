// A camera that is sent its pictures: always open, never opened again, and silent in its own way.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { drained } from '../../test/fixtures/drained.ts';
import { MJPEG_TRACK, unit } from '../../test/fixtures/fake-source.ts';
import { tinyJpeg } from '../../test/fixtures/tiny-jpeg.ts';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import type { PushedPicture, Source, SourceSink } from '../media/types.ts';
import { CaptureCamera } from './camera.ts';
import { feedOf } from './feeds.ts';

const KEY = 'uid-1/main';
const opened: CaptureCamera[] = [];

/** A source with an inlet, which keeps what is put in. */
class FakeInlet implements Source {
  readonly pictures: PushedPicture[] = [];
  sessions = 0;
  sink: SourceSink | null = null;
  readonly inlet = {
    put: (picture: PushedPicture) => void this.pictures.push(picture),
    silence: () => new SightlineError('nothing-pushed', 'nothing was pushed').toProblem(),
  };

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    this.sessions++;
    this.sink = sink;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

function open(source: Source): CaptureCamera {
  const spec = {
    ...{ uid: 'uid-1', id: 'seen', address: parseAddress('push:', { cwd: '/' }), always: false, enabled: true },
    ...{ tlsVerify: true, sequenceBase: 0, epochBase: 0, guard: null },
  };
  const made = new CaptureCamera({ spec, source, onChange: () => undefined, graceMs: 0 });
  opened.push(made);
  return made;
}

async function until(made: CaptureCamera, done: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const unlisten = made.listen(() => done() && resolve(undefined));
  if (!done()) await promise;
  unlisten();
}

const pushed: PushedPicture = {
  ...{ bytes: tinyJpeg(1), width: 64, height: 48 },
  ...{ arrivedUs: 1, capturedAtUs: null, number: null },
};

after(async () => {
  await Promise.all(opened.splice(0).map((made) => made.close()));
});

describe('a camera that is sent its pictures', { concurrency: true }, () => {
  it('is open without a reader, counts its pictures, and keeps the newest for who comes', () => {
    const source = new FakeInlet();
    const made = open(source);
    assert.equal(source.sessions, 1);
    source.sink!.begin([MJPEG_TRACK]);
    for (let n = 0; n < 100; n++) source.sink!.unit(unit());
    assert.deepEqual([made.report().packetsIn, made.state.state, made.hub.readerCount], [100, 'live', 0]);
    const feed = feedOf(made, { kind: 'jpegs', key: KEY, width: null, quality: null });
    const [state, jpeg] = drained(feed);
    assert.deepEqual([state?.kind, jpeg?.kind === 'jpeg' && jpeg.jpeg.sequence], ['state', 100]);
    feed.close();
  });

  it('asks for one picture at a time, and says the number of each', () => {
    const source = new FakeInlet();
    const made = open(source);
    const feed = feedOf(made, { kind: 'push', key: KEY });
    let ready = 0;
    feed.onReady = () => ready++;
    assert.deepEqual(drained(feed), [{ kind: 'taken', sequence: 0 }]);
    feed.put?.(pushed);
    assert.deepEqual([source.pictures, ready], [[pushed], 1]);
    source.sink!.begin([MJPEG_TRACK]);
    source.sink!.unit(unit());
    assert.deepEqual(drained(feed), [{ kind: 'taken', sequence: 1 }]);
    assert.deepEqual(drained(feed), []);
    feed.close();
  });

  it('ends who sends to it when it is closed here', async () => {
    const made = open(new FakeInlet());
    const feed = feedOf(made, { kind: 'push', key: KEY });
    drained(feed);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    feed.onReady = () => resolve(undefined);
    void made.close();
    await promise;
    const [end] = drained(feed);
    assert.equal(end?.kind === 'end' && end.problem?.code, 'stream-moved');
  });

  it('is stalled after 5 s without a picture, in the same session, and shows none of before', async () => {
    const source = new FakeInlet();
    const made = open(source);
    source.sink!.begin([MJPEG_TRACK]);
    const startedUs = nowUs();
    source.sink!.unit(unit());
    await until(made, () => made.state.state === 'stalled');
    const waitedUs = nowUs() - startedUs;
    assert.ok(waitedUs > 5e6 && waitedUs < 7e6, `${waitedUs}`);
    assert.equal(made.state.reason?.code, 'nothing-pushed');
    assert.equal(made.hub.newest(), undefined);
    source.sink!.unit(unit());
    assert.equal(made.state.state, 'live');
    assert.deepEqual([source.sessions, made.report().restarts], [1, 0]);
  });

  it('that was never sent one says so', async () => {
    const made = open(new FakeInlet());
    assert.equal(made.state.state, 'opening');
    await until(made, () => made.state.state === 'stalled');
    assert.equal(made.state.reason?.code, 'nothing-pushed');
  });

  it('is not stalled between pictures that usually come slower, and consumers are told', async () => {
    const source = new FakeInlet();
    const made = open(source);
    source.sink!.begin([MJPEG_TRACK]);
    source.sink!.unit(unit());
    assert.equal(made.state.patienceMs, undefined);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    source.sink!.unit(unit());
    assert.equal(made.state.patienceMs, 15_000);
    const { sinceUs } = made.state;
    await new Promise((resolve) => setTimeout(resolve, 6500));
    assert.deepEqual([made.state.state, made.state.sinceUs], ['live', sinceUs]);
    assert.notEqual(made.hub.newest(), undefined);
  });
});

describe('a camera that is asked for its pictures', () => {
  it('takes none', () => {
    const source: Source = { run: () => Promise.resolve() };
    assert.throws(() => feedOf(open(source), { kind: 'push', key: KEY }), { code: 'takes-no-pictures' });
  });
});
