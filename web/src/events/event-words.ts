// What an event says in plain words. Those of the built-in processors have sentences of their own; of others each value
// is said with its name.

import type { Camera } from '../api.ts';
import { number, t } from '../i18n.ts';
import type { CameraEvent } from './feed.ts';

type Data = CameraEvent['data'];

/** The sentence, and what follows it more quietly; both may not be empty. */
export interface EventWords {
  readonly title: string;
  readonly rest: string;
}

export function wordsOf(event: CameraEvent, camera: Camera | undefined): EventWords {
  const use = camera?.processors.find(({ name }) => name === event.processor)?.use ?? event.processor;
  return ofBuiltIn(`${use} ${event.type}`, event.data) ?? { title: plainName(event.type), rest: plainData(event) };
}

function ofBuiltIn(which: string, data: Data): EventWords | null {
  const { events } = t().processors;
  const { share, peak, durationMs, text } = data;
  switch (which) {
    case 'motion start':
      return { title: events.motionStart, rest: typeof share === 'number' ? events.share(percent(share)) : '' };
    case 'motion end': {
      const lasted = typeof durationMs === 'number' ? [events.lasted(duration(durationMs))] : [];
      const most = typeof peak === 'number' ? [events.atMost(percent(peak))] : [];
      return { title: events.motionEnd, rest: [...lasted, ...most].join(', ') };
    }
    case 'qr seen':
      return typeof text === 'string' ? { title: events.qrSeen(text), rest: '' } : null;
    default:
      return null;
  }
}

function plainData({ data, boxes }: CameraEvent): string {
  const parts = Object.entries(data).map(([name, value]) => plainValue(name, value));
  if (boxes.length > 0) parts.push(t().processors.events.places(boxes.length));
  return parts.join(', ');
}

function plainValue(name: string, value: unknown): string {
  const { events } = t().processors;
  if (typeof value === 'number') {
    const time = /^(.+)Ms$/.exec(name);
    return time === null ? `${plainName(name)} ${number(value, 3)}` : `${plainName(time[1]!)} ${duration(value)}`;
  }
  if (typeof value === 'boolean') return `${plainName(name)} ${value ? events.yes : events.no}`;
  return `${plainName(name)} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/** `licencePlate` and `licence-plate` as 'licence plate'. */
export function plainName(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]+/g, ' ')
    .toLowerCase();
}

function percent(share: number): string {
  return number(share * 100, share < 0.1 ? 1 : 0);
}

function duration(ms: number): string {
  return ms < 1000 ? `${number(ms)} ms` : t().ages.seconds(number(ms / 1000, 1));
}
