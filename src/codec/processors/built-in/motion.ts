// Says when something begins to move before a camera and when it ends, and where. A sudden change of light is none.
//
//   frame --> Background: which pixels --> zones --> Regions: which boxes --> Episode: start, end

import { z } from 'zod';
import { defineProcessor } from '../contract.ts';
import type { Mat, ProcessorFrame, SetupContext } from '../contract.ts';
import { Background } from './background.ts';
import { Episode } from './episode.ts';
import type { MotionTurn } from './episode.ts';
import { LightWatch } from './light-watch.ts';
import { Regions } from './regions.ts';
import { maskOf, outlinesOf } from './zones.ts';

const share = z.number().min(0).max(1);
const polygons = z
  .array(
    z
      .array(z.tuple([share, share]))
      .min(3)
      .max(50),
  )
  .max(20);

const options = z.object({
  sensitivity: share
    .default(0.5)
    .describe('0: only what differs strongly from the background; 1: nearly everything, camera noise too'),
  minSize: z.number().min(0).max(1).default(0.004).describe('Smaller things do not count; share of the picture'),
  holdOffMs: z.number().int().min(0).max(600_000).default(3000).describe('So long a rest ends a motion, milliseconds'),
  learnSeconds: z
    .number()
    .min(1)
    .max(3600)
    .default(4)
    .describe('Background that changes is learned in about this time; what stands still, in five times as long'),
  zones: polygons
    .default([])
    .describe('Where motion counts: polygons of [x, y] corners, 0 to 1 from left and top; none: everywhere'),
  exclude: polygons.default([]).describe('Where motion does not count: polygons like those of zones'),
});

const events = {
  start: z.object({ share: share.describe('Of the picture that moves') }),
  end: z.object({
    peak: share.describe('Share of the picture that moved, at most'),
    durationMs: z.number().describe('From the first frame that moved to the last'),
  }),
};

type Options = z.output<typeof options>;

/** Gray levels that a pixel may stray by, at sensitivity 0 and 1. */
const THRESHOLDS = { dull: 34, keen: 6 } as const;
/** A pixel that moves is learned so many times more slowly than one that rests. */
const MOVING_SLOWNESS = 5;
const SETTLING_WEIGHT = 0.3;
/** A frame that comes later than this says nothing of how fast things are. */
const MAX_STEP_S = 1;

export default defineProcessor({
  description: 'Start and end of motion, with boxes around what moves',
  input: { width: 320, format: 'gray', fps: 10 },
  options,
  events,
  setup: (context) => new MotionDetector(context),
});

class MotionDetector {
  readonly #context: SetupContext<Options>;
  readonly #background: Background;
  readonly #regions: Regions;
  readonly #light: LightWatch;
  readonly #episode = new Episode();
  #options: Options;
  #mask: Mat | null;
  #lastMs: number | null = null;

  constructor(context: SetupContext<Options>) {
    const { cv, width, height } = context;
    this.#context = context;
    this.#options = context.options;
    this.#background = new Background(context);
    this.#regions = new Regions(cv, width, height);
    this.#light = new LightWatch(cv);
    this.#mask = maskOf(cv, context, context.options);
  }

  process(frame: ProcessorFrame) {
    const timeMs = frame.capturedAt.unixUs / 1000;
    const { boxes, share: part } = this.#look(frame.mat, timeMs);
    const turn = this.#episode.take(part, timeMs, this.#options.holdOffMs);
    const drawn = boxes.map((box) => ({ kind: 'box', ...box }) as const);
    return {
      drawings: frame.watched ? [...outlinesOf(this.#options), ...drawn] : [],
      events: eventsOf(turn, part, boxes),
    };
  }

  update(given: Options): void {
    this.#options = given;
    this.#mask?.delete();
    this.#mask = maskOf(this.#context.cv, this.#context, given);
  }

  close(): void {
    this.#background.close();
    this.#regions.close();
    this.#light.close();
    this.#mask?.delete();
  }

  #look(mat: Mat, timeMs: number): ReturnType<Regions['find']> {
    const { sensitivity, learnSeconds, minSize } = this.#options;
    const background = this.#background;
    const stepS = this.#lastMs === null ? 0 : Math.min(MAX_STEP_S, Math.max(0, (timeMs - this.#lastMs) / 1000));
    this.#lastMs = timeMs;
    background.compare(mat, THRESHOLDS.dull + (THRESHOLDS.keen - THRESHOLDS.dull) * sensitivity);
    const light = this.#light.judge(mat, stepS);
    if (light === 'changed') background.restart(mat);
    if (light === 'settling') background.learn(SETTLING_WEIGHT, SETTLING_WEIGHT);
    if (light !== 'steady') return { boxes: [], share: 0 };
    const weight = 1 - Math.exp(-stepS / learnSeconds);
    background.learn(weight, weight / MOVING_SLOWNESS);
    if (this.#mask !== null) this.#context.cv.bitwise_and(background.moving, this.#mask, background.moving);
    return this.#regions.find(background.moving, minSize);
  }
}

function eventsOf(turn: MotionTurn, part: number, boxes: ReturnType<Regions['find']>['boxes']) {
  if (turn === null) return [];
  if (turn.kind === 'start') return [{ type: 'start', boxes, data: { share: part } } as const];
  return [{ type: 'end', data: { peak: turn.peak, durationMs: turn.durationMs } } as const];
}
