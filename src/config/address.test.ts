import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import { parseAddress, splitSourceArgument } from './address.ts';

const cwd = '/home/person';
const read = (text: string): ReturnType<typeof parseAddress> => parseAddress(text, { cwd });

function refusal(text: string, fields: { username?: string; password?: string } = {}): SightlineError {
  try {
    parseAddress(text, { cwd, ...fields });
  } catch (error) {
    assert.ok(error instanceof SightlineError);
    assert.equal(error.code, 'source-invalid');
    return error;
  }
  return assert.fail(`${text} was accepted`);
}

describe('an address', () => {
  it('names what kind of source it is and what to open', () => {
    const table: [string, string, string][] = [
      ['rtsp://cam/stream1', 'rtsp', 'rtsp://cam/stream1'],
      ['RTSPS://Cam.Local:322/a?b=c', 'rtsp', 'rtsps://cam.local:322/a?b=c'],
      ['rtsp://[2001:DB8::1]:8554/x', 'rtsp', 'rtsp://[2001:db8::1]:8554/x'],
      ['http://192.168.1.30:8080/video', 'http', 'http://192.168.1.30:8080/video'],
      ['https://cam?x=1', 'http', 'https://cam/?x=1'],
      ['http://cam/a b/ä%zz', 'http', 'http://cam/a%20b/%C3%A4%25zz'],
      ['0', 'device', '/dev/video0'],
      ['1', 'device', '/dev/video1'],
      ['video2', 'device', '/dev/video2'],
      ['/dev/video3', 'device', '/dev/video3'],
      ['/dev/v4l/by-id/usb-cam-index0', 'device', '/dev/v4l/by-id/usb-cam-index0'],
      ['clip.mp4', 'file', '/home/person/clip.mp4'],
      ['../a/clip.mp4', 'file', '/home/a/clip.mp4'],
      ['/srv/clip with space.mp4', 'file', '/srv/clip with space.mp4'],
      ['file:///srv/a%20b.mp4', 'file', '/srv/a b.mp4'],
      ['file:clip.mp4', 'file', '/home/person/clip.mp4'],
      ['./cam', 'file', '/home/person/cam'],
      ['test:', 'test', 'test:'],
      ['test:?codec=mjpeg&width=1280&height=720&fps=30', 'test', 'test:?codec=mjpeg&width=1280&height=720&fps=30'],
      ['push:', 'push', 'push:'],
      [' Push: ', 'push', 'push:'],
      ['ffmpeg:rtsp://cam/x', 'ffmpeg', 'rtsp://cam/x'],
      ['ffmpeg:clip.mkv', 'ffmpeg', '/home/person/clip.mkv'],
      ['ffmpeg:lavfi:testsrc', 'ffmpeg', 'lavfi:testsrc'],
      ['ffmpeg:udp://@239.0.0.1:1234', 'ffmpeg', 'udp://239.0.0.1:1234'],
    ];
    for (const [text, kind, target] of table) {
      const address = read(text);
      assert.deepEqual([address.kind, address.target], [kind, target], text);
      assert.equal(address.credentials, null, text);
    }
  });

  it('carries a user and a password with any character, encoded or not, and never shows them', () => {
    const table: [string, string, string, string][] = [
      ['rtsp://user:p%40ss@host/path', 'user', 'p@ss', 'rtsp://host/path'],
      ['rtsp://admin:p@ss:w/rd#1?@192.168.1.20:554/stream', 'admin', 'p@ss:w/rd#1?', 'rtsp://192.168.1.20:554/stream'],
      ['rtsp://admin:p@ss/word@192.168.1.20/s', 'admin', 'p@ss/word', 'rtsp://192.168.1.20/s'],
      ['rtsp://admin:123/45@192.168.1.20/s', 'admin', '123/45', 'rtsp://192.168.1.20/s'],
      ['rtsp://admin:a#b@cam/s', 'admin', 'a#b', 'rtsp://cam/s'],
      ['rtsp://admin:100%sure@cam/s', 'admin', '100%sure', 'rtsp://cam/s'],
      ['rtsp://admin:%FF%41@cam/s', 'admin', '%FF%41', 'rtsp://cam/s'],
      ['rtsp://admin:%C3%A4 ö@cam/s', 'admin', 'ä ö', 'rtsp://cam/s'],
      ['http://admin@cam:81/s', 'admin', '', 'http://cam:81/s'],
      ['rtsp://admin:@cam/s', 'admin', '', 'rtsp://cam/s'],
      ['ffmpeg:rtsp://a:b@h/x', 'a', 'b', 'rtsp://h/x'],
    ];
    for (const [text, username, password, target] of table) {
      const address = read(text);
      assert.deepEqual(address.credentials, { username, password }, text);
      assert.equal(address.target, target, text);
      assert.ok(address.display.includes('://***@'), address.display);
      if (password !== '') assert.ok(!address.display.includes(password), address.display);
    }
  });

  it('keeps an @ that stands behind a certain host as part of the path', () => {
    assert.equal(read('http://192.168.1.20:80/x?to=me@10.0.0.1').target, 'http://192.168.1.20:80/x?to=me@10.0.0.1');
    assert.equal(read('http://cam.local:80/x?to=me@example.com').credentials, null);
    const nested = read('http://nvr:1984/mjpeg?src=rtsp://admin:pw@192.168.1.20/s');
    assert.equal(nested.target, 'http://nvr:1984/mjpeg?src=rtsp://admin:pw@192.168.1.20/s');
    assert.equal(nested.display, 'http://nvr:1984/mjpeg?src=rtsp://***@192.168.1.20/s');
  });

  it('is refused where its host is in doubt, without showing what may be the password', () => {
    for (const text of [
      'rtsp://u:secret@ss/w@cam/s',
      'http://camera:8080/secret@example.com/',
      'rtsp://u:1/secret@cam/x',
    ]) {
      const { message, hint } = refusal(text);
      assert.match(message, /two ways/);
      assert.match(hint, /%40/);
      assert.ok(!message.includes('secret') && !hint.includes('secret'), message);
    }
  });

  it('takes user and password from fields of their own, as they are, before its own', () => {
    const fields = { cwd, username: 'a%41', password: 'p@/%41' };
    assert.deepEqual(parseAddress('rtsp://cam/x', fields).credentials, { username: 'a%41', password: 'p@/%41' });
    assert.deepEqual(parseAddress('rtsp://u:v@cam/x', { cwd, password: 'w' }).credentials, {
      username: 'u',
      password: 'w',
    });
    assert.match(refusal('rtsp://cam/x', { password: 'w' }).message, /no user name/);
    assert.match(refusal('clip.mp4', { username: 'u' }).message, /takes no user name/);
    assert.match(refusal('push:', { username: 'u', password: 'p' }).message, /takes no user name/);
    assert.match(refusal('ffmpeg:clip.mp4', { username: 'u' }).message, /names no host/);
  });

  it('masks passwords in its query', () => {
    assert.equal(
      read('http://cam/s.cgi?user=a&pwd=b#c'.replace('#', '%23')).display,
      'http://cam/s.cgi?user=***&pwd=***',
    );
  });

  it('without a scheme is refused with the address that was probably meant', () => {
    assert.match(refusal('192.168.1.20').hint, /rtsp:\/\/192\.168\.1\.20\/ /);
    assert.match(refusal('192.168.1.20:554/stream').hint, /rtsp:\/\/192\.168\.1\.20:554\/stream /);
    assert.match(refusal('localhost:8080/video').hint, /http:\/\/localhost:8080\/video /);
    const secret = refusal('admin:secret@192.168.1.20/x');
    assert.match(secret.hint, /rtsp:\/\/\*\*\*@192\.168\.1\.20\/x /);
    assert.ok(!`${secret.message}${secret.hint}`.includes('secret'));
  });

  it('that is wrong says what was found and what is allowed', () => {
    const table: [string, RegExp][] = [
      ['', /empty/],
      ['rstp://cam/x', /unknown scheme rstp: .*Did you mean rtsp:/],
      ['rtmp://u:secret@cam/x', /unknown scheme rtmp: .*ffmpeg:rtmp:\/\/\*\*\*@cam\/x/],
      ['rtsp:/cam/x', /followed by \/\/ .*rtsp:\/\/cam\/x/],
      ['rtsp://', /names no host/],
      ['rtsp:///x', /names no host/],
      ['rtsp://cam:99999/x', /port 99999, not 1 to 65535/],
      ['rtsp://cam:0/x', /port 0, not/],
      ['rtsp://192.168.1.300/x', /IP address that is none/],
      ['rtsp://-cam-/x', /no host or port/],
      ['http://cam/#video', /# in its path.*%23/],
      ['http://cam/a\r\nX: y', /control character/],
      ['/dev/null', /not a camera device/],
      ['/dev/../dev/sda', /not a camera device/],
      ['clips/', /names a folder/],
      ['test', /Did you mean test:/],
      ['push', /Did you mean push:/],
      ['push:cam', /followed by "cam".*push: alone/],
      ['camera', /\.\/camera/],
      ['file://other/clip.mp4', /not the address of a file of this machine/],
      ['ffmpeg:', /followed by nothing/],
      ['test:?widht=640', /did you mean width\?/],
      ['test:?fps=0', /fps=0, allowed is a whole number from 1 to 60/],
      ['test:?width=641', /width=641, allowed is an even number from 160 to 3840/],
      ['test:?codec=vp8', /codec=vp8, allowed are h264 and mjpeg/],
      ['test:?fps=1&fps=2', /twice/],
      ['test:card', /not an address of the test card/],
    ];
    for (const [text, expected] of table) {
      const { message, hint } = refusal(text);
      assert.match(`${message} ${hint}`, expected, text);
      assert.ok(!`${message} ${hint}`.includes('secret'), text);
    }
  });

  const hosts = fc.oneof(
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.domain(),
    fc.constant('camera'),
  );

  it('gives back any credentials that are percent-encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'binary' }),
        hosts,
        (user, pass, host) => {
          const encode = (text: string): string => encodeURIComponent(text.toWellFormed());
          const { credentials } = read(`rtsp://${encode(user)}:${encode(pass)}@${host}/stream`);
          assert.deepEqual(credentials, { username: user.toWellFormed(), password: pass.toWellFormed() });
        },
      ),
    );
  });

  it('gives back any password that is typed as it is before an IP address', () => {
    const typed = fc
      .string({ unit: 'grapheme-ascii' })
      .filter((text) => !text.includes('%') && !text.includes('://') && !/@(\d|\[|localhost)/i.test(text));
    fc.assert(
      fc.property(typed, fc.ipV4(), (password, host) => {
        const address = read(`rtsp://admin:${password}@${host}/stream`);
        assert.deepEqual(address.credentials, { username: 'admin', password });
        assert.equal(address.target, `rtsp://${host}/stream`);
      }),
    );
  });

  it('of any text is read or refused, and its target has no user info', () => {
    const pieces = fc.constantFrom(
      'rtsp://',
      'http://',
      'ffmpeg:',
      'test:?',
      'a',
      ':',
      '@',
      '/',
      '?',
      '#',
      '%40',
      '1.2.3.4',
      '=',
      '[::1]',
      '.',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const address = read(text);
          if (address.kind !== 'rtsp' && address.kind !== 'http') return;
          const url = new URL(address.target);
          assert.equal(url.username + url.password, '');
          assert.match(address.target, /^[\x21-\x7e]+$/);
        } catch (error) {
          assert.ok(error instanceof SightlineError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a source on the command line', () => {
  it('may have an id before its address', () => {
    assert.deepEqual(splitSourceArgument('door=rtsp://h/a=b'), { id: 'door', address: 'rtsp://h/a=b' });
    assert.deepEqual(splitSourceArgument('0cam_a-b=0'), { id: '0cam_a-b', address: '0' });
    assert.deepEqual(splitSourceArgument('rtsp://h/cam?channel=1'), { id: null, address: 'rtsp://h/cam?channel=1' });
    assert.deepEqual(splitSourceArgument('test:?fps=5'), { id: null, address: 'test:?fps=5' });
    assert.deepEqual(splitSourceArgument('clip.mp4'), { id: null, address: 'clip.mp4' });
  });

  it('with an id that is none is refused', () => {
    for (const text of ['Door=rtsp://h/', '-a=0', 'a.b=test:', `${'a'.repeat(64)}=0`, '=rtsp://h/']) {
      assert.throws(() => splitSourceArgument(text), { code: 'source-invalid', message: /is not an id/ });
    }
  });
});
