// The text of a config file while its cameras are edited. Every change is a splice at a place that the YAML parser
// named, so that all other lines stay byte for byte as a person wrote them. Whether the result says what was meant is
// checked by editor.ts; a form that cannot be edited here is refused.

import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { SightlineError } from '../base/errors.ts';
import { flowMapText, flowScalarText, flowText, scalarText } from './yaml-scalars.ts';
import type { Quotes, ScalarValue } from './yaml-scalars.ts';

export type CameraPairs = readonly (readonly [key: string, value: ScalarValue])[];

const INDENT = 2;

export class CameraText {
  #text: string;
  readonly #eol: string;

  constructor(text: string) {
    this.#text = text;
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
  }

  get text(): string {
    return this.#text;
  }

  /** Adds a camera behind the others, in the style of the mapping that it comes into. */
  add(id: string, pairs: CameraPairs): void {
    const root = this.#root();
    const cameras = find(root, 'cameras');
    const map = cameras?.value;
    if (isAlias(map)) throw refused('cameras is an alias');
    if (isMap(map) && map.items.length > 0) this.#append(map, id, pairs);
    else if (cameras !== undefined && root.flow !== true) this.#fillEmpty(root, cameras, id, pairs);
    else if (cameras !== undefined) this.#setValue(cameras, `{ ${flowScalarText(id)}: ${flowMapText(pairs)} }`);
    else if (root.flow === true) this.#appendFlow(root, `cameras: { ${flowScalarText(id)}: ${flowMapText(pairs)} }`);
    else {
      const indent = ' '.repeat(this.#column(keyRange(root.items[0]!)[0]));
      this.#insertLines(this.#afterMap(root), [`${indent}cameras:`, ...cameraLines(id, pairs, [`${indent}  `, 2])]);
    }
  }

  set(id: string, key: string, value: ScalarValue): void {
    const map = this.#camera(id);
    const pair = find(map, key);
    if (pair !== undefined) {
      const quotes = quotesOf(pair.value);
      this.#setValue(pair, map.flow === true ? flowScalarText(value, quotes) : scalarText(value, quotes));
    } else if (map.flow === true) this.#appendFlow(map, `${key}: ${flowScalarText(value)}`);
    else {
      const indent = ' '.repeat(this.#column(keyRange(map.items[0]!)[0]));
      this.#insertLines(this.#afterPair(map.items.at(-1)!), [`${indent}${key}: ${scalarText(value)}`]);
    }
  }

  /** Sets what stands deeper inside of a camera: mappings on the way are made when they are not there. */
  setDeep(id: string, path: readonly string[], value: unknown): void {
    let map = this.#camera(id);
    for (const [depth, key] of path.entries()) {
      const pair = find(map, key);
      const rest = path.slice(depth + 1);
      const inner = pair?.value;
      if (rest.length > 0 && isMap(inner) && inner.items.length > 0) {
        map = inner;
        continue;
      }
      if (isAlias(inner)) throw refused(`${key} is an alias`);
      const nested = rest.reduceRight<unknown>((deeper, name) => ({ [name]: deeper }), value);
      if (pair !== undefined && !isBlockCollection(inner)) this.#setValue(pair, flowText(nested));
      else if (pair === undefined) this.#appendKey(map, key, flowText(nested));
      else if (map.items.length === 1 && depth > 0) this.setDeep(id, path.slice(0, depth), { [key]: nested });
      else {
        this.#removePair(map, pair);
        this.#appendKey(this.#mapAt(id, path.slice(0, depth)), key, flowText(nested));
      }
      return;
    }
  }

  unsetDeep(id: string, path: readonly string[]): void {
    const map = this.#mapAt(id, path.slice(0, -1));
    const pair = find(map, path.at(-1)!);
    if (pair === undefined) return;
    // A block without a key would be nothing at all.
    if (map.items.length > 1 || map.flow === true || path.length === 1) this.#removePair(map, pair);
    else this.setDeep(id, path.slice(0, -1), {});
  }

  unset(id: string, key: string): void {
    const map = this.#camera(id);
    const pair = find(map, key);
    if (pair !== undefined) this.#removePair(map, pair);
  }

  rename(id: string, newId: string): void {
    const map = this.#cameras();
    const pair = find(map, id)!;
    const [start, end] = keyRange(pair);
    const text = (map.flow === true ? flowScalarText : scalarText)(newId, quotesOf(pair.key));
    this.#splice(start, end, text);
  }

  remove(id: string): void {
    const map = this.#cameras();
    this.#removePair(map, find(map, id)!);
    const cameras = find(this.#root(), 'cameras');
    if (cameras !== undefined && !isMap(cameras.value)) this.#setValue(cameras, '{}');
  }

  #root(): YAMLMap {
    const { contents } = parseDocument(this.#text, { logLevel: 'silent', version: '1.2', uniqueKeys: false });
    if (isMap(contents) && contents.items.length > 0) return contents;
    throw refused('the file is no mapping');
  }

  #cameras(): YAMLMap {
    const map = find(this.#root(), 'cameras')?.value;
    if (isMap(map)) return map;
    throw refused('cameras is an alias');
  }

  #camera(id: string): YAMLMap {
    const camera = find(this.#cameras(), id)?.value;
    if (isMap(camera) && camera.items.length > 0) return camera;
    throw refused(`cameras.${id} is an alias`);
  }

  #mapAt(id: string, path: readonly string[]): YAMLMap {
    let map = this.#camera(id);
    for (const key of path) {
      const inner = find(map, key)?.value;
      if (!isMap(inner)) throw refused(`${key} is no mapping`);
      map = inner;
    }
    return map;
  }

  #appendKey(map: YAMLMap, key: string, text: string): void {
    if (map.flow === true || map.items.length === 0) {
      this.#appendFlow(map, `${flowScalarText(key)}: ${text}`);
      return;
    }
    const indent = ' '.repeat(this.#column(keyRange(map.items[0]!)[0]));
    this.#insertLines(this.#afterMap(map), [`${indent}${scalarText(key)}: ${text}`]);
  }

  #append(map: YAMLMap, id: string, pairs: CameraPairs): void {
    if (map.flow === true) {
      this.#appendFlow(map, `${flowScalarText(id)}: ${flowMapText(pairs)}`);
      return;
    }
    const column = this.#column(keyRange(map.items[0]!)[0]);
    const last = map.items.at(-1)!;
    const lines = cameraLines(id, pairs, [' '.repeat(column), this.#step(map, column)]);
    if (map.items.length > 1 && this.#isBlankBefore(keyRange(last)[0])) lines.unshift('');
    this.#insertLines(this.#afterComments(this.#afterPair(last), column), lines);
  }

  /** `cameras:` or `cameras: {}` of a block becomes a block. */
  #fillEmpty(root: YAMLMap, cameras: Pair, id: string, pairs: CameraPairs): void {
    const column = this.#column(keyRange(root.items[0]!)[0]);
    const value = cameras.value;
    const after = this.#afterPair(cameras);
    const lines = cameraLines(id, pairs, [' '.repeat(column + INDENT), INDENT]);
    this.#insertLines(after, lines);
    if (isNode(value) && value.range != null && value.range[1] > value.range[0]) {
      this.#splice(this.#afterColon(cameras), value.range[1], '');
    }
  }

  /** Puts text where the value of a pair is, or where it would be. */
  #setValue(pair: Pair, text: string): void {
    const { value } = pair;
    const [start, end] = isNode(value) && value.range != null ? value.range : [0, 0];
    if (end <= start) {
      const at = this.#afterColon(pair);
      this.#splice(at, at, ` ${text}`);
    } else {
      const written = this.#text.slice(start, end);
      this.#splice(start, end, isBlockScalar(value) && written.endsWith('\n') ? text + this.#eol : text);
    }
  }

  #removePair(map: YAMLMap, pair: Pair): void {
    const [start] = keyRange(pair);
    if (map.flow === true) {
      const index = map.items.indexOf(pair);
      const next = map.items[index + 1];
      const before = map.items[index - 1];
      if (next !== undefined) this.#splice(start, keyRange(next)[0], '');
      else this.#splice(before === undefined ? start : flowEnd(before), flowEnd(pair), '');
      return;
    }
    const lineStart = this.#text.lastIndexOf('\n', start - 1) + 1;
    if (this.#text.slice(lineStart, start).trim() !== '') throw refused('a key does not begin its line');
    const end = this.#afterComments(this.#afterPair(pair), this.#column(start));
    const endsFile = end === this.#text.length && !this.#text.endsWith('\n');
    this.#splice(endsFile ? Math.max(0, lineStart - this.#eol.length) : lineStart, end, '');
  }

  #appendFlow(map: YAMLMap, text: string): void {
    const last = map.items.at(-1);
    if (last === undefined) this.#splice(map.range![0], map.range![1], `{ ${text} }`);
    else this.#splice(flowEnd(last), flowEnd(last), `, ${text}`);
  }

  /** Start of the line behind a pair of a block; behind the text when nothing follows. */
  #afterPair(pair: Pair): number {
    const end = this.#contentEnd(pair);
    if (end > 0 && this.#text[end - 1] === '\n') return end;
    const newline = this.#text.indexOf('\n', end);
    return newline < 0 ? this.#text.length : newline + 1;
  }

  #afterMap(map: YAMLMap): number {
    return this.#afterComments(this.#afterPair(map.items.at(-1)!), this.#column(keyRange(map.items[0]!)[0]));
  }

