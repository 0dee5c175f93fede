// A form's fields from the JSON Schema of a processor's options, and what a person typed as the value that is sent.
// What no field of its own fits is written as JSON. Pure.

export type FieldKind = 'number' | 'switch' | 'choice' | 'text' | 'json';

export interface OptionField {
  readonly name: string;
  readonly kind: FieldKind;
  /** What the option does; may be empty. */
  readonly help: string;
  /** Of a number. */
  readonly whole: boolean;
  readonly least: number | null;
  readonly most: number | null;
  /** Of a choice. */
  readonly choices: readonly string[];
}

type Schema = Readonly<Record<string, unknown>>;

/** What is written for a whole number without bounds: as far as whole numbers are exact. */
const FARTHEST = Number.MAX_SAFE_INTEGER;

export function fieldsOf(schema: Schema | null): readonly OptionField[] {
  const properties = schema?.['properties'];
  if (!isRecord(properties)) return [];
  return Object.entries(properties).map(([name, of]) => fieldOf(name, isRecord(of) ? of : {}));
}

function fieldOf(name: string, schema: Schema): OptionField {
  const { type, description } = schema;
  const choices = choicesOf(schema);
  return {
    name,
    kind: choices.length > 0 ? 'choice' : kindOf(type),
    help: typeof description === 'string' ? description : '',
    whole: type === 'integer',
    least: bound(schema['minimum'] ?? schema['exclusiveMinimum']),
    most: bound(schema['maximum'] ?? schema['exclusiveMaximum']),
    choices,
  };
}

function kindOf(type: unknown): FieldKind {
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'switch';
  return type === 'string' ? 'text' : 'json';
}

function choicesOf({ enum: values }: Schema): readonly string[] {
  const words = Array.isArray(values) ? (values as unknown[]) : [];
  return words.every((word) => typeof word === 'string') ? words : [];
}

function bound(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < FARTHEST ? value : null;
}

/** How fine a slider is: a hundredth of its range, as a number that one would say. */
export function stepOf({ whole, least, most }: OptionField): number {
  const range = (most ?? 1) - (least ?? 0);
  const step = 10 ** Math.floor(Math.log10(range / 50));
  return whole ? Math.max(1, step) : step;
}

export type Typed =
  { readonly value: unknown } | { readonly wrong: 'number' | 'whole' | 'json' | 'least' | 'most' | 'between' };

/** What was typed as its value, or why it is none. */
export function valueOf(field: OptionField, typed: string): Typed {
  if (field.kind === 'json') return parsed(typed);
  return field.kind === 'number' ? numberOf(field, typed) : { value: typed };
}

function numberOf({ whole, least, most }: OptionField, typed: string): Typed {
  const value = Number(typed);
  if (typed.trim() === '' || !Number.isFinite(value)) return { wrong: 'number' };
  if (whole && !Number.isInteger(value)) return { wrong: 'whole' };
  const low = least !== null && value < least;
  const high = most !== null && value > most;
  if ((low || high) && least !== null && most !== null) return { wrong: 'between' };
  if (low) return { wrong: 'least' };
  return high ? { wrong: 'most' } : { value };
}

function parsed(typed: string): Typed {
  try {
    return { value: JSON.parse(typed) as unknown };
  } catch {
    return { wrong: 'json' };
  }
}

/** A value as its field shows it. */
export function textOf({ kind }: OptionField, value: unknown): string {
  if (kind === 'json') return value === undefined ? '' : JSON.stringify(value);
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The option that a problem of the server is about, where it says so. */
export function blamedOption(text: string): string | null {
  return /\boptions\.([\w-]+)/.exec(text)?.[1] ?? null;
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
