// Who watches a camera now, and how well.

import type { JSX } from 'preact';
import { readViewers, type Viewer } from '../api.ts';
import { number, t } from '../i18n.ts';
import { usePolled } from '../polled.ts';
import { serverNowMs } from '../state.ts';
import { timeOfDay } from '../words.ts';

const EVERY_MS = 2000;

export function ViewerTable({ id }: { readonly id: string }): JSX.Element {
  const { about } = t().manage;
  const answer = usePolled(readViewers, id, EVERY_MS);
  const viewers = answer?.viewers ?? [];
  return (
    <section>
      <h2>{about.viewers}</h2>
      {answer !== null && viewers.length === 0 && <p class="tone-muted">{about.nobody}</p>}
      {viewers.length > 0 && (
        <div class="scrolls" tabIndex={0} role="group" aria-label={about.viewers}>
          <table>
            <thead>
              <tr>
                {[about.way, about.address, about.since, about.sent, about.dropped, about.delay].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {viewers.map((viewer) => (
                <Row key={viewer.id} viewer={viewer} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ viewer }: { readonly viewer: Viewer }): JSX.Element {
  const { about } = t().manage;
  return (
    <tr>
      <td>{about.ways[viewer.via]}</td>
      <td>{viewer.address}</td>
      <td>{timeOfDay(Date.parse(viewer.since), serverNowMs.value, true)}</td>
      <td class="figure">{number(viewer.sent)}</td>
      <td class="figure">{number(viewer.dropped)}</td>
      <td class="figure">{delayOf(viewer)}</td>
    </tr>
  );
}

function delayOf({ delayMs, uncertaintyMs }: Viewer): string {
  const { about } = t().manage;
  if (delayMs === null) return about.unknown;
  return about.delayOf(number(delayMs), uncertaintyMs === null ? '' : number(Math.max(1, uncertaintyMs)));
}
