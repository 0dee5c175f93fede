// Hundreds of viewers in one cheap program: fanout/client.c, driven over its standard input and output.

import { compile } from './compile.ts';
import { delay } from './context.ts';
import type { Context } from './context.ts';
import { lines } from './lines.ts';

export interface CrowdWindow {
  readonly seconds: number;
  /** Pictures and their bytes, of all viewers. */
  readonly parts: number;
  readonly bytes: number;
  /** Pictures a second of the slowest viewer and of the one in the middle. */
  readonly leastFps: number;
  readonly medianFps: number;
  /** Viewers that are gone; only a lenient crowd goes on without them. */
  readonly ended: number;
}

export interface Crowd {
  /** Watches for so long and tells what came. */
  watch(windowMs: number): Promise<CrowdWindow>;
  stop(): Promise<void>;
}

/** Opens `viewers` responses of one address, in which {n} is a viewer's number; resolves when all have begun. */
export async function startCrowd(context: Context, port: number, path: string, viewers: number): Promise<Crowd> {
  return await start(context, [`${port}`, path, `${viewers}`]);
}

/** The same, but viewers that are refused or cut are only counted. */
export async function startLenientCrowd(
  context: Context,
  { port, path, viewers }: { port: number; path: string; viewers: number },
): Promise<Crowd> {
  return await start(context, [`${port}`, path, `${viewers}`, 'lenient']);
}

async function start(context: Context, args: readonly string[]): Promise<Crowd> {
  const program = compile(context, 'fanout/client.c');
  const child = context.processes.start(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = lines(child);
  const next = async () => {
    const line = await output.next();
    if (line.done === true || line.value.startsWith('closed'))
      throw new Error(`a viewer of ${args[1] ?? ''} was disconnected`);
    return line.value;
  };
  const ask = async () => {
    child.stdin?.write('\n');
    return await next();
  };
  await next();
  return {
    async watch(windowMs) {
      await ask();
      await delay(windowMs);
      return parse(await ask());
    },
    stop: () => context.processes.stop(child),
  };
}

function parse(line: string): CrowdWindow {
  const [seconds = NaN, parts = NaN, bytes = NaN, leastFps = NaN, medianFps = NaN, ended = NaN] = line
    .split(' ')
    .map(Number);
  return { seconds, parts, bytes, leastFps, medianFps, ended };
}
