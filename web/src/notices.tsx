// A quiet bar over the wall: what is wrong with the config file, what waits for a restart, a key that was not taken.

import type { JSX } from 'preact';
import { t } from './i18n.ts';
import { keyProblem } from './session.ts';
import { system } from './system.ts';

export function Notices(): JSX.Element | null {
  const lines = noticeLines();
  if (lines.length === 0) return null;
  return (
    <div class="notices" role="status">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function noticeLines(): readonly string[] {
  const { notice, login } = t().manage;
  const config = system.value?.config;
  const lines: string[] = [];
  if (config?.problem != null) lines.push(notice.problem(config.problem.text));
  if (config !== undefined && config.restartNeeded.length > 0) {
    lines.push(notice.restart(config.restartNeeded.join(', ')));
  }
  if (keyProblem.value !== null) {
    lines.push(keyProblem.value.code === 'too-many-attempts' ? login.tooMany : login.keyWrong);
  }
  return lines;
}
