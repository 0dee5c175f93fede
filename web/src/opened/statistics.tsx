// What is measured of the opened camera's pictures, second by second, and the delay of the last minute as a line.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Camera } from '../api.ts';
import { number, t } from '../i18n.ts';
import type { Second } from '../tiles/measures.ts';
import { connection, tileOf } from '../tiles/tiles.ts';
import { milliseconds } from '../wall/delay-text.tsx';
import { drawLine, type Range } from './sparkline.ts';

const SHOWN_SECONDS = 60;

export const statisticsShown = signal(false);

interface StatisticsProps {
  readonly camera: Camera;
  readonly stream: string;
}

export function Statistics({ camera, stream }: StatisticsProps): JSX.Element {
  const second = tileOf(camera, stream).second.value;
  const { figures } = t().watch;
  return (
    <section class="statistics" aria-label={t().watch.statistics}>
      <dl>
        {rows(second).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? figures.unknown}</dd>
          </div>
        ))}
      </dl>
      <Minute key={stream} second={second} />
    </section>
  );
}

function rows(second: Second | null): readonly (readonly [string, string | null])[] {
  const { figures } = t().watch;
  const delay = second?.delay ?? null;
  const roundTripMs = connection.clock.roundTripMs;
  return [
    [figures.delay, delay === null ? null : withDoubt(delay.ms, delay.uncertaintyMs)],
    [figures.jitter, second?.jitterMs == null ? null : milliseconds(second.jitterMs)],
    [figures.rate, second === null ? null : figures.perSecond(number(second.fps, 1))],
    [figures.dropped, second === null ? null : number(second.dropped)],
    [figures.bytes, second === null ? null : `${number(second.bytes / 1000)} kB/s`],
    [figures.clock, delay === null ? null : t().clocks[delay.clock]],
    [figures.roundTrip, roundTripMs === null ? null : `${number(roundTripMs, 1)} ms`],
  ];
}

function withDoubt(ms: number, uncertaintyMs: number | null): string {
  const doubt = uncertaintyMs === null ? '' : ` ± ${number(Math.max(1, Math.round(uncertaintyMs)))} ms`;
  return milliseconds(ms) + doubt;
}

/** One point a second, the newest at the right. */
function Minute({ second }: { readonly second: Second | null }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const past = useRef<(number | null)[]>([]);
  const range = useRef<Range | null>(null);
  useEffect(() => {
    if (second === null) return;
    past.current = [...past.current, second.delay?.ms ?? null].slice(-SHOWN_SECONDS);
    range.current = drawLine(canvas.current!, past.current, SHOWN_SECONDS);
  }, [second]);
  const { least, most } = range.current ?? { least: 0, most: 0 };
  const label = t().watch.figures.lastMinute(number(least), number(most));
  return <canvas ref={canvas} class="sparkline" role="img" aria-label={label} title={label} />;
}
