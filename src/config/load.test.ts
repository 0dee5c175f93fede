import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import { configFromArguments, loadConfig, type Config } from './load.ts';
import { serverDefaults } from './schema.ts';

const env = { PASSWORD: 'p@ss/w:rd#1?%41', PORT: '8181', YES: 'true', EMPTY: '' };

const load = (text: string): Config => loadConfig({ file: 's.yaml', text, env, cwd: '/home/person' });

function faults(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    assert.equal(error.code, 'config-invalid');
    return error.message.split('\n');
  }
  return assert.fail('it was accepted');
}

describe('the config file', () => {
  it('gives server and cameras, with defaults for what it does not say', () => {
    const config = load(
      [
        'server:',
        '  port: 9000',
        '  token: abc',
        '  allowedOrigins: [https://app.example.com]',
        'cameras:',
        '  door:',
        '    source: rtsp://192.168.1.20/stream1',
        '    username: admin',
        '    password: p@ss',
        '    always: true',
        '  desk: { source: 0, tlsVerify: false, enabled: false }',
        '  clip: { source: clip.mp4 }',
      ].join('\n'),
    );
    assert.deepEqual(config.server, {
      ...serverDefaults,
      port: 9000,
      token: 'abc',
      allowedOrigins: ['https://app.example.com'],
    });
    assert.deepEqual(
      config.cameras.map(({ id, source, always, enabled, tlsVerify }) => [
        id,
        source.target,
        always,
        enabled,
        tlsVerify,
      ]),
      [
        ['door', 'rtsp://192.168.1.20/stream1', true, true, true],
        ['desk', '/dev/video0', false, false, false],
        ['clip', '/home/person/clip.mp4', false, true, true],
      ],
    );
    assert.deepEqual(config.cameras[0]?.source.credentials, { username: 'admin', password: 'p@ss' });
    assert.deepEqual(load('server: {}\n'), { server: serverDefaults, cameras: [] });
    assert.deepEqual([serverDefaults.host, serverDefaults.port, serverDefaults.embed], ['127.0.0.1', 8080, 'any']);
  });

  it('takes passwords that look like numbers as they are typed', () => {
    const { cameras } = load('cameras:\n  a:\n    source: rtsp://cam/\n    username: 007\n    password: 1e5\n');
    assert.deepEqual(cameras[0]?.source.credentials, { username: '007', password: '1e5' });
  });

  it('puts the environment where ${NAME} stands in a value', () => {
    const { server, cameras } = load(
      [
        'server: { port: "${PORT}" }',
        'cameras:',
        '  a:',
        '    source: rtsp://admin:${PASSWORD}@cam/x',
        '    always: ${YES}',
        '  b:',
        '    source: rtsp://cam/$${x}',
        '    username: u',
        '    password: ${PASSWORD}',
      ].join('\n'),
    );
    assert.equal(server.port, 8181);
    assert.equal(cameras[0]?.always, true);
    assert.equal(cameras[0].source.credentials?.password, env.PASSWORD);
    assert.equal(cameras[1]?.source.credentials?.password, env.PASSWORD);
    assert.equal(cameras[1].source.target, 'rtsp://cam/$%7Bx%7D');
  });

  it('with a variable that is not set is refused at its line', () => {
    assert.deepEqual(faults('server:\n  token: x\n  port: ${NOPE}\n'), [
      's.yaml:3:9: server.port: the environment has no variable NOPE: set it, or write the value here',
    ]);
    assert.match(faults('server:\n  token: ${a-b}')[0]!, /^s\.yaml:2:10: server\.token: "\$\{" must be followed/);
    assert.match(faults('server:\n  token: ${__proto__}')[0]!, /no variable __proto__/);
    assert.match(
      faults('server: { token: ${NOPE} }')[0]!,
      /^s\.yaml:1:\d+: inside \{ \} and \[ \] a reference needs quotes/,
    );
  });

  it('says of all faults at once where they are, what was found and what is allowed', () => {
    const text = [
      'sever: 1',
      'server:',
      '  port: 99999',
      '  host: "a b"',
      '  embed: none',
      '  allowedHosts: [ok.example.com, "http://x"]',
      'cameras:',
      '  door:',
      '    sorce: rtsp://cam/x',
      '    always: yes',
      '  Bad: { source: 192.168.1.20 }',
      '  list: []',
      '  yard:',
      '    source: rstp://me:secret@cam/',
    ].join('\n');
    const expected = [
      /^s\.yaml:1:1: sever: unknown key "sever": did you mean server\? allowed: server, cameras$/,
      /^s\.yaml:3:9: server\.port: found 99999; allowed: a whole number from 0 to 65535$/,
      /^s\.yaml:4:9: server\.host: found "a b"; allowed: an IP address or host name/,
      /^s\.yaml:5:10: server\.embed: found "none"; allowed: any or same-origin$/,
      /^s\.yaml:6:34: server\.allowedHosts\.1: found "http:\/\/x"; allowed: a host name/,
      /^s\.yaml:8:3: cameras\.door\.source: found nothing; allowed: an address such as/,
      /^s\.yaml:9:5: cameras\.door\.sorce: unknown key "sorce": did you mean source\?/,
      /^s\.yaml:10:13: cameras\.door\.always: found "yes"; allowed: true or false$/,
      /^s\.yaml:11:3: cameras\.Bad: "Bad" is not an id; allowed: 1 to 63 of/,
      /^s\.yaml:11:18: cameras\.Bad\.source: 192\.168\.1\.20 says no scheme\. Did you mean rtsp:\/\/192\.168\.1\.20\/ \?/,
      /^s\.yaml:12:9: cameras\.list: found a list; allowed: a mapping with at least source/,
      /^s\.yaml:14:13: cameras\.yard\.source: rstp:\/\/\*\*\*@cam\/ has the unknown scheme rstp:/,
    ];
    const found = faults(text);
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(found[index]!, pattern);
  });

  it('never shows a password in a message', () => {
    const texts = [
      'cameras:\n  a:\n    source: rtsp://u:secret@ss/x@cam/\n',
      'cameras:\n  a:\n    source: [rtsp://u:secret@cam/]\n    password: [secret]\n',
      'server:\n  token: "secret secret"\n',
      'server:\n  token: *secret\n',
      'server:\n  token: !secret x\n',
      'server:\n  token: @secret\n',
      'server:\n  token: "secret\n',
      'server:\n  token: a: secret\n',
      'server:\n  token: "\\secret"\n',
      'server:\n  token: %secret\n',
      'cameras: u:secret@cam\n',
      'rtsp://u:secret@cam/x\n',
      'rtsp://u:secret@cam/x: 1\n',
    ];
    for (const text of texts) {
      for (const line of faults(text)) assert.ok(!line.includes('secret'), line);
    }
  });

  it('with two users of one name is refused at the second', () => {
    const users = ['a', 'b', 'a', 'A', 'a']
      .map((name, n) => `    - { name: ${name}, password: secret${n} }\n`)
      .join('');
    const rule = 'found the user "a" twice; allowed: one user of each name';
    assert.deepEqual(faults(`server:\n  users:\n${users}`), [
      `s.yaml:5:15: server.users.2.name: ${rule}`,
      `s.yaml:7:15: server.users.4.name: ${rule}`,
    ]);
  });

  it('of wrong syntax is refused with line and column', () => {
    const table: [string, RegExp][] = [
      ['', /^s\.yaml:1:1: the file is empty/],
      ['# nothing\n', /the file is empty/],
      ['- a', /^s\.yaml:1:1: found a list; allowed: a mapping/],
      ['hello', /found a text; allowed: a mapping/],
      ['cameras:\n  a:\n    source: test:', /^s\.yaml:3:\d+: .*needs quotes: "test:"$/],
      ['cameras:\n  a: {source: test:}', /^s\.yaml:2:\d+: .*needs quotes: "test:"$/],
      ['server:\n\tport: 1', /^s\.yaml:2:1: found a tab/],
      ['server: {}\nserver: {}', /^s\.yaml:2:1: found the key server twice/],
      ['server: {}\n---\nserver: {}', /^s\.yaml:2:1: found a second document/],
      ['cameras: &x\n  a: *x', /^s\.yaml:/],
      ['server:\n  token: #abc', /needs quotes/],
      ['server: {', /^s\.yaml:1:\d+: /],
      ['__proto__: 1\n', /^s\.yaml:1:1: __proto__: unknown key/],
    ];
    for (const [text, expected] of table) assert.match(faults(text)[0]!, expected, text);
  });

  it('that would unfold without end, nests without end or is too large is refused', () => {
    const nine = (name: string): string => `[${Array.from({ length: 9 }, () => name).join(', ')}]`;
    const bomb = [
      `a: &a ${nine('x')}`,
      ...['ab', 'bc', 'cd', 'de'].map(([from, to]) => `${to}: &${to} ${nine(`*${from}`)}`),
    ];
    assert.match(faults(bomb.join('\n'))[0]!, /aliases .* unfold/);
    for (const piece of ['[', '{', '- ', '? ', '[\n', 'a:\n', '&a ', '!a ', '"\\']) {
      const lines = faults(piece.repeat(100_000));
      assert.ok(lines.length <= 10 && lines.join().length < 5000, piece);
    }
    assert.match(faults('x'.repeat(1_048_577))[0]!, /larger than 1 MB/);
  });

  it('is read from disk, and what prevents that is said', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-config-'));
    try {
      const file = join(folder, 'sightline.yaml');
      const options = { file, env, cwd: folder };
      assert.throws(() => loadConfig(options), { code: 'config-invalid', message: `${file}: there is no such file` });
      writeFileSync(file, '\ufeffcameras: { a: { source: clip.mp4 } }\r\n');
      assert.equal(loadConfig(options).cameras[0]?.source.target, join(folder, 'clip.mp4'));
      writeFileSync(file, Buffer.from([0x61, 0xff]));
      assert.throws(() => loadConfig(options), { message: /not text in UTF-8/ });
      assert.throws(() => loadConfig({ ...options, file: folder }), { message: /it is a folder/ });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of any text is read or refused', () => {
    const piece = fc.constantFrom(
      'server',
      'cameras',
      'source',
      'port',
      ': ',
      ':',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '*a',
      '&a ',
      '!',
      '|',
      '>',
      '#',
      '? ',
      '---',
      '${PORT}',
      '${',
      '1',
      'test:',
      '\t',
      '<<',
      ',',
      '%',
    );
    const texts = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          load(text);
        } catch (error) {
          assert.ok(error instanceof SightlineError && error.code === 'config-invalid', String(error));
          assert.match(error.message, /^s\.yaml:\d+:\d+: /);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('sources on the command line', () => {
  it('become cameras, numbered where they have no id', () => {
    const cameras = configFromArguments(['0', 'camera2=rtsp://cam/x?a=b', 'test:', 'door=clip.mp4'], '/home/person');
    assert.deepEqual(
      cameras.map(({ id, source }) => [id, source.target]),
      [
        ['camera1', '/dev/video0'],
        ['camera2', 'rtsp://cam/x?a=b'],
        ['camera3', 'test:'],
        ['door', '/home/person/clip.mp4'],
      ],
    );
  });

  it('with the same id twice are refused', () => {
    assert.throws(() => configFromArguments(['a=0', 'a=1'], '/'), { code: 'source-invalid', message: /the id a$/ });
    assert.throws(() => configFromArguments(['192.168.1.20'], '/'), { code: 'source-invalid' });
  });
});
