// What the figures of a report say, as sentences: first what matters to a person, then what it rests on. Whoever is
// absent or was not measured is named so, and is no part of any comparison.

import { compare } from './compared.ts';
import type { Compared, Comparison } from './compared.ts';
import { digits, listed, oneLine, percent, range, viewersText, whole } from './numbers.ts';
import { costSentences } from './reading-cost.ts';
import type { BenchReport } from '../types.ts';

/** Sentences begin with this when they cast doubt on figures. */
export const WARNING = 'Warning: ';

export function reading(report: BenchReport): string[] {
  const comparison = compare(report);
  return [
    ...held(comparison),
    ...unmeasured(comparison),
    ...costSentences(comparison),
    ...sessions(comparison),
    ...firstPicture(comparison),
    ...delays(comparison),
    ...client(comparison),
    ...agreement(comparison),
    ...absent(comparison),
    windows(report),
  ];
}

function held({ sides, fps, viewers }: Comparison): string[] {
  const measured = sides.filter(({ steps }) => steps.length > 0);
  const modes = measured.filter(({ side }) => side.kind === 'mode');
  const peers = measured.filter(({ side }) => side.kind === 'peer');
  if (measured.length === 0) return ['Nothing was measured.'];
  const rate = `${digits(fps)} fps`;
  const count = (holds: number): string => (holds === 0 ? 'no viewer' : viewersText(holds));
  const short = (holds: number): string => (holds === 0 ? 'none' : digits(holds));
  const clause = (it: Compared, at: number): string => {
    const name = oneLine(it.side.name);
    if (it.side.kind === 'mode') return at === 0 ? `the ${name} API holds ${count(it.holds)} at ${rate}` : `the ${name} one ${short(it.holds)}`; // prettier-ignore
    return at === 0 ? `${name} holds ${count(it.holds)} at ${rate}` : `${name} ${short(it.holds)}`;
  };
  const most = measured
    .filter(({ holds, steps }) => holds === steps.at(-1)!.viewers)
    .map(({ side }) => oneLine(side.name));
  const sentences = [modes, peers].filter((group) => group.length > 0).map((group) => group.map(clause).join(', '));
  const openings = ['On this machine ', 'Beside them, '];
  return [
    ...sentences.map((sentence, at) => `${openings[at]!}${sentence}.`),
    `A number of viewers is held when each of them gets pictures and the slowest ${rate}; tried were ${listed(viewers.map(digits))}.`,
    ...(most.length > 0 ? [`Measured with no more than they hold, so that they may hold more: ${listed(most)}.`] : []),
  ];
}

function unmeasured({ sides }: Comparison): string[] {
  return sides.flatMap(({ side, steps }) => {
    const name = oneLine(side.name);
    const why = side.stopped === null ? '' : `: ${sentenceEnd(side.stopped.text)}`;
    if (steps.length === 0) return [`${name} could not be measured${why || '.'}`];
    return why === '' ? [] : [`${name} went no further than ${viewersText(steps.at(-1)!.viewers)}${why}`];
  });
}

function sentenceEnd(text: string): string {
  return `${oneLine(text).replace(/\.$/, '')}.`;
}

function sessions({ sides }: Comparison): string[] {
  const allowed = sides.filter(({ side }) => side.sessionsAllowed !== null);
  return allowed.map(({ side }) => {
    const count = side.sessionsAllowed!;
    return `This camera allows ${whole(count)} ${count === 1 ? 'session' : 'sessions'}: it refused ${oneLine(side.name)} more.`;
  });
}

function firstPicture({ sides }: Comparison): string[] {
  const cold = sides.flatMap(({ side, steps }) => {
    const picture = steps[0]?.cold.pictureMs?.p50;
    const spread = picture && range(picture);
    return picture === undefined
      ? []
      : [`${oneLine(side.name)} ${digits(picture.median)} ms${spread ? ` (${spread})` : ''}`];
  });
  const hot = sides.flatMap(({ side, telling }) => {
    const picture = telling?.hot.pictureMs;
    if (!telling || !picture) return [];
    const { p50, p95 } = picture;
    return [
      `${oneLine(side.name)} ${digits(p50.median)} ms, 95 % within ${digits(p95.median)} ms (${viewersText(telling.viewers)})`,
    ];
  });
  return [
    ...(cold.length > 0 ? [`First whole picture on a closed camera: ${cold.join('; ')}.`] : []),
    ...(hot.length > 0
      ? [`First whole picture while others watch, half of the viewers within: ${hot.join('; ')}.`]
      : []),
  ];
}

