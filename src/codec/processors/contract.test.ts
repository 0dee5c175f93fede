import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { defineProcessor, isProcessorDefinition } from './contract.ts';

/** Each line that must not compile stands behind an expectation that it does not: `tsc` judges this file. */
describe('a processor', () => {
  it('is typed from its options and events to what it gives', async () => {
    const edges = defineProcessor({
      input: { width: 640, format: 'gray', fps: 15 },
      options: z.object({ low: z.number().default(60), high: z.number().default(160) }),
      events: { seen: z.object({ text: z.string() }), quiet: z.object({}) },
      setup({ cv, options }) {
        const out = new cv.Mat();
        const low: number = options.low;
        // @ts-expect-error options.medium is not declared
        assert.equal(options.medium, undefined);
        return {
          process(frame) {
            cv.Canny(frame.mat, out, low, options.high);
            return { picture: out, events: [{ type: 'seen', data: { text: 'a' } }, { type: 'quiet' }] };
          },
          close() {
            out.delete();
          },
        };
      },
    });
    assert.ok(isProcessorDefinition(edges));
    assert.ok(!isProcessorDefinition({ ...{} }));
    defineProcessor({
      events: { seen: z.object({ text: z.string() }) },
      // @ts-expect-error `text` is a text
      setup: () => ({ process: () => ({ events: [{ type: 'seen', data: { text: 1 } }] }) }),
    });
    defineProcessor({
      // @ts-expect-error events that are not declared
      setup: () => ({ process: () => ({ events: [{ type: 'seen' }] }) }),
    });
    // @ts-expect-error no such format
    defineProcessor({ input: { format: 'grey' }, setup: () => ({ process: () => undefined }) });
    const silent = defineProcessor({ setup: () => ({ process: async () => Promise.resolve(undefined) }) });
    assert.ok(isProcessorDefinition(silent));
    await Promise.resolve();
  });

  it('that counts only gives nothing', () => {
    let frames = 0;
    const counter = defineProcessor({
      setup: () => ({
        process() {
          frames += 1;
        },
      }),
    });
    assert.ok(isProcessorDefinition(counter));
    assert.equal(frames, 0);
  });
});
