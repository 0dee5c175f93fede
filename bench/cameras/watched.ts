// 1, 16 and 64 cameras with one MJPEG viewer each, every picture decoded and encoded once: what the server spends, what
// the viewers get, and what it does against too much load. The cameras send 360p15, as second streams are. Where the
// machine has no room for so many, less than 15 fps come, and that is the result.

import { LIGHT } from '../camera/footage.ts';
import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { startLenientCrowd } from '../ground/crowd.ts';
import type { CrowdWindow } from '../ground/crowd.ts';
import type { Figure } from '../ground/figures.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';
import { COUNTS, MOST, camerasText, coresWhile, withCameras } from './serving.ts';

const SETTLE_MS = 5000;
/** Each viewer in the place of its number. */
const PATH = '/cameras/cam{n}/stream.mjpeg';

interface Window {
  readonly cores: number;
  readonly came: CrowdWindow;
  /** What processes did against too much load when it ended. */
  readonly shed: readonly string[];
}

interface Result {
  readonly windows: readonly Window[];
  /** Why it could not be measured to the end. */
  readonly failure: string | null;
}

export async function watchedCameras(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context, MOST, context.lightFootage);
  const figures: Figure[] = [];
  for (const count of COUNTS) {
    context.note(`${camerasText(count)}, each watched`);
    const result = await withCameras(context, { camera, count }, (server) => watch(context, server, count));
    figures.push(...figuresOf(count, result));
  }
  await camera.stop();
  return figures;
}

async function watch(context: Context, server: Server, count: number): Promise<Result> {
  const windows: Window[] = [];
  try {
    const crowd = await startLenientCrowd(context, { port: server.port, path: PATH, viewers: count });
    await delay(SETTLE_MS);
    for (let round = 0; round < context.rounds; round += 1) {
      const { cores, result } = await coresWhile(server, () => crowd.watch(context.windowMs));
      windows.push({ cores: cores.tree, came: result, shed: await server.shedding() });
    }
    await crowd.stop();
    return { windows, failure: null };
  } catch (error) {
    return { windows, failure: error instanceof Error ? error.message : String(error) };
  }
}

function figuresOf(count: number, { windows, failure }: Result): Figure[] {
  const what = `${camerasText(count)}, each watched`;
  const named = (name: string, unit: string, of: (window: Window) => number): Figure => ({
    name: `${what}: ${name}`,
    unit,
    ours: spread(windows.map(of)),
    peers: [],
    target: null,
  });
  const [first, ...rest] = [
    named('whole server', 'cores', ({ cores }) => cores),
    named(`pictures of the middle viewer, of ${LIGHT.fps}`, 'fps', ({ came }) => came.medianFps),
    named(`pictures of the slowest viewer, of ${LIGHT.fps}`, 'fps', ({ came }) => came.leastFps),
  ] as const;
  return [{ ...first, remark: remarkOf(count, windows, failure) }, ...rest];
}

function remarkOf(count: number, windows: readonly Window[], failure: string | null): string {
  const ended = Math.max(0, ...windows.map(({ came }) => came.ended));
  const shed = new Set(windows.flatMap((window) => window.shed));
  return [
    shed.size > 0 ? `against too much load: ${[...shed].join(', ')}` : 'no process shed load',
    ...(ended > 0 ? [`${ended} of ${count} viewers got no picture within the server's time, or were cut`] : []),
    ...(failure !== null ? [`no room on this machine: ${failure}`] : []),
  ].join('; ');
}
