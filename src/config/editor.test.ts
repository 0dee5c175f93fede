import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import { Editor } from './editor.ts';
import { loadReading } from './load.ts';
import type { Reading } from './load.ts';
import type { CameraValues, ConfigEditor } from './store-types.ts';

const env = { SECRET: 'p@ss ${X}', YES: 'true' };
const secret = Buffer.alloc(32, 7);
const load = { file: 's.yaml', env, cwd: '/home/person' };

function edit(text: string, change: (draft: ConfigEditor) => void): string {
  const editor = new Editor({ reading: loadReading({ ...load, text }), text, placeholders: [], load, secret });
  change(editor);
  return editor.finish()?.text ?? text;
}

const read = (text: string): Reading => loadReading({ ...load, text });

function code(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    return error.code;
  }
  return 'no error';
}

const FILE = `# my cameras
server:   { port: 9000 }   # as the shop wants it

cameras:
  # the front door
  door:
      source:   "rtsp://192.168.1.20/s1"   # main stream
      username: admin
      password: \${SECRET}    # never here
      always: \${YES}
      # tlsVerify: false

  desk: { source: 0, enabled: false } # old webcam
  'hall':
    source: 'http://192.168.1.30/video'
`;

describe('an edit of the config file', () => {
  it('changes the value that was meant, in its quotes, and no other character', () => {
    const text = edit(FILE, (draft) => draft.change('door', { source: 'rtsp://192.168.1.21/s2' }));
    assert.equal(text, FILE.replace('192.168.1.20/s1', '192.168.1.21/s2'));
    const flow = edit(FILE, (draft) => draft.change('desk', { enabled: true }));
    assert.equal(flow, FILE.replace('enabled: false', 'enabled: true'));
    const single = edit(FILE, (draft) => draft.change('hall', { source: "http://h/it's" }));
    assert.equal(single, FILE.replace("'http://192.168.1.30/video'", "'http://h/it''s'"));
  });

  it('adds keys behind the others and takes away the lines of those that go', () => {
    const named = edit(FILE, (draft) => draft.change('door', { name: '현관', username: null, password: null }));
    const expected = FILE.replace('      username: admin\n      password: ${SECRET}    # never here\n', '').replace(
      '      always: ${YES}\n',
      '      always: ${YES}\n      name: 현관\n',
    );
    assert.equal(named, expected);
    const flow = edit(FILE, (draft) => draft.change('desk', { enabled: null, always: true, name: 'a, b' }));
    assert.equal(flow, FILE.replace('{ source: 0, enabled: false }', '{ source: 0, name: "a, b", always: true }'));
  });

  it('adds a camera behind the last, indented and spaced as the others are', () => {
    const text = edit(FILE, (draft) => draft.add('yard', { source: 'rtsp://10.0.0.5/', name: 'x#: y' }));
    assert.equal(text, `${FILE}  yard:\n      name: "x#: y"\n      source: rtsp://10.0.0.5/\n`);
  });

  it('renames a camera at its place and removes one with what stands in it', () => {
    assert.equal(
      edit(FILE, (draft) => draft.rename('hall', '1e5')),
      FILE.replace("'hall'", "'1e5'"),
    );
    const removed = edit(FILE, (draft) => draft.remove('door'));
    const [above = '', below = ''] = FILE.split(/ {2}door:[^]*tlsVerify: false\n/);
    assert.equal(removed, above + below);
  });

  it('leaves a valid file when the last camera goes, and fills it again', () => {
    const one = 'cameras: # all\n  door:\n    source: 0\n';
    const none = edit(one, (draft) => draft.remove('door'));
    assert.equal(none, 'cameras: {} # all\n');
    assert.equal(
      edit(none, (draft) => draft.add('desk', { source: '1' })),
      'cameras: # all\n  desk:\n    source: "1"\n',
    );
  });

  it('finds a place for the first camera in every way to write none', () => {
    for (const text of [
      'server: { port: 1 }\n',
      'server:\n  port: 1',
      'cameras:\n',
      'cameras:',
      'cameras: {}\r\nserver:\r\n  port: 1\r\n',
      'cameras:\n# door:\n#   source: 0\nserver: {}\n',
      '{ server: { port: 1 }, cameras: {} }\n',
      '{ server: { port: 1 } }\n',
      '---\nserver: {}\n...\n',
      'cameras: { }',
    ]) {
      const added = edit(text, (draft) => draft.add('door', { source: 'rtsp://h/' }));
      assert.deepEqual(Object.keys(read(added).raw), ['door'], added);
      assert.equal(added.endsWith('\n'), text.endsWith('\n'), JSON.stringify(added));
      assert.equal(added.includes('\r\n'), text.includes('\r\n'));
      assert.equal(/[^\r]\n/.test(added) && text.includes('\r\n'), false, JSON.stringify(added));
    }
  });

  it('writes ${NAME} of an API as that text, and leaves that of a person alone', () => {
    const text = edit(FILE, (draft) => draft.change('hall', { username: 'u', password: 'a${SECRET}$${b}' }));
    assert.ok(text.includes('password: ${SECRET}    # never here'));
    assert.equal(
      read(text).config.cameras.find(({ id }) => id === 'hall')?.source.credentials?.password,
      'a${SECRET}$${b}',
    );
  });

  it('never changes another camera through an alias', () => {
    const shared = 'cameras:\n  a: &a\n    source: &s rtsp://h/1\n  b: *a\n  c: { source: *s }\n';
    assert.equal(
      code(() => edit(shared, (draft) => draft.change('a', { source: 'rtsp://h/2' }))),
      'config-unwritable',
    );
    assert.equal(
      code(() => edit(shared, (draft) => draft.change('a', { always: true }))),
      'config-unwritable',
    );
    assert.equal(
      code(() => edit(shared, (draft) => draft.change('b', { always: true }))),
      'config-unwritable',
    );
    assert.equal(
      code(() => edit(shared, (draft) => draft.remove('a'))),
      'config-unwritable',
    );
    assert.equal(
      edit(shared, (draft) => draft.change('c', { source: 'rtsp://h/3' })),
      shared.replace('*s', '"rtsp://h/3"'),
    );
    assert.equal(
      edit(shared, (draft) => draft.remove('b')),
      shared.replace('  b: *a\n', ''),
    );
  });

  it('refuses ids and values that make no camera, and says which', () => {
    const cases: [(draft: ConfigEditor) => void, string][] = [
      [(draft) => draft.add('door', { source: '0' }), 'taken'],
      [(draft) => draft.add('No', { source: '0' }), 'request-invalid'],
      [(draft) => draft.add('x', { source: 'nonsense:' }), 'source-invalid'],
      [(draft) => draft.add('x', { source: '0', password: 'no' }), 'source-invalid'],
      [(draft) => draft.add('x', { source: 'rtsp://h/', password: '\ud800' }), 'request-invalid'],
      [(draft) => draft.change('door', { name: '' }), 'request-invalid'],
      [(draft) => draft.change('none', { name: 'x' }), 'not-found'],
      [(draft) => draft.rename('door', 'desk'), 'taken'],
      [(draft) => draft.remove('none'), 'not-found'],
    ];
    for (const [change, expected] of cases)
      assert.equal(
        code(() => edit(FILE, change)),
        expected,
      );
  });

  it('keeps every line that it was not about, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(file(), fc.array(operation(), { maxLength: 8 }), (text, operations) => {
        const before = read(text);
        const touched = new Set<string>();
        const after = operations.reduce((current, one) => apply(current, one, touched), text);
        const said = read(after);
        for (const id of Object.keys(before.raw)) {
          if (!touched.has(id)) assert.deepEqual(said.raw[id], before.raw[id], after);
        }
        const mine = (line: string): boolean => [...touched].some((id) => line.includes(`@${id}`));
        const kept = after.replace('cameras: {} #', 'cameras: #').split(/\r?\n/);
        for (const line of text.split(/\r?\n/)) {
          if (!mine(line) && line.includes('@')) assert.ok(kept.includes(line), `${JSON.stringify(line)}\n${after}`);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const IDS = ['a', 'b2', '7', 'true', 'e-1'];

interface Operation {
  readonly kind: 'add' | 'change' | 'rename' | 'remove';
  readonly id: string;
  readonly other: string;
  readonly values: CameraValues & { source: string };
}

/** Every line of a camera names it (`@id`), and comments between cameras name the file (`@file`). */
function file(): fc.Arbitrary<string> {
  const camera = fc.record({
    style: fc.constantFrom('block', 'wide', 'flow', 'folded'),
    comment: fc.boolean(),
    blank: fc.boolean(),
  });
  return fc
    .record({
      cameras: fc.array(camera, { minLength: 1, maxLength: 4 }),
      eol: fc.constantFrom('\n', '\r\n'),
      last: fc.boolean(),
      serverFirst: fc.boolean(),
    })
    .map(({ cameras, eol, last, serverFirst }) => {
      const server = ['server: # @file', '  port:   80 # @file'];
      const lines = cameras.flatMap(({ style, comment, blank }, index) => [
        ...(blank ? [''] : []),
        ...(comment ? [`  # @file ${index}`] : []),
        ...cameraLines(style, IDS[index]!),
      ]);
      const all = [
        '# @file',
        ...(serverFirst ? server : []),
        'cameras: # @file',
        ...lines,
        ...(serverFirst ? [] : server),
      ];
      return all.join(eol) + (last ? eol : '');
    });
}

function cameraLines(style: string, id: string): string[] {
  const key = id === '7' || id === 'true' ? `"${id}"` : id;
  switch (style) {
    case 'flow':
      return [`  ${key}: { source: "rtsp://h/", name: '$$\{@${id}' } # @${id}`];
    case 'wide':
      return [`  ${key} : # @${id}`, `      source :   'rtsp://h/' # @${id}`, `      # inner @${id}`];
    case 'folded':
      return [
        `  ${key}: # @${id}`,
        `    source: rtsp://h/ # @${id}`,
        '    name: >-',
        `      one @${id}`,
        `      two @${id}`,
      ];
    default:
      return [
        `  ${key}: # @${id}`,
        `    name: The ${id} # @${id}`,
        `    source: rtsp://h/ # @${id}`,
        `    always: true # @${id}`,
      ];
  }
}

function operation(): fc.Arbitrary<Operation> {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed()),
    fc.constantFrom(
      'true',
      '007',
      '# x',
      'a: b',
      '${SECRET}',
      '$${',
      '*a',
      '&a',
      "'",
      '"',
      '[',
      '}',
      '- ',
      '~',
      'null',
      '\n',
      ' ',
    ),
  );
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(fc.option(value, { nil: undefined }), { nil: null });
  return fc.record({
    kind: fc.constantFrom('add', 'change', 'change', 'rename', 'remove'),
    id: fc.constantFrom(...IDS),
    other: fc.constantFrom(...IDS, 'null', '1e5', '0x1f'),
    values: fc.record({
      source: fc.constantFrom('rtsp://h/1', 'rtsp://u:%24%7B@h/?a=${b}', 'http://[::1]:80/x#y'.replace('#', '%23')),
      name: optional(text.map((value) => value.trim() || 'x')),
      username: optional(text),
      password: optional(text),
      always: optional(fc.boolean()),
      enabled: optional(fc.boolean()),
    }),
  });
}

/** The text after one edit; the same when the values make no camera. */
function apply(text: string, { kind, id, other, values }: Operation, touched: Set<string>): string {
  touched.add(id);
  if (kind === 'rename') touched.add(other);
  try {
    return edit(text, (draft) => {
      if (kind === 'add') draft.add(id, values);
      else if (kind === 'change') draft.change(id, values);
      else if (kind === 'rename') draft.rename(id, other);
      else draft.remove(id);
    });
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    assert.ok(
      ['taken', 'not-found', 'source-invalid', 'request-invalid'].includes(error.code),
      `${error.code} ${text}`,
    );
    return text;
  }
}
