// Logging in, by name and password or by the server's token: at /login, and in the place of everything while the server
// shows nothing without it.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { t } from '../i18n.ts';
import { go, route } from '../route.ts';
import { keyProblem, locked, logIn } from '../session.ts';
import { poll } from '../state.ts';
import { askSystem } from '../system.ts';
import { failureOfError } from './failure.ts';

export function LoginPage(): JSX.Element {
  const words = t().manage.login;
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  useEffect(() => name.current!.focus(), []);
  const enter = async (user: string, password: string): Promise<void> => {
    setBusy(true);
    try {
      await logIn(user === '' ? { token: password } : { name: user, password });
      await Promise.all([poll(), askSystem()]);
      if (route.value.page === 'login') leave();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setSaid(whyNot(error, user));
      setBusy(false);
      secret.current?.focus();
      secret.current?.select();
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const password = secret.current!.value;
    if (password === '') {
      setSaid(words.missing);
      secret.current!.focus();
    } else if (!busy) void enter(name.current!.value.trim(), password);
  };
  return (
    <section class="manage narrow">
      <h1>{locked.value ? words.lockedTitle : words.title}</h1>
      {keyProblem.value !== null && <p class="tone-warn">{words.keyWrong}</p>}
      <p class="tone-muted">{words.why}</p>
      <form class="fields" noValidate onSubmit={submit}>
        <div class="field">
          <label for="login-name">
            {words.name} <span class="field-note">{words.nameHint}</span>
          </label>
          <input
            ref={name}
            id="login-name"
            name="username"
            autocomplete="username"
            autocapitalize="off"
            spellcheck={false}
          />
        </div>
        <div class="field">
          <label for="login-secret">{words.password}</label>
          <input
            ref={secret}
            id="login-secret"
            name="password"
            type="password"
            autocomplete="current-password"
            aria-invalid={said !== ''}
            aria-describedby="login-why"
          />
          <p class="field-why" id="login-why" role="alert">
            {said}
          </p>
        </div>
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            {words.logIn}
          </button>
        </div>
      </form>
    </section>
  );
}

/** Back to where the login was asked for, or to the wall. */
function leave(): void {
  if (history.length > 1 && document.referrer === '' && history.state !== null) history.back();
  else go('/', 'replace');
}

function whyNot(error: ApiError, user: string): string {
  const words = t().manage.login;
  if (error.code === 'too-many-attempts') return words.tooMany;
  if (error.code === 'unauthorized') return user === '' ? words.wrongToken : words.wrong;
  const { text, hint } = failureOfError(error);
  return `${text} ${hint}`;
}
