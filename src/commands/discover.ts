// `sightline discover`: looks for the cameras of the local networks and says what was found, with what to type to see each.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { localNetworks } from '../discovery/networks.ts';
import { discover } from '../discovery/run.ts';
import type { FoundCamera, LocalNetwork, Login } from '../discovery/types.ts';
import { usualInspectors, usualWays } from '../discovery/usual.ts';
import type { Command, ParsedCommand } from './command.ts';
import { cameraBlocks, networkLines } from './discover-report.ts';
import { passwordFromInput, passwordFromTerminal } from './password.ts';
import { ProgressLine } from './progress-line.ts';
import { listenForSignals } from './signals.ts';

const SHOW_EVERY_MS = 500;

export const discoverCommand: Command = {
  name: 'discover',
  operands: '',
  summary:
    'Lists the cameras of the local networks, within ten seconds for one of 254 addresses. Needs no privilege, sends to\n' +
    'private addresses only, fewer than 200 packets a second, and tries no password but the one that is given for it.',
  options: {
    interface: { type: 'string', value: 'NAME', help: 'Only the networks of this interface: eth0.' },
    subnet: {
      type: 'string',
      value: 'CIDR',
      help: 'Only this private subnet, at most a /16. A single camera: 192.168.1.20/32.',
    },
    user: { type: 'string', value: 'NAME', help: 'Log in to cameras as NAME; the password is asked for.' },
    'password-stdin': { type: 'boolean', help: 'Read the password from the first line of the standard input instead.' },
    json: { type: 'boolean', help: 'Say everything as one line of JSON, at the end.' },
  },
  examples: [
    ['sightline discover', 'the cameras of all networks that this machine is in'],
    ['sightline discover --user admin', 'with their streams, where this user has the same password'],
    ['sightline discover --subnet 10.0.20.0/24 --json', 'those of another network, for a program'],
  ],
  run: runDiscover,
};

async function runDiscover({ values, operands }: ParsedCommand): Promise<void> {
  process.title = 'sightline discover';
  if (operands.length > 0) throw new SightlineError('usage', 'discover takes no operand; see --subnet');
  const networks = networksOf(values);
  const login = await loginOf(values);
  const isJson = values['json'] === true;
  const progress = new ProgressLine();
  if (networks.length === 0) progress.say('This machine is in no private IPv4 network.');
  if (!isJson) for (const line of networkLines(networks)) progress.say(line);
  const beganUs = nowUs();
  const { cameras, complete } = await look(networks, login, progress);
  const tookMs = Math.round((nowUs() - beganUs) / 1000);
  if (isJson) console.log(JSON.stringify({ networks, cameras, complete, tookMs }));
  else console.log(`\n${cameraBlocks(cameras, login?.username ?? null)}`);
  if (!isJson) progress.say(`\n${summary(cameras, tookMs)}${complete ? '' : ', ended early'}`);
}

function networksOf(values: ParsedCommand['values']): LocalNetwork[] {
  const { interface: name, subnet } = values;
  const wishes = {
    interface: typeof name === 'string' ? name : null,
    subnet: typeof subnet === 'string' ? subnet : null,
  };
  try {
    return localNetworks(wishes);
  } catch (error) {
    const { message, hint } = SightlineError.from(error);
    throw new SightlineError('usage', message, { hint, cause: error });
  }
}

async function loginOf(values: ParsedCommand['values']): Promise<Login | null> {
  const { user, 'password-stdin': fromInput } = values;
  if (typeof user !== 'string') {
    if (fromInput === true) throw new SightlineError('usage', '--password-stdin goes with --user NAME');
    return null;
  }
  const password = fromInput === true ? await passwordFromInput() : await passwordFromTerminal(`Password of ${user}: `);
  return { username: user, password };
}

/** Runs to the end, or to the first signal; the second one ends everything. */
async function look(
  networks: readonly LocalNetwork[],
  login: Login | null,
  progress: ProgressLine,
): Promise<{ cameras: FoundCamera[]; complete: boolean }> {
  const stop = new AbortController();
  const signals = listenForSignals(() => process.exit(1));
  void signals.first.then(() => stop.abort(new SightlineError('stopping', 'ended by a signal')));
  const seen = new Map<string, FoundCamera>();
  const beganUs = nowUs();
  const timer = setInterval(
    () => progress.tell(summary([...seen.values()], (nowUs() - beganUs) / 1000)),
    SHOW_EVERY_MS,
  );
  try {
    const cameras = await discover({
      ...{ networks, login, signal: stop.signal, ways: usualWays(), inspectors: usualInspectors() },
      onCamera(camera, replaces) {
        for (const id of replaces) seen.delete(id);
        seen.set(camera.id, camera);
      },
    });
    return { cameras, complete: !stop.signal.aborted };
  } finally {
    clearInterval(timer);
    progress.clear();
    signals.close();
  }
}

function summary(cameras: readonly FoundCamera[], tookMs: number): string {
  const pictures = cameras.filter(({ streams }) => streams.some(({ confirmed }) => confirmed)).length;
  const count = cameras.length === 1 ? '1 camera' : `${cameras.length} cameras`;
  return `${count}, ${pictures} with a picture, ${(tookMs / 1000).toFixed(1)} s`;
}
