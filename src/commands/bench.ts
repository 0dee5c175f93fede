// `sightline bench SOURCE`: serves one camera in three ways, sends more and more viewers to each, and tells what they got
// and what it cost: a table here, and two files to keep.

import { writeFile } from 'node:fs/promises';
import { SightlineError } from '../base/errors.ts';
import { openCameraUnderTest } from '../bench/camera/open.ts';
import { Load } from '../bench/load/load.ts';
import { modeSides } from '../bench/modes/modes.ts';
import { canReadProcesses, killAll, ProcessTree } from '../bench/measure/process-tree.ts';
import { MODES } from '../bench/plan.ts';
import { reportHtml } from '../bench/report/html.ts';
import { reportTable } from '../bench/report/table.ts';
import { runBench } from '../bench/run.ts';
import type { BenchReport, CameraUnderTest } from '../bench/types.ts';
import { readWishes, refuseBeyondLimit, refuseUnwritable } from './bench-wishes.ts';
import type { BenchWishes } from './bench-wishes.ts';
import type { Command, ParsedCommand } from './command.ts';
import { passwordFromInput } from './password.ts';
import { ProgressLine } from './progress-line.ts';
import { listenForSignals } from './signals.ts';

const ENDED = 'The run was ended before it was through.';

export const bench: Command = {
  name: 'bench',
  operands: 'SOURCE',
  summary:
    'Measures what it costs to serve a camera to many: one capture for each viewer, one for each worker, one for all.\n' +
    'Takes about ten minutes. SOURCE is an ADDRESS as for serve; test: starts a camera for it.',
  options: {
    viewers: { type: 'string', value: 'LIST', help: 'Numbers of viewers, rising. Default 1,4,16,64,256,1000.' },
    seconds: { type: 'string', value: 'N', help: 'Length of a window. Default 10, with --quick 3.' },
    modes: { type: 'string', value: 'LIST', help: `Which ways to serve. Default ${MODES.join(',')}.` },
    quick: { type: 'boolean', help: 'One window a figure, about two minutes: a look, not a result.' },
    html: { type: 'string', value: 'FILE', help: 'Where the page with the plots goes. Default bench.html.' },
    json: {
      type: 'string',
      value: '[FILE]',
      help: 'Where the figures go. Default bench.json. Without FILE they are said here too, in place of the table.',
    },
    peer: {
      type: 'string',
      value: 'NAME=URL[,PID]',
      multiple: true,
      help: 'Another MJPEG server that is running, and its process, for its cost. May be given again.',
    },
    user: { type: 'string', value: 'NAME', help: 'User name at the camera.' },
    'password-stdin': { type: 'boolean', help: 'Read its password from the first line of the standard input.' },
  },
  examples: [
    ['sightline bench test:', 'what this machine can do, with a camera of its own'],
    ['sightline bench rtsp://192.168.1.20/stream1 --quick', 'a look with your camera'],
    [
      'sightline bench test: --peer other=http://127.0.0.1:8090/stream.mjpeg,4711',
      'beside another server, process 4711',
    ],
  ],
  run: runBenchCommand,
};

async function runBenchCommand(parsed: ParsedCommand): Promise<void> {
  // Takes the place of the arguments, which may hold a password, in every list of processes.
  process.title = 'sightline bench';
  const wishes = readWishes(parsed, process.env['INIT_CWD'] ?? process.cwd());
  refuseBeyondLimit(wishes.options.viewers);
  for (const file of [wishes.jsonFile, wishes.htmlFile]) await refuseUnwritable(file);
  const { user, 'password-stdin': fromInput } = parsed.values;
  const username = typeof user === 'string' ? user : null;
  const password = fromInput === true ? await passwordFromInput() : null;
  const progress = new ProgressLine();
  const stop = new AbortController();
  const signals = listenForSignals(() => {
    killBelow();
    process.exit(1);
  });
  void signals.first.then(() => {
    progress.say('Ending; what was measured will be written.');
    stop.abort(new SightlineError('stopping', ENDED, { hint: '' }));
  });
  const { source, cwd } = wishes;
  progress.show(0, 'looking at the camera');
  const camera = await openCameraUnderTest({ source, cwd, username, password, signal: stop.signal });
  endWith(camera, stop);
  let report: BenchReport;
  try {
    report = await measure(wishes, camera, progress, stop.signal);
  } finally {
    await camera.stop();
  }
  progress.clear();
  await give(report, wishes, progress);
  stop.signal.throwIfAborted();
}

/** A camera of the bench's own that dies ends the run with its reason; what was measured before is written. */
function endWith({ lost }: CameraUnderTest, stop: AbortController): void {
  lost?.addEventListener('abort', () => stop.abort(lost.reason), { once: true });
  if (lost?.aborted === true) stop.abort(lost.reason);
}

/** For who does not want to wait for the servers to end: everything that this process has started, at once. */
function killBelow(): void {
  if (!canReadProcesses()) return;
  killAll(new ProcessTree([process.pid]).read().pids.filter((pid) => pid !== process.pid));
}

async function measure(
  { options, peers }: BenchWishes,
  camera: CameraUnderTest,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<BenchReport> {
  const sides = [...modeSides(camera, options.modes), ...peers];
  const greedy = sides.filter(({ perViewer }) => perViewer).map(({ name }) => name);
  if (camera.kind === 'given' && greedy.length > 0) {
    progress.say(
      `${greedy.join(', ')} opens a session with your camera for each viewer, up to ${Math.max(...options.viewers)}; it stops at the first refusal. --modes without it leaves it out.`,
    );
  }
  return await runBench({
    ...{ camera, sides, absent: [], options, signal },
    startLoad: () => Load.start(),
    onProgress: ({ done, text }) => progress.show(done, text),
  });
}

/** The figures are written first: neither a closed pipe nor a fault of the page may cost ten minutes. */
async function give(report: BenchReport, wishes: BenchWishes, progress: ProgressLine): Promise<void> {
  await writeFile(wishes.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.on('error', () => undefined);
  console.log(wishes.json ? JSON.stringify(report) : reportTable(report));
  await writeFile(wishes.htmlFile, reportHtml(report));
  progress.say(`Written: ${wishes.jsonFile}, ${wishes.htmlFile}`);
  const first = report.sides[0]?.stopped;
  if (first?.reason === 'failed' && report.sides.every(({ steps }) => steps.length === 0)) {
    throw new SightlineError('internal', `Nothing could be measured. ${first.text}`, { hint: '' });
  }
}
