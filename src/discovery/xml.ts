// XML that a device sent, as elements that can be asked without fear: names without prefixes, texts decoded. No DTD, no
// entities but XML's own five, bounds on size, depth and number of tags; what is only sloppy is read as far as it goes.

import { XMLParser } from 'fast-xml-parser';
import { SightlineError } from '../base/errors.ts';

/** Longer documents are refused. The longest seen, the profiles of a recorder with 32 channels, has 300 KB. */
export const MAX_XML_BYTES = 524_288;
const MAX_TAGS = 40_000;
const MAX_ATTRIBUTES = 20_000;
const MAX_DEPTH = 40;

const parser = new XMLParser({
  ignoreAttributes: (name) => name !== 'token',
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  jPath: false,
});

/** One element of a document, whatever its prefix. */
export class XmlElement {
  readonly #node: unknown;

  constructor(node: unknown) {
    this.#node = node;
  }

  /** Its own text, decoded and trimmed; empty when it has none. */
  get text(): string {
    const raw = isRecord(this.#node) ? this.#node['#text'] : this.#node;
    return typeof raw === 'string' ? decodeEntities(raw).trim() : '';
  }

  /** The attribute `token`, the one attribute that is kept; empty when it has none. */
  get token(): string {
    const raw = isRecord(this.#node) ? this.#node['@token'] : undefined;
    return typeof raw === 'string' ? decodeEntities(raw) : '';
  }

  /** Names of the elements directly below. */
  get names(): string[] {
    return isRecord(this.#node) ? Object.keys(this.#node).filter((name) => !/^[#@]/.test(name)) : [];
  }

  /** The elements of that name directly below. */
  all(name: string): XmlElement[] {
    const below = isRecord(this.#node) && Object.hasOwn(this.#node, name) ? this.#node[name] : undefined;
    return Array.isArray(below) ? below.map((each: unknown) => new XmlElement(each)) : [];
  }

  /** The first element on a path of names. */
  child(...path: readonly string[]): XmlElement | null {
    return path.reduce<XmlElement | null>((at, name) => at?.all(name)[0] ?? null, this);
  }

  /** The text of the first element on a path; empty without one. */
  textOf(...path: readonly string[]): string {
    return this.child(...path)?.text ?? '';
  }

  /** Every element of that name, however deep. */
  find(name: string): XmlElement[] {
    return this.names.flatMap((each) =>
      this.all(each).flatMap((below) => (each === name ? [below] : below.find(name))),
    );
  }
}

/** Reads a document. Throws `camera-protocol` when it is none that we would read. */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > MAX_XML_BYTES) throw notRead(`has more than ${MAX_XML_BYTES} bytes`);
  const text = new TextDecoder().decode(bytes);
  // SOAP 1.2, 5: a message has no document type declaration.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw notRead('has a document type declaration');
  if (countOf(text, '<') > MAX_TAGS) throw notRead(`has more than ${MAX_TAGS} tags`);
  if (countOf(text, '=') > MAX_ATTRIBUTES) throw notRead(`has more than ${MAX_ATTRIBUTES} attributes`);
  try {
    return new XmlElement(parser.parse(text));
  } catch (error) {
    throw notRead('is not well formed', error);
  }
}

/** A text as content of an element or an attribute. */
export function escapeXml(text: string): string {
  const written = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
  return written.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** XML 1.0, 4.1 and 4.6: character references and the five predefined entities; others stay as they are. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notRead(what: string, cause?: unknown): SightlineError {
  return new SightlineError('camera-protocol', `the XML ${what}`, cause === undefined ? {} : { cause });
}
