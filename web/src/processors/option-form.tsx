// The options of a processor as a form made from their schema. Each change is in force as soon as it is made: there is
// nothing to save.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Camera, ProcessorStatus } from '../api.ts';
import { plainName } from '../events/event-words.ts';
import { Why } from '../forms/field.tsx';
import { number, t } from '../i18n.ts';
import { Switch } from '../switch.tsx';
import { problemTitle } from '../words.ts';
import { same, useOptionChanges } from './change.ts';
import { blamedOption, fieldsOf, stepOf, textOf, valueOf, type OptionField, type Typed } from './schema-fields.ts';

interface OptionFormProps {
  readonly camera: Camera;
  readonly processor: ProcessorStatus;
}

export function OptionForm({ camera, processor }: OptionFormProps): JSX.Element {
  const fields = fieldsOf(processor.optionsSchema);
  const { set, failure, met } = useOptionChanges(camera, processor);
  const { problem, options } = processor;
  const blamed = problem === null ? null : blamedOption(problem.text);
  if (fields.length === 0) return <p class="tone-muted">{t().processors.noOptions}</p>;
  const whyOf = ({ name }: OptionField): string => {
    if (name in met) return t().processors.met(JSON.stringify(met[name]));
    return problem !== null && blamed === name ? (optionProblem(problem.text, name) ?? problemTitle(problem)) : '';
  };
  return (
    <div class="options">
      {fields.map((field) => (
        <OptionRow
          key={field.name}
          field={field}
          value={options[field.name]}
          why={whyOf(field)}
          of={processor.name}
          onSet={(value) => set(field.name, value)}
        />
      ))}
      {failure !== null && <Why failure={failure} />}
    </div>
  );
}

/** The part of the server's sentence that is about the option. */
function optionProblem(text: string, name: string): string | undefined {
  return new RegExp(`options\\.${name}[\\w.[\\]]*:? *([^;]+)`).exec(text)?.[1];
}

interface OptionRowProps {
  readonly field: OptionField;
  /** In force. */
  readonly value: unknown;
  /** What is wrong with it by the server; empty: nothing. */
  readonly why: string;
  /** Name of the processor. */
  readonly of: string;
  readonly onSet: (value: unknown) => void;
}

function OptionRow({ field, value, why, of, onSet }: OptionRowProps): JSX.Element {
  const id = useId();
  const [typed, setTyped] = useState<string | boolean | null>(null);
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    if (typed === null || wrong !== '') return;
    const typedValue = typeof typed === 'boolean' ? { value: typed } : valueOf(field, typed);
    if ('value' in typedValue && same(typedValue.value, value)) setTyped(null);
  }, [value]);
  const take = (text: string): void => {
    setTyped(text);
    const read = valueOf(field, text);
    setWrong('wrong' in read ? wordsFor(field, read.wrong) : '');
    if ('value' in read) onSet(read.value);
  };
  const said = wrong === '' ? why : wrong;
  const described = [field.help === '' ? '' : `${id}-help`, said === '' ? '' : `${id}-why`].filter(Boolean).join(' ');
  const common = { id, describedBy: described === '' ? undefined : described, invalid: said !== '' };
  const text = typeof typed === 'string' ? typed : textOf(field, value);
  return (
    <div class={`option option-${field.kind}`}>
      <label for={id}>{plainName(field.name)}</label>
      {field.kind === 'switch' ? (
        <Switch
          id={id}
          label={t().processors.of(plainName(field.name), of)}
          on={typeof typed === 'boolean' ? typed : value === true}
          describedBy={common.describedBy}
          onTurn={(on) => {
            setTyped(on);
            onSet(on);
          }}
        />
      ) : (
        <Input field={field} text={text} {...common} onTake={take} />
      )}
      {field.help !== '' && (
        <p id={`${id}-help`} class="option-help" lang="en">
          {field.help}
        </p>
      )}
      {said !== '' && (
        <p id={`${id}-why`} class="field-why" role="alert">
          {said}
        </p>
      )}
    </div>
  );
}

interface InputProps {
  readonly field: OptionField;
  readonly text: string;
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly onTake: (text: string) => void;
}

function Input({ field, text, id, describedBy, invalid, onTake }: InputProps): JSX.Element {
  const common = { id, 'aria-describedby': describedBy, 'aria-invalid': invalid };
  const taken = (event: { readonly currentTarget: { readonly value: string } }): void => {
    onTake(event.currentTarget.value);
  };
  if (field.kind === 'choice') {
    return (
      <select {...common} value={text} onChange={taken}>
        {field.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === 'json') return <textarea {...common} rows={3} spellcheck={false} value={text} onInput={taken} />;
  if (field.kind === 'text') return <input {...common} type="text" autocomplete="off" value={text} onInput={taken} />;
  return <NumberInput field={field} text={text} common={common} onTaken={taken} />;
}

interface NumberInputProps {
  readonly field: OptionField;
  readonly text: string;
  readonly common: { readonly id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean };
  readonly onTaken: (event: { readonly currentTarget: { readonly value: string } }) => void;
}

function NumberInput({ field, text, common, onTaken }: NumberInputProps): JSX.Element {
  const { least, most, name } = field;
  const input = <input {...common} type="text" inputMode="decimal" autocomplete="off" value={text} onInput={onTaken} />;
  if (least === null || most === null) return input;
  return (
    <div class="option-range">
      <input
        type="range"
        aria-label={`${plainName(name)}, ${number(least)} – ${number(most)}`}
        min={least}
        max={most}
        step={stepOf(field)}
        value={text}
        onInput={onTaken}
      />
      {input}
    </div>
  );
}

function wordsFor({ least, most }: OptionField, wrong: Extract<Typed, { wrong: string }>['wrong']): string {
  const words = t().processors;
  switch (wrong) {
    case 'number':
      return words.numberWrong;
    case 'whole':
      return words.wholeWrong;
    case 'json':
      return words.listWrong;
    case 'least':
      return words.least(number(least!, 3));
    case 'most':
      return words.most(number(most!, 3));
    case 'between':
      return words.between(number(least!, 3), number(most!, 3));
  }
}
