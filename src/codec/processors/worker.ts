// The worker thread of one processor: loads its module and OpenCV, then takes frames out of shared memory one by one and
// gives back what the processor makes of them. host.ts starts, feeds and ends it.

import { readlinkSync } from 'node:fs';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { inputOf, loadDefinition, optionsSchemaOf, parseOptions, tellable } from './definition.ts';
import { faultOf } from './fault.ts';
import { LeakWatch } from './leak-watch.ts';
import { loadCv } from './opencv.ts';
import { PrintedLines } from './printed-lines.ts';
import type { FromWorker, ToWorker, WorkerFault, WorkerStart } from './protocol.ts';
import { UserProcessor } from './user-processor.ts';
import { hookUserModules } from './user-modules.ts';

const start = workerData as WorkerStart;
const port = parentPort as MessagePort;
const leaks = new LeakWatch();

function tell(message: FromWorker): void {
  port.postMessage(message);
}

/** What user code prints goes to the log. */
function takeConsole(): void {
  const lines = new PrintedLines((level, text) => tell({ kind: 'log', level, text }));
  const levels = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;
  const printers = Object.entries(levels).map(([name, level]) => {
    return [name, (...args: unknown[]) => lines.say(level, format(...args))] as const;
  });
  Object.assign(globalThis.console, Object.fromEntries(printers));
}

/** On Linux each thread has a number of its own, by which its priority is set. */
function kernelThreadId(): number | null {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isInteger(id) ? id : null;
  } catch {
    return null;
  }
}

/** Runs one step of user code; a failure is told, with the `files` that were read for it, and is null here. */
async function attempt<T>(
  step: WorkerFault['step'],
  act: () => T | Promise<T>,
  files: () => readonly string[] = () => [],
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    tell({ kind: 'fault', fault: { ...faultOf(step, error), files: files() } });
    return null;
  }
}

async function load(): Promise<UserProcessor | null> {
  const modules = hookUserModules();
  const cv = loadCv(leaks);
  const definition = await attempt(
    'load',
    async () => {
      const loaded = await loadDefinition(start.module);
      return { loaded, input: inputOf(loaded), optionsSchema: optionsSchemaOf(loaded) };
    },
    modules.files,
  );
  const loadedCv = await cv;
  if (definition === null) return null;
  const options = await attempt('options', () => parseOptions(definition.loaded, start.options), modules.files);
  if (options === null) return null;
  tell({
    kind: 'loaded',
    description: definition.loaded.description ?? '',
    input: definition.input,
    runs: definition.loaded.runs ?? 'always',
    optionsSchema: definition.optionsSchema,
    options: tellable(options),
    eventTypes: Object.keys(definition.loaded.events ?? {}),
    files: modules.files(),
    kernelThreadId: kernelThreadId(),
  });
  return new UserProcessor({ definition: definition.loaded, input: definition.input, options, cv: loadedCv, start });
}

takeConsole();
const processor = load();
let turn: Promise<unknown> = processor;
port.on('message', (message: ToWorker) => {
  turn = turn.then(async () => {
    const loaded = await processor;
    if (message.kind === 'end') await end(loaded);
    else if (loaded !== null) await handle(loaded, message);
  });
});

async function end(loaded: UserProcessor | null): Promise<void> {
  if (loaded !== null) await attempt('close', () => loaded.close());
  tell({ kind: 'closed' });
  port.close();
}

async function handle(loaded: UserProcessor, message: Exclude<ToWorker, { kind: 'end' }>): Promise<void> {
  switch (message.kind) {
    case 'setup':
      if (await attempt('setup', async () => (await loaded.setup(message), true))) tell({ kind: 'ready' });
      return;
    case 'frame': {
      const done = await attempt('process', () => loaded.process(message));
      const leak = leaks.look();
      if (leak !== null) tell({ kind: 'log', level: 'warn', text: leak });
      // What it found may hold what no thread can hand to another.
      if (done !== null) await attempt('process', () => tell(done));
      return;
    }
    case 'options': {
      const options = await attempt('options', () => loaded.parse(message.options));
      if (options === null) return;
      if (await attempt('update', async () => (await loaded.update(options), true))) {
        tell({ kind: 'updated', options: tellable(options) });
      }
    }
  }
}
