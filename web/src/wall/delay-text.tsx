// The delay of a tile's pictures, from capture to screen, at most one change a second; its title says how exact it is
// and by whose clock.

import type { JSX } from 'preact';
import { number, t } from '../i18n.ts';
import type { LiveTile } from '../tiles/live-tile.ts';
import type { Delay } from '../tiles/measures.ts';
import { connection } from '../tiles/tiles.ts';

const SLOW_MS = 1000;

interface DelayTextProps {
  readonly tile: LiveTile;
  readonly live: boolean;
}

export function DelayText({ tile, live }: DelayTextProps): JSX.Element {
  const { way } = tile.facts.value;
  const second = tile.second.value;
  if (!live || second === null) return <span class="delay" />;
  if (way === 'stills') {
    return (
      <span class="delay ellipsis" title={t().watch.stillsWhy}>
        {t().watch.stills}
      </span>
    );
  }
  const { delay } = second;
  // Between the first picture and its first whole second there is nothing to say yet.
  if (delay === null) return <span class="delay">{connection.clock.roundTripMs === null && t().clocks.none}</span>;
  return (
    <span class={`delay ${delay.ms > SLOW_MS ? 'tone-warn' : ''}`} title={delayTitle(delay)}>
      {delay.clock === 'arrival' ? '≥ ' : ''}
      {milliseconds(delay.ms)}
    </span>
  );
}

/** '84 ms', '1.2 s'. */
export function milliseconds(ms: number): string {
  return Math.abs(ms) < 1000 ? `${number(ms)} ms` : `${number(ms / 1000, 1)} s`;
}

export function delayTitle({ clock, uncertaintyMs }: Delay): string {
  const { watch, clocks } = t();
  const words = clock === 'arrival' ? watch.fromArrival : watch.fromCapture(clocks[clock]);
  return uncertaintyMs === null ? words : watch.within(words, number(Math.max(1, Math.round(uncertaintyMs))));
}
