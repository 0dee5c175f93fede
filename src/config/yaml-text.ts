// The text of the config file as a value, with the place of everything in it. Between the file and the schema:
// syntax is judged here, meaning in load.ts.

import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { maskSecrets } from './mask.ts';
import { fillIn, hasReference } from './environment.ts';

export type Path = readonly PropertyKey[];

/** One thing that is wrong, and where. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  /** `cameras.door.source`; empty where the file itself is meant. */
  readonly path: string;
  readonly text: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Aliases that one file may unfold to, so that a few lines cannot become gigabytes. */
const MAX_ALIASES = 100;

/** Faults of syntax that are said: one a line, since one mistake makes the parser stumble on. */
const MAX_SYNTAX_FAULTS = 10;

/** Deepest nesting that is read; our own files need four. */
const MAX_DEPTH = 32;

const TOO_DEEP = `found lists or mappings inside one another more than ${MAX_DEPTH} deep`;

export class YamlText {
  readonly faults: Fault[] = [];
  /** The whole file as plain values; undefined when its syntax is wrong. */
  readonly value: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | null;
  readonly #filled = new Set<Node>();
  readonly #indexes = new WeakMap<YAMLMap, Map<string, Pair>>();

  constructor(text: string, env: Environment) {
    this.#document = this.#parse(text);
    if (this.#document === null) return;
    this.#fill(this.#document, env);
    this.value = this.#toValue(this.#document);
  }

  /** Notes a fault at the value of `path`; where there is none, at what would hold it. */
  addFault(path: Path, text: string, atKey = false): void {
    this.#note(this.#offset(path, atKey), path.map((key) => maskSecrets(String(key).slice(0, 80))).join('.'), text);
  }

  /** The text of an unquoted scalar as it was typed (`007`, `1e5`), or null. */
  typed(path: Path): string | null {
    const node = this.#node(path);
    return isScalar(node) && node.type === 'PLAIN' ? (node.source ?? null) : null;
  }

  /** True when the value came from the environment. */
  fromEnvironment(path: Path): boolean {
    const node = this.#node(path);
    return node !== undefined && this.#filled.has(node);
  }

  /** Keys of the mapping at `path`, in the order of the file. */
  keys(path: Path): string[] {
    const node = this.#node(path);
    const map = isAlias(node) && this.#document !== null ? node.resolve(this.#document) : node;
    return isMap(map) ? map.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : [];
  }

  #parse(text: string): Document.Parsed | null {
    const deep = tooDeep(text);
    this.#lines.addNewLine(0);
    if (deep >= 0) {
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines.addNewLine(at + 1);
      this.#note(deep, '', TOO_DEEP);
      return null;
    }
    const lineCounter = this.#lines;
    lineCounter.lineStarts.length = 0;
    const document = parseDocument(text, {
      prettyErrors: false,
      lineCounter,
      logLevel: 'error',
      version: '1.2',
      uniqueKeys: false,
    });
    const lines = new Set<number>();
    for (const { pos, code, message } of [...document.errors, ...document.warnings]) {
      const { line } = lineCounter.linePos(pos[0]);
      if (lines.has(line) || lines.size >= MAX_SYNTAX_FAULTS) continue;
      lines.add(line);
      this.#note(pos[0], '', syntaxText(code, text, pos[0]) ?? firstLine(message));
    }
    if (this.faults.length === 0) this.#refuseDuplicates(document);
    return this.faults.length === 0 ? document : null;
  }

