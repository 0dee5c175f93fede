// Where in the text of a config file a processor is to be written, camera by camera: for who writes it by hand, so that
// nothing is edited here.

import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { Pair, YAMLMap } from 'yaml';

/** Place of one camera. */
export interface ProcessorPlace {
  readonly camera: string;
  /** From 1. */
  readonly line: number;
  /** `behind`: lines of their own, behind that line. `inside`: between the braces that begin in that line. */
  readonly how: 'behind' | 'inside';
  readonly text: string;
}

export interface ProcessorEntry {
  readonly name: string;
  /** What stands behind the name: `{ file: processors/edges.ts }`. */
  readonly value: string;
}

/** Of each camera that has room for one more processor of this name, in the order of the file; none where it has faults. */
export function processorPlaces(text: string, entry: ProcessorEntry): ProcessorPlace[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', version: '1.2', uniqueKeys: false });
  if (document.errors.length > 0 || !isMap(document.contents)) return [];
  const cameras = find(document.contents, 'cameras')?.value;
  if (!isMap(cameras)) return [];
  return cameras.items.flatMap((pair) => {
    const place = isMap(pair.value) ? placeIn(pair.value, entry, lines) : null;
    return place === null ? [] : [{ camera: keyOf(pair), ...place }];
  });
}

function placeIn(camera: YAMLMap, { name, value }: ProcessorEntry, lines: LineCounter): Place | null {
  const processors = find(camera, 'processors');
  if (camera.flow === true) {
    if (processors === undefined) return inside(camera, `processors: { ${name}: ${value} }`, lines);
    return isMap(processors.value) ? inside(processors.value, `${name}: ${value}`, lines) : null;
  }
  if (processors === undefined) {
    const anchor = find(camera, 'source') ?? camera.items[0];
    if (anchor === undefined) return null;
    const indent = ' '.repeat(columnOf(anchor, lines));
    const text = `${indent}processors:\n${indent}  ${name}: ${value}`;
    return { line: lastLineOf(anchor, lines), how: 'behind', text };
  }
  const list = processors.value;
  if (isMap(list) && list.flow === true) return inside(list, `${name}: ${value}`, lines);
  if (isMap(list) && list.items[0] !== undefined) {
    const text = `${' '.repeat(columnOf(list.items[0], lines))}${name}: ${value}`;
    return find(list, name) === undefined ? { line: firstLineOf(processors, lines), how: 'behind', text } : null;
  }
  if (!isScalar(list) || list.value !== null || list.source !== '') return null;
  const text = `${' '.repeat(columnOf(processors, lines) + 2)}${name}: ${value}`;
  return { line: firstLineOf(processors, lines), how: 'behind', text };
}

type Place = Omit<ProcessorPlace, 'camera'>;

function inside(map: YAMLMap, text: string, lines: LineCounter): Place | null {
  const name = /^[^:]+/.exec(text)?.[0] ?? '';
  if (find(map, name) !== undefined) return null;
  return { line: lines.linePos(map.range?.[0] ?? 0).line, how: 'inside', text };
}

function find(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => keyOf(pair) === key);
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function startOf({ key }: Pair): number {
  return isScalar(key) ? (key.range?.[0] ?? 0) : 0;
}

function columnOf(pair: Pair, lines: LineCounter): number {
  return lines.linePos(startOf(pair)).col - 1;
}

function firstLineOf(pair: Pair, lines: LineCounter): number {
  return lines.linePos(startOf(pair)).line;
}

/** Where its value ends. */
function lastLineOf(pair: Pair, lines: LineCounter): number {
  const end = isScalar(pair.value) ? (pair.value.range?.[1] ?? 0) : 0;
  return lines.linePos(Math.max(startOf(pair), end)).line;
}
