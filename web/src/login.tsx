// What a server with a token shows first: one field. The token becomes a cookie that this page's script cannot read.

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { generation, poll } from './state.ts';

export function Login(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (): Promise<void> => setProblem(await login(field.current!.value));
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
        {problem}
      </p>
    </section>
  );
}

/** Null when it worked, else what to say. */
async function login(token: string): Promise<string | null> {
  try {
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(5000),
    });
    if (response.status === 401) return 'That is not the token of this server.';
    if (!response.ok) return `The server answered ${response.status}. Try again.`;
  } catch {
    return 'The server does not answer. Try again.';
  }
  generation.value += 1;
  await poll();
  return null;
}
