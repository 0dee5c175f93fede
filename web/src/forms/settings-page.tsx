// The page at /settings: how this browser shows things, who is logged in, and what the server says of itself.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { address, ApiError } from '../api.ts';
import { day, clockTime, language, languageChoice, number, t } from '../i18n.ts';
import { follow, linkTo } from '../route.ts';
import { locked, logOut, may, session } from '../session.ts';
import { system } from '../system.ts';
import { themeChoice } from '../theme.ts';
import { failureOfError } from './failure.ts';
import { Choice } from './field.tsx';

export function SettingsPage(): JSX.Element {
  const words = t().manage.settings;
  return (
    <section class="manage narrow settings">
      <h1>{words.title}</h1>
      <Choice
        label={words.theme}
        words={words.themes}
        chosen={themeChoice.value}
        onChoose={(theme) => (themeChoice.value = theme)}
      />
      <Choice
        label={words.language}
        words={{
          system: words.languages.system,
          en: <span lang="en">{words.languages.en}</span>,
          ko: <span lang="ko">{words.languages.ko}</span>,
        }}
        chosen={languageChoice.value}
        onChoose={(chosen) => (languageChoice.value = chosen)}
      />
      <Account />
      <Server key={language.value} />
    </section>
  );
}

function Account(): JSX.Element | null {
  const words = t().manage.settings;
  const [failed, setFailed] = useState('');
  const now = session.value;
  if (now === null) return null;
  const { kind, id } = now.principal;
  const leave = async (): Promise<void> => {
    try {
      await logOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailed(failureOfError(error).text);
    }
  };
  return (
    <section>
      <h2>{words.account}</h2>
      <p>
        {kind === 'user' ? words.who.user(id) : words.who[kind]}{' '}
        {!locked.value && (may('configure') ? words.mayChange : words.mayNotChange)}
      </p>
      {failed !== '' && <p role="alert">{failed}</p>}
      <p class="actions">
        {kind === 'anyone' ? (
          <a class="text-link" href={linkTo('/login')} onClick={follow}>
            {words.logIn}
          </a>
        ) : (
          <button type="button" onClick={() => void leave()}>
            {words.logOut}
          </button>
        )}
      </p>
    </section>
  );
}

function Server(): JSX.Element | null {
  const words = t().manage.settings;
  const { notice } = t().manage;
  const now = system.value;
  if (now === null) return null;
  const { config, warnings } = now;
  const sinceMs = Date.parse(now.since);
  return (
    <section>
      <h2>{words.server}</h2>
      <dl class="about-facts">
        <dt>{words.version}</dt>
        <dd>{now.version}</dd>
        <dt>{words.running}</dt>
        <dd>{`${day(sinceMs)} ${clockTime(sinceMs)}`}</dd>
        <dt>{words.viewers}</dt>
        <dd>{number(now.viewers)}</dd>
        <dt>{words.config}</dt>
        <dd>{config.file ?? words.noConfig}</dd>
      </dl>
      {config.problem !== null && <p class="tone-warn">{notice.problem(config.problem.text)}</p>}
      {config.restartNeeded.length > 0 && <p class="tone-warn">{notice.restart(config.restartNeeded.join(', '))}</p>}
      {warnings.length > 0 && (
        <>
          <h3>{words.warnings}</h3>
          <ul class="warnings">
            {warnings.map((warning) => (
              <li key={warning} lang="en">
                {warning}
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <a class="text-link" href={address('/docs')}>
          {words.api}
        </a>
      </p>
    </section>
  );
}
