// The words beside a camera, as pure functions of its status.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeCamera } from '../../test/page/fake-server.ts';
import { FreshnessWatch } from './freshness.ts';
import { age, clockOf, countOf, explain, wordOf, type Seen } from './words.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 12, 0, 0);
const seen: Seen = { lostSinceMs: null, frozenMs: null, picture: 'none', nowMs: NOW_MS };
const since = new Date(NOW_MS - 190_000).toISOString();
const reason = { code: 'camera-refused', text: 'nothing answers', hint: 'Check the port.' };

describe('the state word', () => {
  it('never says Live while the server is lost or no pictures arrive', () => {
    const { status } = fakeCamera('door');
    assert.equal(wordOf(status, seen).text, 'Live');
    assert.equal(wordOf(status, { ...seen, lostSinceMs: NOW_MS - 3000 }).text, 'Old');
    const frozen = wordOf(status, { ...seen, frozenMs: 7000 });
    assert.deepEqual([frozen.text, frozen.suffix, frozen.live], ['Frozen', '7 s', false]);
  });

  it('of a camera that is shown waits for its picture, and believes a fresh one before the status does', () => {
    const { status } = fakeCamera('door');
    assert.equal(wordOf(status, { ...seen, picture: 'awaited' }).text, 'Starting');
    const idle = fakeCamera('door', { state: 'idle' }).status;
    assert.equal(wordOf(idle, seen).text, 'Ready');
    assert.equal(wordOf(idle, { ...seen, picture: 'awaited' }).text, 'Starting');
    assert.equal(wordOf(idle, { ...seen, picture: 'painted' }).text, 'Live');
    assert.equal(wordOf(idle, { ...seen, picture: 'painted', frozenMs: 7000 }).text, 'Starting');
    const failed = fakeCamera('door', { state: 'failed', reason, since }).status;
    assert.equal(wordOf(failed, { ...seen, picture: 'painted' }).text, 'Off');
  });

  it('is explained by reason, since when, what to do and what happens by itself', () => {
    const camera = fakeCamera('door', { state: 'failed', reason, since });
    const { title, lines } = explain(camera, wordOf(camera.status, seen), seen);
    const lost = { ...seen, lostSinceMs: NOW_MS - 4000 };
    assert.match(explain(camera, wordOf(camera.status, lost), lost).lines.join(' '), /Since \d\d:59:56, 4 s ago/);
    assert.equal(title, 'door is off.');
    assert.match(
      lines.join(' '),
      /^Nothing answers\. Since \d\d:56:50, 3 min ago\. Check the port\. It is tried again/,
    );
  });

  it('of one that is sent nothing says since when and what to start, and nothing that the server could try', () => {
    const silent = { code: 'nothing-pushed', text: 'nothing was pushed to seen', hint: 'Start the program.' };
    const camera = fakeCamera('seen', { state: 'stalled', reason: silent, since });
    const word = wordOf(camera.status, seen);
    assert.deepEqual([word.text, word.live], ['Frozen', false]);
    const { lines } = explain(camera, word, seen);
    assert.match(lines.join(' '), /^Nothing was pushed to seen\. Since \d\d:56:50, 3 min ago\. Start the program\.$/);
  });

  it('is counted without cameras that are switched off', () => {
    const words = (['live', 'idle', 'failed', 'disabled'] as const).map((state) =>
      wordOf(fakeCamera('x', { state, since }).status, seen),
    );
    assert.equal(countOf(words), '1 live, 1 ready, 1 with a problem');
    assert.equal(countOf(words.filter(({ shape }) => shape !== 'disc')), '1 of 2 live');
  });
});

it('ages and clocks are said in words', () => {
  assert.deepEqual([7000, 190_000, 7_300_000, 400_000_000].map(age), ['7 s', '3 min', '2 h', '4 days']);
  assert.equal(clockOf(fakeCamera('door').status), "the camera's clock ± 4 ms");
  const unknown = fakeCamera('door', { captureTime: { clock: null, uncertaintyMs: null } });
  assert.equal(clockOf(unknown.status), 'no clock');
});

describe('a camera that is called live', () => {
  it('is frozen after 3 s without a new picture, and not any more with the next one', () => {
    const watch = new FreshnessWatch();
    const camera = fakeCamera('door', { fps: 30 });
    assert.equal(watch.look([camera], 0).size, 0);
    assert.equal(watch.look([camera], 3000).size, 0);
    assert.equal(watch.look([camera], 3100).get(camera.uid), 3100);
    camera.status.frames.in += 1;
    assert.equal(watch.look([camera], 3200).size, 0);
  });

  it('is given three of its own intervals when it is slow', () => {
    const watch = new FreshnessWatch();
    const camera = fakeCamera('door', { fps: 0.2 });
    watch.look([camera], 0);
    assert.equal(watch.look([camera], 14_900).size, 0);
    assert.equal(watch.look([camera], 15_100).size, 1);
  });
});
