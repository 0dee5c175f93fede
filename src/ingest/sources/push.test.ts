import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordingSink } from '../../../test/fixtures/recording-sink.ts';
import { tinyJpeg } from '../../../test/fixtures/tiny-jpeg.ts';
import { nowUs } from '../../base/clock.ts';
import type { PushedPicture } from '../../media/types.ts';
import { createPushSource } from './push.ts';

function picture(changes: Partial<PushedPicture> = {}): PushedPicture {
  const bytes = tinyJpeg(1);
  return { bytes, width: 64, height: 48, arrivedUs: nowUs(), capturedAtUs: null, number: null, ...changes };
}

/** Runs `body` while a session is open. */
async function session(
  body: (source: ReturnType<typeof createPushSource>, sink: RecordingSink) => void,
): Promise<RecordingSink> {
  const source = createPushSource(() => 'seen');
  const sink = new RecordingSink();
  const stop = new AbortController();
  const run = source.run(sink, stop.signal);
  body(source, sink);
  stop.abort();
  await run;
  source.inlet.put(picture());
  return sink;
}

describe('a push source', () => {
  it('hands on what is put in, untouched, and nothing once its session is over', async () => {
    const sent = [picture(), picture({ bytes: tinyJpeg(2) })];
    const sink = await session(({ inlet }) => {
      for (const one of sent) inlet.put(one);
    });
    assert.deepEqual(
      sink.units.map(({ data }) => data),
      sent.map(({ bytes }) => bytes),
    );
    assert.ok(sink.units.every(({ key, damaged, ptsUs }) => key && !damaged && ptsUs === null));
    assert.deepEqual(
      sink.tracks.map(([track]) => [track?.codec, track?.width, track?.height]),
      [['mjpeg', 64, 48]],
    );
  });

  it('begins anew with another size', async () => {
    const sink = await session(({ inlet }) => {
      for (const width of [64, 64, 320, 64]) inlet.put(picture({ width }));
    });
    assert.deepEqual(
      sink.tracks.map(([track]) => track?.width),
      [64, 320, 64],
    );
  });

  it('takes a picture that is sent again for one, and marks what comes behind a gap', async () => {
    const at = nowUs() - 1000;
    const sink = await session(({ inlet }) => {
      inlet.put(picture({ number: 7, capturedAtUs: at }));
      inlet.put(picture({ number: 7, capturedAtUs: at }));
      inlet.put(picture({ number: 8, capturedAtUs: at + 1 }));
      inlet.put(picture({ number: 11, capturedAtUs: at + 2 }));
      inlet.put(picture({ number: 2, capturedAtUs: at + 3 }));
    });
    assert.deepEqual(
      sink.units.map(({ discontinuity }) => discontinuity),
      [false, false, true, false],
    );
    assert.deepEqual(Object.fromEntries(sink.quirks), { 'sent-again': 1 });
  });

  it('counts pictures that are older than the newest', async () => {
    const at = nowUs() - 1000;
    const sink = await session(({ inlet }) => {
      for (const late of [0, 2, 1, 3]) inlet.put(picture({ capturedAtUs: at + late }));
    });
    assert.equal(sink.units.length, 4);
    assert.deepEqual(Object.fromEntries(sink.quirks), { 'older-than-before': 1 });
  });

  it('says since when nothing came, in local time, and what to do', async () => {
    await session(({ inlet }) => {
      const { code, text, hint } = inlet.silence(nowUs());
      assert.equal(code, 'nothing-pushed');
      assert.match(text, /^nothing was pushed to seen since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      assert.match(hint, /PUT \/cameras\/seen\/frame/);
    });
  });
});
