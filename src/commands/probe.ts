// `sightline probe SOURCE`: opens a source as the server would, says what it sends, and ends. Nothing is served, nothing
// is kept, and any kind of source may be named: who types it may open it anyway.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { wallIso } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { ProbeResult } from '../link/probe.ts';
import { lookOnce } from '../lone-control.ts';
import type { Command, ParsedCommand } from './command.ts';
import { passwordFor } from './password.ts';

export const probe: Command = {
  name: 'probe',
  operands: 'SOURCE',
  summary:
    'Opens a camera, says what it sends and how long its first picture takes, and ends. SOURCE is an ADDRESS as for serve.',
  options: {
    user: { type: 'string', value: 'NAME', help: 'User name at the camera; the password is asked for on a terminal.' },
    'password-stdin': { type: 'boolean', help: 'Read its password from the first line of the standard input instead.' },
    insecure: { type: 'boolean', help: "Do not check the camera's certificate." },
    picture: { type: 'string', value: 'FILE', help: 'Save the first picture there, as JPEG.' },
    json: { type: 'boolean', help: 'Say it as one line of JSON.' },
  },
  examples: [
    ['sightline probe rtsp://192.168.1.20/stream1', 'what this camera sends, or why it does not'],
    [
      'sightline probe rtsp://192.168.1.20/ --user admin --password-stdin < secret',
      'with a password that no list of processes shows',
    ],
    ['sightline probe 0 --picture webcam.jpg', 'one picture of the default webcam'],
  ],
  run: runProbeCommand,
};

async function runProbeCommand({ values, operands }: ParsedCommand): Promise<void> {
  // Takes the place of the arguments, which may hold a password, in every list of processes.
  process.title = 'sightline probe';
  const [text, ...more] = operands;
  if (text === undefined || more.length > 0) throw new SightlineError('usage', 'probe takes one SOURCE');
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  const username = typeof values['user'] === 'string' ? values['user'] : null;
  const password = await passwordFor(username, values['password-stdin'] === true);
  const source = parseAddress(text, { cwd, username, password });
  const result = await look(source, values['insecure'] !== true);
  const file = typeof values['picture'] === 'string' ? path.resolve(cwd, values['picture']) : null;
  const saved = file !== null && result.picture !== null ? file : null;
  if (saved !== null && result.picture) await save(saved, result.picture.bytes);
  if (values['json'] === true) console.log(JSON.stringify(asJson(source, result, saved)));
  else if (result.problem === null) console.log(asText(source, result, saved));
  if (result.problem !== null) throw SightlineError.fromProblem(result.problem);
}

/** A signal ends the looking, and what was opened is closed first. */
async function look(source: SourceAddress, tlsVerify: boolean): Promise<ProbeResult> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  try {
    return await lookOnce({ source, tlsVerify, signal: stop.signal });
  } finally {
    for (const name of names) process.removeListener(name, onSignal);
  }
}

async function save(file: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new SightlineError('usage', `--picture ${file} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const CLOCKS = {
  rtcp: "the camera's clock, told by RTCP",
  device: 'the device',
  sender: "the camera's clock, told with each picture",
  arrival: 'the moment when a picture arrives here',
} as const;

function asText(source: SourceAddress, { info, picture, tookMs }: ProbeResult, saved: string | null): string {
  const { tracks = [], fps = 0 } = info?.origin ?? {};
  const shape = ({ codec, width, height }: (typeof tracks)[number]): string => {
    return width > 0 ? `${codec}, ${width}x${height}` : codec;
  };
  const clock = picture ? CLOCKS[picture.stamp.clock] : '';
  return [
    `${source.display} sends pictures`,
    ...tracks.map((track) => `  ${track.kind === 'video' ? 'Video' : 'Audio'}          ${shape(track)}`),
    ...(fps > 0 ? [`  Rate           ${fps} pictures a second, measured`] : []),
    `  Capture time   from ${clock}${picture ? `: ${wallIso(picture.stamp.capturedAtUs)}` : ''}`,
    `  First picture  ${picture?.width ?? 0}x${picture?.height ?? 0}, after ${(tookMs / 1000).toFixed(1)} s`,
    ...(saved === null ? [] : [`  Saved          ${saved}`]),
  ].join('\n');
}

function asJson({ display }: SourceAddress, result: ProbeResult, saved: string | null): object {
  const { info, picture, problem, tookMs } = result;
  return {
    source: display,
    problem,
    tracks: (info?.origin?.tracks ?? []).map(({ id, kind, codec, width, height, fps }) => {
      return { id, kind, codec, width, height, fps };
    }),
    width: picture?.width ?? 0,
    height: picture?.height ?? 0,
    fps: info?.origin?.fps ?? 0,
    clock: picture?.stamp.clock ?? null,
    tookMs: Math.round(tookMs),
    picture: saved,
  };
}
