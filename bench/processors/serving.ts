// The server with cameras that have processors, which are switched on and off while it runs, so that both sides of a
// comparison are one server a few seconds apart.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Camera as CameraAnswer } from '../../src/gateway/api/contract.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';

const LIVE_MS = 60_000;
/** OpenCV is compiled, and the first frames are behind it. */
const SETTLE_MS = 2000;

export interface CameraEntry {
  readonly id: string;
  readonly source: string;
  /** The processors of the config, `name: { … }` each. */
  readonly processors: readonly string[];
}

export interface Serving {
  readonly server: Server;
  /** Switches all processors of all cameras; ready when they do frames, or are off. */
  switch(on: boolean): Promise<void>;
  /** Of all cameras. */
  processors(): Promise<CameraAnswer['processors']>;
}

/** Measures while these cameras are open and live; the processors run at first. */
export async function serving<T>(
  context: Context,
  cameras: readonly CameraEntry[],
  measure: (serving: Serving) => Promise<T>,
): Promise<T> {
  const folder = join(context.out, 'processors');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const config = join(folder, 'sightline.yaml');
  writeFileSync(config, `cameras:\n${cameras.map(entryText).join('')}`, { mode: 0o600 });
  const server = await startServer(context, ['--config', config]);
  try {
    const key = readFileSync(join(folder, '.sightline', 'key'), 'utf8').trim();
    const made = new SwitchedServing(server, key, cameras);
    await until('the cameras are live', LIVE_MS, async () =>
      (await server.states()).every((state) => state === 'live') ? true : null,
    );
    await made.settled(true);
    return await measure(made);
  } finally {
    await server.stop();
  }
}

class SwitchedServing implements Serving {
  readonly server: Server;
  readonly #key: string;
  readonly #cameras: readonly CameraEntry[];

  constructor(server: Server, key: string, cameras: readonly CameraEntry[]) {
    this.server = server;
    this.#key = key;
    this.#cameras = cameras;
  }

  async switch(on: boolean): Promise<void> {
    for (const { id, processors } of this.#cameras) {
      const wished = processors.map((entry) => [nameOf(entry), { enabled: on }]);
      await this.#patch(id, { processors: Object.fromEntries(wished) as Record<string, unknown> });
    }
    await this.settled(on);
  }

  async processors(): Promise<CameraAnswer['processors']> {
    const response = await fetch(`${this.server.origin}/api/cameras`);
    const { cameras } = (await response.json()) as { readonly cameras: readonly CameraAnswer[] };
    return cameras.flatMap((camera) => camera.processors);
  }

  async settled(on: boolean): Promise<void> {
    const before = await this.processors();
    await until(`the processors are ${on ? 'at work' : 'off'}`, LIVE_MS, async () => {
      const now = await this.processors();
      const are = now.map(({ state, frames }, index) =>
        on ? state === 'running' && frames.done > before[index]!.frames.done : state === 'off',
      );
      return are.every(Boolean) ? true : null;
    });
    await delay(SETTLE_MS);
  }

  async #patch(id: string, change: unknown): Promise<void> {
    const response = await fetch(`${this.server.origin}/api/cameras/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    if (!response.ok) throw new Error(`PATCH answered ${response.status}: ${await response.text()}`);
  }
}

function entryText({ id, source, processors }: CameraEntry): string {
  const list = processors.length === 0 ? '' : `    processors: { ${processors.join(', ')} }\n`;
  return `  ${id}:\n    source: ${source}\n    always: true\n${list}`;
}

function nameOf(entry: string): string {
  return entry.slice(0, entry.indexOf(':'));
}

/** A processor file with this `process`, as an entry of the config. */
export function processorEntry(
  context: Context,
  name: string,
  { input, process }: { readonly input: string; readonly process: string },
): string {
  const file = join(context.out, `bench-${name}.js`);
  writeFileSync(file, processorText(input, process));
  return `${name}: { file: ${file} }`;
}

export function processorText(input: string, process: string): string {
  return `import { defineProcessor } from 'sightline';
export default defineProcessor({ input: ${input}, setup: () => ({ process: ${process} }) });
`;
}
