// One field of a form: label, input, and beside it what is wrong with it, said to screen readers too.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n.ts';
import { follow, linkTo } from '../route.ts';
import type { Failure, FieldName } from './failure.ts';

interface FieldProps {
  readonly name: FieldName;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string, event: InputEvent) => void;
  readonly failure: Failure | null;
  /** Beside the label, quieter. */
  readonly note?: string;
  readonly placeholder?: string;
  readonly secret?: boolean;
  readonly autofocus?: boolean;
  readonly onBlur?: () => void;
  readonly onOffer?: (address: string) => void;
}

export function Field(props: FieldProps): JSX.Element {
  const { name, label, value, failure, note, placeholder, secret = false } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const mine = failure?.field === name ? failure : null;
  useEffect(() => {
    if (mine !== null) input.current!.focus();
  }, [mine]);
  useEffect(() => {
    if (props.autofocus === true) input.current!.focus();
  }, []);
  const { form } = t().manage;
  const attributes = {
    ref: input,
    id,
    name,
    value,
    placeholder,
    autocomplete: secret ? 'new-password' : 'off',
    autocapitalize: 'off',
    spellcheck: false,
    ...(name === 'source' ? { inputMode: 'url' } : {}),
    'aria-invalid': mine !== null,
    'aria-describedby': mine === null ? undefined : `${id}-why`,
    onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) =>
      props.onInput(event.currentTarget.value, event),
    onBlur: props.onBlur,
  } as const;
  return (
    <div class="field">
      <label for={id}>
        {label}
        {note !== undefined && <span class="field-note"> {note}</span>}
      </label>
      <div class="field-row">
        {secret && !shown ? <input {...attributes} type="password" /> : <input {...attributes} type="text" />}
        {secret && (
          <button
            type="button"
            aria-label={shown ? form.hidePassword : form.showPassword}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? form.hide : form.show}
          </button>
        )}
      </div>
      {mine !== null && <Why id={`${id}-why`} failure={mine} onOffer={props.onOffer} />}
    </div>
  );
}

interface WhyProps {
  readonly id?: string;
  readonly failure: Failure;
  readonly onOffer?: ((address: string) => void) | undefined;
}

/** The sentence, and what can be pressed about it. */
export function Why({ id, failure, onOffer }: WhyProps): JSX.Element {
  return (
    <div class="field-why">
      <p id={id} role="alert">
        {failure.text} {failure.hint}
      </p>
      {failure.login && <LoginLink />}
      {failure.offers.length > 0 && (
        <p class="offers">
          {failure.offers.map((address) => (
            <button key={address} type="button" onClick={() => onOffer?.(address)}>
              {address}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

export function LoginLink(): JSX.Element {
  return (
    <a class="text-link" href={linkTo('/login')} onClick={follow}>
      {t().manage.can.logIn}
    </a>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, checked, onChange }: CheckProps): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly words: Readonly<Record<T, ComponentChildren>>;
  readonly chosen: T;
  readonly onChoose: (word: T) => void;
}

/** One of a few words. */
export function Choice<T extends string>({ label, words, chosen, onChoose }: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {(Object.keys(words) as T[]).map((word) => (
        <label key={word}>
          <input type="radio" name={name} checked={word === chosen} onChange={() => onChoose(word)} />
          <span>{words[word]}</span>
        </label>
      ))}
    </fieldset>
  );
}
