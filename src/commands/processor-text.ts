// The texts that `sightline processor new` writes: a processor that works as it stands, with its test, in as few lines as
// show options, drawings, an event and what has to be freed.

/** `processors/NAME.ts` */
export function processorText(name: string): string {
  return `// ${name}: says when something bright comes into the picture, and where. Change it and save: a server that runs takes
// it at once. All that a processor can do: docs/processors.md in the folder of sightline.
import { defineProcessor, z } from 'sightline';

export default defineProcessor({
  description: 'Something bright comes into the picture',

  // The frames that it gets. FFmpeg makes them; gray is the fastest, the others are bgr, rgba and yuv420p.
  input: { width: 320, format: 'gray', fps: 10 },

  // Set in sightline.yaml (options: { brightness: 180 }) or in the form that the page makes of them.
  options: z.object({
    brightness: z.number().min(0).max(255).default(200).describe('Pixels brighter than this count, 0 to 255'),
    share: z.number().min(0).max(1).default(0.002).describe('So much of the picture must be bright, 0 to 1'),
  }),

  // What it finds: the name of each kind of event, and what it carries.
  events: { bright: z.object({ share: z.number() }) },

  // Runs once, and again when an option or the size of the picture changes.
  setup({ cv, options, width, height }) {
    // A Mat that you make is yours: make it here, not for each frame, and delete it in close().
    const bright = new cv.Mat();
    let wasBright = false;

    return {
      // Runs for each frame, one at a time. frame.mat is OpenCV's Mat, the host's: never delete it.
      process(frame) {
        cv.threshold(frame.mat, bright, options.brightness, 255, cv.THRESH_BINARY);
        const share = cv.countNonZero(bright) / (width * height);
        const isBright = share > 0 && share >= options.share;
        const isNew = isBright && !wasBright;
        wasBright = isBright;
        if (!isBright) return { drawings: [] };

        // Places are parts of the picture, from 0 to 1, because viewers see it in any size.
        const area = cv.boundingRect(bright);
        const box = {
          x: area.x / width,
          y: area.y / height,
          width: area.width / width,
          height: area.height / height,
        };
        return {
          // Drawn over the camera's own picture. Or show a picture of your own: picture: bright
          drawings: [{ kind: 'box', ...box, label: \`\${Math.round(share * 100)} %\` }],
          // On the page, at /api/events, and in your own programs.
          events: isNew ? [{ type: 'bright', boxes: [box], data: { share } }] : [],
        };
      },

      close() {
        bright.delete();
      },
    };
  },
});
`;
}

/** `processors/NAME.test.ts` */
export function testText(name: string, command: string): string {
  return `// Run it: ${command} processor test ${name}
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryProcessor } from 'sightline';
import processor from './${name}.ts';

/** A black picture with a white square of this side in its upper left corner. */
function picture(side: number) {
  const [width, height] = [64, 36];
  const data = new Uint8Array(width * height);
  for (let y = 0; y < side; y++) data.fill(255, y * width, y * width + side);
  return { data, width, height, format: 'gray' as const };
}

test('it says once that something bright came, and where', async () => {
  const frames = [picture(0), picture(9), picture(9)];
  const { events, drawings, findings } = await tryProcessor(processor, { frames });
  assert.deepEqual(
    events.map(({ type, boxes }) => ({ type, boxes })),
    [{ type: 'bright', boxes: [{ x: 0, y: 0, width: 9 / 64, height: 0.25 }] }],
  );
  assert.equal(drawings.length, 2, 'a box while it is bright');
  // Mats that were not deleted are named here, with file and line.
  assert.deepEqual(findings, []);
});

test('what is too small does not count', async () => {
  const { events } = await tryProcessor(processor, { frames: [picture(9)], options: { share: 0.5 } });
  assert.deepEqual(events, []);
});

// Frames can be a file too: tryProcessor(processor, { clip: 'door.mp4' }), or a .jpg.
`;
}
