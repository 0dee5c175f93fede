import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { threadCpuMs } from '../../test/fixtures/cpu-time.ts';
import { SightlineError } from '../base/errors.ts';
import { escapeXml, MAX_XML_BYTES, parseXml } from './xml.ts';

function parse(text: string): ReturnType<typeof parseXml> {
  return parseXml(Buffer.from(text));
}

function assertRefused(text: string, why: RegExp): void {
  assert.throws(
    () => parse(text),
    (error: unknown) => {
      assert.ok(error instanceof SightlineError);
      assert.equal(error.code, 'camera-protocol');
      assert.match(error.message, why);
      return true;
    },
  );
}

describe('XML of a device', () => {
  it('is asked by names, whatever their prefixes', () => {
    const document = parse('<?xml version="1.0"?><a:x xmlns:a="u"><b:y token="1">one</b:y><y> two </y><z/></a:x>');
    assert.equal(document.textOf('x', 'y'), 'one');
    assert.deepEqual(
      document.find('y').map(({ text, token }) => [text, token]),
      [
        ['one', '1'],
        ['two', ''],
      ],
    );
    assert.equal(document.child('x', 'nothing', 'below'), null);
    assert.equal(document.textOf('x', 'z'), '');
  });

  it('has its references decoded: the five of XML and numbers, no others', () => {
    assert.equal(parse('<a>&lt;&amp;&#233;&#xE9;&quot;&nbsp;&#x110000;</a>').textOf('a'), '<&éé"&nbsp;&#x110000;');
    assert.equal(parse('<a token="x&amp;y"/>').child('a')?.token, 'x&y');
    assert.equal(parse('<a><![CDATA[1 < 2]]></a>').textOf('a'), '1 < 2');
  });

  it('is refused with a document type: nothing is expanded, nothing is fetched', () => {
    assertRefused('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /document type/);
    assertRefused('<!doctype a><a/>', /document type/);
  });

  it('is refused when it is too long, too deep, or has too many tags or attributes', () => {
    assertRefused(`<a>${'x'.repeat(MAX_XML_BYTES)}</a>`, /bytes/);
    assertRefused('<a>'.repeat(100), /not well formed/);
    assertRefused('<a/>'.repeat(50_000), /tags/);
    assertRefused(`<a ${'b="" '.repeat(30_000)}/>`, /attributes/);
  });

  it('is read as far as it goes when it is only sloppy', () => {
    assert.equal(parse('\ufeff<a><b>1</b><c>2</a>').textOf('a', 'b'), '1');
    assert.equal(parse('  <a><b>1</b></a>\0\0').textOf('a', 'b'), '1');
  });

  it('reads the names of JavaScript as names', () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf']) {
      try {
        assert.equal(parse('<a><b>1</b></a>').child('a', name), null);
        parse(`<a><${name}>1</${name}></a>`).find(name);
      } catch (error) {
        assert.ok(error instanceof SightlineError);
      }
    }
    assert.equal(Object.hasOwn(Object.prototype, 'b'), false);
  });

  it('carries any text through writing and reading', () => {
    const text = fc.string({ unit: 'grapheme' }).map((each) => each.replace(/[\p{Cc}]/gu, '').trim());
    fc.assert(fc.property(text, (each) => assert.equal(parse(`<a>${escapeXml(each)}</a>`).textOf('a'), each)));
  });

  it('never throws anything but an error of ours, and never takes long', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      ':',
      '"',
      "'",
      '=',
      ' ',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?',
      '?>',
      '&',
      '&#',
      ';',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 400 }).map((pieces) => pieces.join('')),
      fc.string(),
    );
    fc.assert(fc.property(text, readsOrRefuses), { numRuns: 500 });
    for (const piece of [
      '<',
      '</',
      '<a ',
      '<a b="',
      "<a b='",
      '<!--',
      '<![CDATA[',
      '<?',
      '&#',
      '<a>&',
      '<a:b:c ',
      '= ',
    ]) {
      readsOrRefuses(piece.repeat(Math.floor(MAX_XML_BYTES / piece.length)));
      readsOrRefuses(piece.repeat(15_000));
    }
  });
});

/** The longest that one document may keep everything else waiting, with room for a busy machine. */
const LONGEST_MS = 1500;

function readsOrRefuses(text: string): void {
  const from = threadCpuMs();
  try {
    parse(text).find('a');
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
  }
  assert.ok(threadCpuMs() - from < LONGEST_MS, text.slice(0, 40));
}
