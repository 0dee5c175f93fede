// What was asked of `npm run bench`.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Wishes {
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly hd: boolean;
  readonly soakMinutes: number;
  /** Path of an earlier run. */
  readonly against: string | null;
  readonly strict: boolean;
  /** Name under bench/results/. */
  readonly keep: string | null;
  /** Path of this peer, which nothing here installs. */
  readonly go2rtc: string | null;
  /** Nothing is measured: the run in bench/out/bench.json is taken. */
  readonly last: boolean;
  readonly help: boolean;
}

const USUAL_SOAK_MINUTES = '20';
const KEPT_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export function usage(names: readonly string[]): string {
  return `npm run bench -- [NAME ...] [--quick] [--hd] [--soak [MINUTES]] [--against FILE [--strict]] [--keep NAME] [--last] [--go2rtc PATH]
  NAME       one of ${names.join(', ')}; without one all of them
  --quick    short windows: a look, not a result
  --hd       the cameras of the tiles send 720p30 instead of 360p15: sixteen of them are decoded by four cores or more
  --soak     memory and delay are watched for so long, ${USUAL_SOAK_MINUTES} minutes without a number
  --against  compares with the run in FILE (an earlier bench.json) and marks what changed by more than the noise
  --strict   what got worse against FILE makes the exit code 1, as a missed target does
  --keep     writes the run to bench/results/NAME.json, from which docs/performance.md is made
  --last     measures nothing: prints, compares or keeps the run in bench/out/bench.json
  --go2rtc   the path of go2rtc, a peer that nothing here installs`;
}

/** Throws with a sentence for people when it cannot be done. */
export function readWishes(argv: readonly string[], known: readonly string[]): Wishes {
  const { values, positionals } = parseArgs({
    args: withSoakMinutes(argv),
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      hd: { type: 'boolean', default: false },
      soak: { type: 'string', default: '0' },
      against: { type: 'string' },
      strict: { type: 'boolean', default: false },
      keep: { type: 'string' },
      go2rtc: { type: 'string' },
      last: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { soak, against, go2rtc, keep = null, ...flags } = values;
  const wishes = {
    ...flags,
    soakMinutes: Number(soak),
    against: against === undefined ? null : fromHere(against),
    go2rtc: go2rtc === undefined ? null : fromHere(go2rtc),
    keep,
  };
  const unknown = positionals.filter((name) => !known.includes(name));
  const wrong = unknown.length > 0 ? `there is no benchmark ${unknown.join(', ')}` : mistake(wishes, positionals);
  if (wrong !== null) throw new Error(wrong);
  return { ...wishes, names: positionals.length > 0 ? positionals : known };
}

function mistake(wishes: Omit<Wishes, 'names'>, positionals: readonly string[]): string | null {
  const { soakMinutes, keep, against, strict, last, quick } = wishes;
  if (!(soakMinutes >= 0)) return '--soak takes a number of minutes';
  if (strict && against === null) return '--strict judges a comparison: it needs --against FILE';
  if (keep !== null && !KEPT_NAME.test(keep)) return '--keep takes a name of small letters, digits and single hyphens';
  if (keep !== null && quick) return 'a quick run is not worth keeping: leave out --quick or --keep';
  if (last && (positionals.length > 0 || quick || soakMinutes > 0))
    return '--last measures nothing: name nothing to measure';
  return null;
}

/** npm runs scripts in the checkout: a path is meant from where the person stands. */
function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** `--soak` may stand alone. */
function withSoakMinutes(argv: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    const alone = argument === '--soak' && !/^\d/.test(argv[index + 1] ?? '');
    return alone ? [argument, USUAL_SOAK_MINUTES] : [argument];
  });
}