  /** The parser's own check compares each key with every other, which takes seconds in a large file. */
  #refuseDuplicates(document: Document.Parsed): void {
    visit(document, {
      Map: (_, map) => {
        const seen = new Set<string>();
        for (const { key } of map.items) {
          const name = isScalar(key) ? String(key.value) : null;
          if (name === null) continue;
          if (seen.has(name) && isNode(key) && this.faults.length < MAX_SYNTAX_FAULTS) {
            this.#note(key.range?.[0] ?? 0, '', `found the key ${maskSecrets(name.slice(0, 64))} twice in one mapping`);
          }
          seen.add(name);
        }
      },
    });
  }

  #fill(document: Document.Parsed, env: Environment): void {
    visit(document, {
      Scalar: (key, node, ancestors) => {
        if (key === 'key' || typeof node.value !== 'string' || !hasReference(node.value)) return;
        const { text, faults } = fillIn(node.value, env);
        for (const fault of faults) this.#note(node.range?.[0] ?? 0, pathOf(ancestors), fault);
        node.value = text;
        this.#filled.add(node);
      },
    });
  }

  #toValue(document: Document.Parsed): unknown {
    try {
      return document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#note(0, '', 'its aliases (*name) unfold to more than 100 values, or to themselves');
      return undefined;
    }
  }

  #node(path: Path): Node | undefined {
    let node: unknown = this.#document?.contents;
    for (const key of path) {
      if (isAlias(node) && this.#document !== null) node = node.resolve(this.#document);
      if (isMap(node)) node = this.#pairs(node).get(String(key))?.value;
      else node = isSeq(node) && typeof key === 'number' ? node.items[key] : undefined;
    }
    return isNode(node) ? node : undefined;
  }

  /** The pairs of a mapping by key, since looking through them for each fault takes seconds in a large file. */
  #pairs(map: YAMLMap): Map<string, Pair> {
    let pairs = this.#indexes.get(map);
    if (pairs === undefined) {
      const named = map.items.filter((pair) => isScalar(pair.key));
      pairs = new Map(named.map((pair) => [String((pair.key as Scalar).value), pair]));
      this.#indexes.set(map, pairs);
    }
    return pairs;
  }

  #offset(path: Path, atKey: boolean): number {
    const parent = path.length === 0 ? undefined : this.#node(path.slice(0, -1));
    const node = this.#node(path);
    const key = isMap(parent) ? this.#pairs(parent).get(String(path.at(-1)))?.key : undefined;
    const keyNode = isNode(key) ? key : undefined;
    const chosen = atKey || node?.range == null ? (keyNode ?? node) : node;
    if (chosen?.range != null) return chosen.range[0];
    return path.length === 0 ? 0 : this.#offset(path.slice(0, -1), true);
  }

  #note(offset: number, path: string, text: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.faults.push({ line: Math.max(1, line), column: Math.max(1, col), path, text });
  }
}

function pathOf(ancestors: readonly unknown[]): string {
  return ancestors
    .filter((ancestor) => isPair(ancestor))
    .map((pair) => (isScalar(pair.key) ? String(pair.key.value) : '?'))
    .join('.');
}

/** Offset where brackets or indentation nest too deep for the recursive parser, or -1. */
function tooDeep(text: string): number {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '[' || character === '{') open++;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    else if (character === '\n') open = 0;
    if (open > MAX_DEPTH) return i;
  }
  const dashes = /^[ \t]*(?:[-?:][ \t]+){33}/m.exec(text);
  return dashes === null ? -1 : dashes.index;
}

/** Our own words for what people run into; the parser's may quote a password. Null: the parser's are harmless. */
function syntaxText(code: string, text: string, offset: number): string | null {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, text.indexOf('\n', offset) >>> 0);
  if (/(?<!["'\w])test:(?=\s|[,}\]]|$)/.test(line)) return 'a value that ends with a colon needs quotes: "test:"';
  if (/[[{].*\$\{/.test(line)) return 'inside { } and [ ] a reference needs quotes: "${NAME}"';
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'found a tab: lines are indented with spaces';
    case 'BAD_ALIAS':
      return 'a value that begins with * is an alias, and there is no such anchor: put the value in quotes';
    case 'BAD_SCALAR_START':
      return 'a value that begins with this character needs quotes';
    case 'TAG_RESOLVE_FAILED':
      return 'a value that begins with ! is a tag, and none is known here: put the value in quotes';
    case 'MULTIPLE_DOCS':
      return 'found a second document (---): a config file has one';
    case 'UNEXPECTED_TOKEN':
    case 'IMPOSSIBLE':
    case 'BAD_DIRECTIVE':
      return 'found something that is not YAML; a value with special characters needs quotes';
    default:
      return null;
  }
}

function firstLine(message: string): string {
  return message.includes('call stack') ? TOO_DEEP : message.split('\n', 1)[0]!.slice(0, 160);
}
