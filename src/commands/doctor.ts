// `sightline doctor SOURCE`: says step by step what is between a source and its picture, with what to do. Ends well only
// when there is a picture. Any kind of source may be named: who types it may open it anyway.

import { UNGUARDED } from '../base/dial-guard.ts';
import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import { examine } from '../doctor/run.ts';
import type { Examination, StepReport } from '../link/examination.ts';
import { openLoneCamera } from '../lone-control.ts';
import type { Command, ParsedCommand } from './command.ts';
import { DoctorPrinter, summaryOf } from './doctor-text.ts';
import { passwordFor } from './password.ts';
import { listenForSignals } from './signals.ts';

export const doctor: Command = {
  name: 'doctor',
  operands: 'SOURCE',
  summary:
    'Says why a camera shows no picture: looks at name, network, port, login, path, stream and picture, one line a step.',
  options: {
    user: { type: 'string', value: 'NAME', help: 'User name at the camera; the password is asked for on a terminal.' },
    'password-stdin': { type: 'boolean', help: 'Read its password from the first line of the standard input instead.' },
    insecure: { type: 'boolean', help: "Do not check the camera's certificate." },
    json: { type: 'boolean', help: 'Say it as one line of JSON.' },
  },
  examples: [
    ['sightline doctor rtsp://192.168.1.20/stream1', 'what is wrong with this camera, and what to do'],
    [
      'sightline doctor rtsp://192.168.1.20/ --user admin --password-stdin < secret',
      'with a password that no list of processes shows',
    ],
  ],
  run: runDoctorCommand,
};

async function runDoctorCommand({ values, operands }: ParsedCommand): Promise<void> {
  // Takes the place of the arguments, which may hold a password, in every list of processes.
  process.title = 'sightline doctor';
  const [text, ...more] = operands;
  if (text === undefined || more.length > 0) throw new SightlineError('usage', 'doctor takes one SOURCE');
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  const username = typeof values['user'] === 'string' ? values['user'] : null;
  const password = await passwordFor(username, values['password-stdin'] === true);
  const source = parseAddress(text, { cwd, username, password });
  const tlsVerify = values['insecure'] !== true;
  const isJson = values['json'] === true;
  const printer = isJson ? null : new DoctorPrinter(process.stdout);
  printer?.begin(source.display);
  const examination = await untilSignal((signal) =>
    examine({
      ...{ source, tlsVerify, guard: UNGUARDED, signal },
      openPictures: () => openLoneCamera({ source, tlsVerify }),
      onStep: (report: StepReport) => printer?.step(report),
    }),
  );
  if (isJson) console.log(JSON.stringify(examination));
  else printer?.end(examination);
  if (!examination.picture) throw noPicture(examination);
}

/** The first signal ends the examination, and what was found until then is said; the second one ends everything. */
async function untilSignal(run: (signal: AbortSignal) => Promise<Examination>): Promise<Examination> {
  const stop = new AbortController();
  const signals = listenForSignals(() => process.exit(1));
  void signals.first.then(() => stop.abort());
  try {
    return await run(stop.signal);
  } finally {
    signals.close();
  }
}

/** What the last line on stderr says. */
function noPicture(examination: Examination): SightlineError {
  const { failed, advice } = summaryOf(examination);
  return new SightlineError('picture-timeout', failed, { hint: advice });
}
