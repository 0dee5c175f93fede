// JSON Merge Patch (RFC 7396) on plain values, and what an edit of a text has to change to get from one to the other.

type Members = Readonly<Record<string, unknown>>;

/** `target` with the members of `patch`: null takes one away, mappings are merged, all else takes its place. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch;
  const result: Record<string, unknown> = { ...(isMapping(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = merged(result[name], value);
  }
  return result;
}

/** One place that differs; undefined: it is not there afterwards. */
export interface Difference {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The smallest set of places to set or take away; an empty path: all of it. */
export function differences(before: unknown, after: unknown, path: readonly string[] = []): Difference[] {
  if (!isMapping(before) || !isMapping(after) || Object.keys(before).length === 0) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, value: after }];
  }
  const gone = Object.keys(before).filter((name) => !(name in after));
  return [
    ...Object.entries(after).flatMap(([name, value]) => {
      return name in before ? differences(before[name], value, [...path, name]) : [{ path: [...path, name], value }];
    }),
    ...gone.map((name) => ({ path: [...path, name], value: undefined })),
  ];
}

function isMapping(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