  /** Passes comment lines that stand deeper than `column`: they belong to what stands before. */
  #afterComments(at: number, column: number): number {
    const comment = /[ \t]*#[^\n]*(?:\n|$)/y;
    for (let next = at; ; next = comment.lastIndex) {
      comment.lastIndex = next;
      const found = comment.exec(this.#text);
      if (found === null || found[0].indexOf('#') <= column) return next;
    }
  }

  #contentEnd({ key, value }: Pair): number {
    const last = isMap(value) && value.flow !== true ? value.items.at(-1) : undefined;
    if (last !== undefined) return this.#contentEnd(last);
    const node: unknown = isSeq(value) && value.flow !== true ? value.items.at(-1) : value;
    if (isMap(node) && node.flow !== true && node.items.length > 0) return this.#contentEnd(node.items.at(-1)!);
    const range = isNode(node) ? node.range : null;
    return range != null && range[1] > range[0] ? range[1] : (key as Node).range![1];
  }

  #insertLines(at: number, lines: readonly string[]): void {
    const text = lines.join(this.#eol);
    const newLine = at === 0 || this.#text[at - 1] === '\n';
    this.#splice(at, at, newLine ? text + this.#eol : this.#eol + text);
  }

  #splice(start: number, end: number, text: string): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
  }

  #afterColon(pair: Pair): number {
    const at = this.#text.indexOf(':', keyRange(pair)[1]);
    if (at < 0) throw refused('a key has no colon');
    return at + 1;
  }

  #column(at: number): number {
    return at - (this.#text.lastIndexOf('\n', at - 1) + 1);
  }

  /** How much deeper than its id the keys of a camera stand. */
  #step(map: YAMLMap, column: number): number {
    const block = map.items.map((pair) => pair.value).find((value) => isMap(value) && value.flow !== true);
    const first = isMap(block) ? block.items[0] : undefined;
    const step = first === undefined ? INDENT : this.#column(keyRange(first)[0]) - column;
    return step > 0 ? step : INDENT;
  }

  /** True when an empty line stands above the line of `at` and its comments. */
  #isBlankBefore(at: number): boolean {
    return /\n[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*[ \t]*$/.test(this.#text.slice(Math.max(0, at - 4096), at));
  }
}