function delays({ sides, report }: Comparison): string[] {
  if (!report.camera.hasStrip)
    return ['The pictures of this camera carry no test card: delay, lost and repeated frames are not known.'];
  const told = sides.flatMap(({ side, telling }) =>
    telling?.delayMs ? [{ name: oneLine(side.name), telling, delay: telling.delayMs }] : [],
  );
  if (told.length === 0) return ['No picture with a readable test card arrived: delay and loss are not known.'];
  const delay = told.map(
    ({ name, telling, delay: { p50, p95 } }) =>
      `${name} ${digits(p50.median)} ms, 95 % within ${digits(p95.median)} ms (${viewersText(telling.viewers)})`,
  );
  const loss = told.map(({ name, telling }) => {
    const lost = telling.lostShare?.median ?? 0;
    const repeated = telling.repeated?.median ?? 0;
    return `${name} ${lost === 0 ? 'none' : percent(lost)} lost, ${repeated === 0 ? 'none' : digits(repeated)} repeated`;
  });
  return [
    `Delay from capture to arrival, half of the pictures within: ${delay.join('; ')}.`,
    `Of the camera's frames, at the same numbers of viewers: ${loss.join('; ')}.`,
  ];
}

/** The load client's CPU as a share of the server's, beyond which it may have held the server back. */
const CLIENT_LIMITS: Readonly<Record<string, number>> = { naive: 0.25, threaded: 0.25, shared: 1 };

function client({ sides }: Comparison): string[] {
  const shares = sides.flatMap(({ side, steps }) => {
    const known = steps.flatMap(({ viewers, clientShare }) =>
      clientShare === null ? [] : [{ viewers, share: clientShare.median }],
    );
    const limit = side.kind === 'mode' ? CLIENT_LIMITS[side.name] : undefined;
    return known.length === 0 ? [] : [{ name: oneLine(side.name), known, limit }];
  });
  if (shares.length === 0) return [];
  const most = shares.map(
    ({ name, known }) => `${percent(Math.max(...known.map((it) => it.share)))} of that of ${name}`,
  );
  const above = shares.flatMap(({ name, known, limit }) => {
    const over = known.filter(({ share }) => limit !== undefined && share > limit);
    if (over.length === 0) return [];
    const where = over.map(({ viewers, share }) => `${percent(share)} with ${digits(viewers)}`);
    return [
      `${WARNING}the load client used more than ${percent(limit!)} of the CPU of ${name} (${where.join(', ')}): it may have held the server back.`,
    ];
  });
  return [
    `The load client ran in a process of its own and is counted in no server's figure; its CPU was at most ${listed(most)}.`,
    ...above,
  ];
}

function agreement({ sides }: Comparison): string[] {
  const counted = sides.flatMap(({ side: { name, agreement: both } }) =>
    both === null ? [] : [{ name: oneLine(name), ...both }],
  );
  const agreed = counted.filter((it) => it.client === it.server);
  const differ = counted.filter((it) => it.client !== it.server);
  const named = agreed.map((it) => `${it.name} (${digits(it.server)})`);
  return [
    ...(agreed.length > 0 ? [`Server and load client counted the same parts: ${listed(named)}.`] : []),
    ...differ.map(
      (it) =>
        `${WARNING}${it.name} counted ${digits(it.server)} parts sent, the load client ${digits(it.client)} received.`,
    ),
  ];
}

function absent({ report }: Comparison): string[] {
  const names = report.absent.map(({ name, why }) => `${oneLine(name)} (${oneLine(why)})`);
  return names.length === 0 ? [] : [`Absent here, therefore not compared: ${listed(names)}.`];
}

function windows({ options }: BenchReport): string {
  const length = `${digits(options.seconds)} s after ${digits(options.warmupSeconds)} s of warm-up`;
  return options.windows < 2
    ? `Each figure is one window of ${length}: no range.`
    : `Each figure is the median of ${digits(options.windows)} windows of ${length}, with its range.`;
}
