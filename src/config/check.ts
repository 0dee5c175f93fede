// Checks the value of a config file against the schema and says of each thing that is wrong what was found and what
// is allowed. Called by load.ts; knows no file.

import { z } from 'zod';
import { maskSecrets } from './mask.ts';
import { CAMERA_ID_RULE } from './address.ts';
import { configSchema, keyNotes } from './schema.ts';
import { nearest } from './suggest.ts';
import type { Path, YamlText } from './yaml-text.ts';

export type CheckedConfig = z.output<typeof configSchema>;

type Issue = z.core.$ZodIssue;

/** The checked value, or null after noting every fault in `yaml`. */
export function checkConfig(yaml: YamlText): CheckedConfig | null {
  const value = structuredClone(yaml.value);
  dropEmptyParts(value);
  const first = configSchema.safeParse(value);
  if (first.success) return first.data;
  for (const issue of first.error.issues) repair(issue, value, yaml);
  const second = configSchema.safeParse(value);
  if (second.success) return second.data;
  for (const issue of second.error.issues) note(issue, value, yaml);
  return null;
}

/** `cameras:` with nothing behind it, as when all of them are commented out, is as if it were not there. */
function dropEmptyParts(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const parts = value as Record<string, unknown>;
  for (const name of Object.keys(configSchema.shape)) if (parts[name] === null) Reflect.deleteProperty(parts, name);
}

/** A text field may be typed as a number (`password: 007`); a number or flag from the environment arrives as text. */
function repair(issue: Issue, value: unknown, yaml: YamlText): void {
  if (issue.code !== 'invalid_type') return;
  const found = valueAt(value, issue.path);
  const typed = yaml.typed(issue.path);
  if (issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean') && typed !== null) {
    setAt(value, issue.path, typed);
  } else if (typeof found === 'string' && yaml.fromEnvironment(issue.path)) {
    if (issue.expected === 'boolean' && /^(?:true|false)$/.test(found)) setAt(value, issue.path, found === 'true');
    if ((issue.expected === 'number' || issue.expected === 'int') && /^\d{1,9}$/.test(found)) {
      setAt(value, issue.path, Number(found));
    }
  }
}

function note(issue: Issue, value: unknown, yaml: YamlText): void {
  if (issue.code === 'unrecognized_keys') {
    for (const name of issue.keys) yaml.addFault([...issue.path, name], unknownKey(name, issue.path), true);
    return;
  }
  if (issue.code === 'invalid_key') {
    const id = shortened(String(issue.path.at(-1)));
    yaml.addFault(issue.path, `"${id}" is not an id; allowed: ${CAMERA_ID_RULE}`, true);
    return;
  }
  const path = issue.path;
  if (issue.code === 'custom' && typeof issue.params?.['fault'] === 'string') {
    yaml.addFault(path, issue.params['fault']);
    return;
  }
  const found = describe(valueAt(value, path), path);
  yaml.addFault(path, `found ${found}; allowed: ${allowedAt(path)}`);
}

function unknownKey(name: string, path: Path): string {
  const schema = unwrap(schemaAt(path));
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const close = nearest(name, known);
  const hint = close === null ? '' : `: did you mean ${close}?`;
  return `unknown key "${shortened(name)}"${hint}${hint === '' ? ';' : ''} allowed: ${known.join(', ')}`;
}

/** What was found; of secrets the kind only, of addresses nothing that could be one. */
function describe(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (a value that begins with # needs quotes)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const secret = path.at(-1) === 'password' || path.at(-1) === 'token' || path.at(-1) === 'source' || path.length === 0;
  if (secret) return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
  return shortened(JSON.stringify(value));
}

function shortened(text: string): string {
  const clean = maskSecrets(text).replace(/\p{Cc}/gu, '?');
  return clean.length > 60 ? `${clean.slice(0, 59)}…` : clean;
}

function allowedAt(path: Path): string {
  let schema: z.ZodType | undefined = schemaAt(path);
  while (schema !== undefined) {
    const notes = keyNotes.get(schema);
    if (notes !== undefined) return notes.allowed;
    const inner: z.ZodType | undefined = unwrapOnce(schema);
    if (inner === undefined) break;
    schema = inner;
  }
  return 'something else';
}

function schemaAt(path: Path): z.ZodType | undefined {
  let schema: z.ZodType | undefined = configSchema;
  for (const key of path) {
    const outer = unwrap(schema);
    if (outer instanceof z.ZodObject) schema = (outer.shape as Record<string, z.ZodType | undefined>)[String(key)];
    else if (outer instanceof z.ZodRecord) schema = outer.valueType as z.ZodType;
    else if (outer instanceof z.ZodArray) schema = outer.element as z.ZodType;
    else return undefined;
  }
  return schema;
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  for (let inner = schema; inner !== undefined; inner = unwrapOnce(inner)) schema = inner;
  return schema;
}

function unwrapOnce(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return schema.unwrap() as z.ZodType;
  }
  return undefined;
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return found;
}

function setAt(value: unknown, path: Path, replacement: unknown): void {
  const parent = valueAt(value, path.slice(0, -1)) as Record<PropertyKey, unknown>;
  parent[path.at(-1)!] = replacement;
}
