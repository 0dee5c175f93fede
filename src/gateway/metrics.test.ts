// /metrics as Prometheus reads it: the text format by its own rules, names and units, and the docs that list them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeJpeg } from '../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../test/fixtures/gateway.ts';
import { METRIC_FAMILIES } from './metrics.ts';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+?Inf)|NaN)$/;
const LABELS = /^(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,|$))*$/;

/** Samples by name and labels; throws where the text breaks a rule of the exposition format 0.0.4. */
function parse(text: string): Map<string, number> {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  const done = new Set<string>();
  let family = '';
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, kind = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      assert.ok(NAME.test(name) && !done.has(name), `${name} has one group of lines`);
      family = name;
      done.add(name);
    } else if (kind === 'TYPE') {
      assert.equal(name, family);
      assert.match(rest, /^(gauge|counter)$/);
      types.set(name, rest);
    } else {
      const [, sample, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      assert.equal(sample, family, line);
      assert.ok(types.has(family) && LABELS.test(labels), line);
      assert.ok(!samples.has(`${family}{${labels}}`), `${line} is there once`);
      samples.set(`${family}{${labels}}`, Number(value));
    }
  }
  return samples;
}

test('every metric is named by its unit, counters end in _total, and all stand in docs/api.md', () => {
  const docs = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  for (const { name, type, help, labels } of METRIC_FAMILIES) {
    assert.match(name, /^sightline_[a-z0-9]+(_[a-z0-9]+)*$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /_(ms|milliseconds|kb|mb|bits|percent)(_|$)/, `${name} is in base units`);
    assert.match(help, /\.$/);
    const row = new RegExp(`^\\| \`${name}\` +\\| ${labels.map((label) => `\`${label}\``).join(', ')} *\\|`, 'm');
    assert.match(docs, row, `${name} in docs/api.md`);
  }
  const named = [...docs.matchAll(/^\| `(sightline_\w+)`/gm)].map(([, name]) => name);
  assert.deepEqual(
    named,
    METRIC_FAMILIES.map(({ name }) => name),
  );
});

test('the metrics say what the cameras, viewers and requests are now', async () => {
  await withGateway({}, async ({ url, port, view, media }) => {
    view.set('yard', 'stalled', { code: 'camera-stalled', text: 'It stalled.', hint: '' });
    view.setTracks('door', []);
    const viewer = RawClient.get(port, '/camera');
    await media.next('jpegs');
    media.picture(makeJpeg(1, { bytes: 5000 }));
    await viewer.until('X-Sequence: 1');
    await fetch(`${url}/api/cameras/none`);
    viewer.socket.destroy();
    while ((view.reports.at(-1)?.requests.length ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const response = await fetch(`${url}/metrics`);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const samples = parse(await response.text());
    const value = (sample: string): number | undefined => samples.get(sample);
    assert.equal(value('sightline_build_info{version="1.2.3"}'), 1);
    assert.equal(value('sightline_camera_state{camera="yard",state="stalled"}'), 1);
    assert.equal(value('sightline_camera_state{camera="yard",state="live"}'), 0);
    assert.equal(value('sightline_camera_receive_bytes_per_second{camera="door"}'), 250_000);
    assert.equal(value('sightline_camera_receive_bytes_per_second{camera="yard"}'), undefined);
    assert.equal(value('sightline_viewers{camera="door",via="mjpeg"}'), 0);
    assert.equal(value('sightline_viewer_pictures_sent_total{camera="door",via="mjpeg"}'), 1);
    assert.ok((value('sightline_viewer_sent_bytes_total{camera="door",via="mjpeg"}') ?? 0) > 5000);
    assert.equal(value('sightline_process_restarts_total{process="main"}'), 0);
    assert.equal(value('sightline_http_requests_total{operation="getCamera",status="404"}'), 1);
    assert.equal(value('sightline_http_requests_total{operation="firstCamera",status="200"}'), 1);
  });
});
