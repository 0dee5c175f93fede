// The fields that say where a camera is and who may ask it. A pasted address gives its user and password to their own
// fields, so that no password stays readable in the address.

import type { JSX } from 'preact';
import { t } from '../i18n.ts';
import type { Failure } from './failure.ts';
import { Field } from './field.tsx';
import { splitCredentials } from './typed-address.ts';

export interface SourceDraft {
  readonly source: string;
  readonly username: string;
  readonly password: string;
}

interface SourceFieldsProps {
  readonly draft: SourceDraft;
  readonly onChange: (draft: SourceDraft) => void;
  readonly onOffer: (address: string) => void;
  readonly failure: Failure | null;
  readonly autofocus?: boolean;
  /** In the empty password field. */
  readonly passwordPlaceholder?: string;
  /** Without user and password. */
  readonly addressOnly?: boolean;
}

export function SourceFields(props: SourceFieldsProps): JSX.Element {
  const { draft, onChange, failure } = props;
  const { form } = t().manage;
  const typed = (source: string, event: InputEvent): void => {
    const pasted = event.inputType === 'insertFromPaste' || event.inputType === 'insertReplacementText';
    onChange(pasted ? withoutCredentials({ ...draft, source }) : { ...draft, source });
  };
  return (
    <>
      <Field
        name="source"
        label={form.address}
        placeholder={form.addressExample}
        value={draft.source}
        failure={failure}
        autofocus={props.autofocus === true}
        onInput={typed}
        onBlur={() => onChange(withoutCredentials(draft))}
        onOffer={props.onOffer}
      />
      {props.addressOnly !== true && (
        <div class="pair">
          <Field
            name="username"
            label={form.username}
            value={draft.username}
            placeholder={form.ofCamera}
            failure={failure}
            onInput={(username) => onChange({ ...draft, username })}
          />
          <Field
            name="password"
            label={form.password}
            value={draft.password}
            placeholder={props.passwordPlaceholder ?? form.ofCamera}
            failure={failure}
            secret
            onInput={(password) => onChange({ ...draft, password })}
          />
        </div>
      )}
    </>
  );
}

/** The draft with user and password in their own fields; the same one where the address holds none. */
export function withoutCredentials(draft: SourceDraft): SourceDraft {
  const split = splitCredentials(draft.source);
  if (split === null || split.credentials.username === '***') return draft;
  const { username, password } = split.credentials;
  return { source: split.source, username, password: password === '' ? draft.password : password };
}