function cameraLines(id: string, pairs: CameraPairs, [indent, step]: readonly [string, number]): string[] {
  const inner = indent + ' '.repeat(step);
  return [`${indent}${scalarText(id)}:`, ...pairs.map(([key, value]) => `${inner}${key}: ${scalarText(value)}`)];
}

function find(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

function keyRange(pair: Pair): readonly [number, number] {
  const range = isNode(pair.key) ? pair.key.range : null;
  if (range == null) throw refused('a mapping has a key that is no text');
  return [range[0], range[1]];
}

/** End of a pair between braces. */
function flowEnd(pair: Pair): number {
  const range = isNode(pair.value) ? pair.value.range : null;
  return range?.[1] ?? keyRange(pair)[1];
}

function isBlockCollection(value: unknown): boolean {
  return (isMap(value) || isSeq(value)) && value.flow !== true && value.items.length > 0;
}

function isBlockScalar(value: unknown): boolean {
  return isScalar(value) && (value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED');
}

function quotesOf(value: unknown): Quotes {
  if (!isScalar(value)) return null;
  return value.type === 'QUOTE_SINGLE' || value.type === 'QUOTE_DOUBLE' ? value.type : null;
}

function refused(why: string): SightlineError {
  return new SightlineError(
    'config-unwritable',
    `the config file is written in a way that is not edited here: ${why}`,
    {
      hint: 'Change it with an editor.',
    },
  );
}
