// Who may not change cameras is told so, and what to do about it, instead of being shown a form that fails.

import type { ComponentChildren, JSX } from 'preact';
import type { Reason } from '../api.ts';
import { t } from '../i18n.ts';
import { may, session } from '../session.ts';
import { system } from '../system.ts';
import { problemHint, problemTitle } from '../words.ts';
import { LoginLink } from './field.tsx';

/** Why cameras cannot be changed from here; null when they can, and while nobody knows. */
export function obstacle(): 'fixed' | 'login' | 'forbidden' | null {
  if (system.value !== null && system.value.config.fixed !== null) return 'fixed';
  if (session.value === null || may('configure')) return null;
  return session.value.principal.kind === 'anyone' ? 'login' : 'forbidden';
}

export function MayChange({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const what = obstacle();
  return what === null ? <>{children}</> : <Obstacle what={what} />;
}

function Obstacle({ what }: { readonly what: NonNullable<ReturnType<typeof obstacle>> }): JSX.Element {
  const { can } = t().manage;
  const fixed: Reason | null = system.value?.config.fixed ?? null;
  if (what === 'fixed' && fixed !== null) {
    return (
      <div class="obstacle">
        <p>
          <strong>{can.fixed}.</strong> {problemTitle(fixed)}
        </p>
        <p>{problemHint(fixed)}</p>
      </div>
    );
  }
  return (
    <div class="obstacle">
      <p>{what === 'login' ? can.login : can.forbidden}</p>
      {what === 'login' && <p>{can.loginHow}</p>}
      <p>
        <LoginLink />
      </p>
    </div>
  );
}
