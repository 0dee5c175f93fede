// What a server with a token shows first: one field.

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { locked, poll } from './state.ts';
import { setToken } from './token.ts';

export function Login(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState(false);
  const submit = async (): Promise<void> => {
    setToken(field.current!.value);
    await poll();
    // A question that was already on its way did not carry the token.
    if (locked.value) await poll();
    setRefused(locked.value);
  };
  return (
    <section class="words">
      <h1>This server wants its token</h1>
      <p>
        It stands in the server's config as <code>server.token</code>.
      </p>
      <form
        class="copy"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label>
          <span class="copy-label">Token</span>
          <input ref={field} type="password" autocomplete="current-password" required autoFocus />
        </label>
        <button type="submit">Show cameras</button>
      </form>
      <p class="tone-bad" role="alert">
        {refused && 'That is not the token of this server.'}
      </p>
    </section>
  );
}
