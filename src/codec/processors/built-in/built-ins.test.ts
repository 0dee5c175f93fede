// The built-in processors in their real threads, by the names of the config: what each says of itself, shows and finds.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { h264Clip } from '../../../../test/fixtures/clips.ts';
import { CodecRoom } from '../../../../test/fixtures/codec-room.ts';
import { playLive } from '../../../../test/fixtures/live-clip.ts';
import type { ProcessorSpec } from '../../../config/camera.ts';
import { BUILT_IN_PROCESSORS } from '../../../config/schema.ts';
import type { ProcessorReport } from '../../../link/processors.ts';
import { jpegSize } from '../../../media/jpeg.ts';
import { BUILT_INS } from './built-ins.ts';

const SIZE = { width: 640, height: 360 };
/** A bright square crosses a gray picture once a second. */
const GRAPH =
  "color=gray:size=640x360:rate=30,format=yuv420p[b];color=white:size=80x80:rate=30[w];[b][w]overlay=x='mod(t*600,600)':y=140";

it('the built-ins are those that the config knows by name', () => {
  assert.deepEqual(Object.keys(BUILT_INS), BUILT_IN_PROCESSORS);
});

it('each built-in runs in its thread, has a default and a word for each option, and shows its drawings', async () => {
  const found = Promise.withResolvers<undefined>();
  const room = new CodecRoom({
    onEvents: (events) => {
      if (events.some(({ processor, type }) => processor === 'motion' && type === 'start')) found.resolve(undefined);
    },
  });
  const camera = playLive(room.port, await h264Clip({ graph: GRAPH, frames: 30, ...SIZE }));
  const processors = Object.keys(BUILT_INS).map((use): ProcessorSpec => {
    const usual = { enabled: true, options: {}, timeoutMs: 10_000, memoryMb: 512 };
    return { name: use, module: { kind: 'builtin', use }, ...usual };
  });
  room.streams.configureProcessors([{ uid: 'camera', id: 'door', name: 'Front door', processors }]);
  for (const { name } of processors) {
    const viewer = room.watchProcessor(name);
    await viewer.until(({ jpegs }) => jpegs.length >= 3);
    assert.deepEqual(jpegSize(viewer.jpegs[0]!.bytes), SIZE);
    judge(room.streams.processorReports().find((report) => report.name === name)!);
    viewer.close();
  }
  await found.promise;
  camera[Symbol.dispose]();
  await room.close();
});

function judge(report: ProcessorReport): void {
  assert.deepEqual([report.state, report.problem, report.shows], ['running', null, 'drawings'], report.name);
  assert.notEqual(report.description, '');
  const { properties } = report.optionsSchema as { properties: Record<string, { description?: string }> };
  assert.deepEqual(Object.keys(properties).sort(), Object.keys(report.options).sort(), 'each option has a default');
  for (const [option, { description }] of Object.entries(properties)) assert.ok(description, option);
}
