import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskSecrets } from './mask.ts';
import { nearest } from './suggest.ts';

describe('text that a person or a log sees', () => {
  it('has no user names and passwords of addresses in it', () => {
    const table: [string, string][] = [
      ['rtsp://admin:p@ss/w@192.168.1.20/x', 'rtsp://***@192.168.1.20/x'],
      ['rtsp://us er:p@ss@cam:99999/x', 'rtsp://***@cam:99999/x'],
      ['open http://u:p@cam/ failed', 'open http://***@cam/ failed'],
      ['admin:secret@cam/x', '***@cam/x'],
      ['http://cam/snap.cgi?loginuse=a&loginpas=b&rate=0', 'http://cam/snap.cgi?loginuse=***&loginpas=***&rate=0'],
      ['http://cam/x?token=abc', 'http://cam/x?token=***'],
      ['rtsp://cam/stream1', 'rtsp://cam/stream1'],
    ];
    for (const [text, masked] of table) assert.equal(maskSecrets(text), masked);
  });
});

describe('a word that is not known', () => {
  it('is answered with the nearest that is, when one is near', () => {
    const known = ['source', 'username', 'password', 'always', 'tlsVerify'];
    const table: [string, string | null][] = [
      ['sorce', 'source'],
      ['passwrod', 'password'],
      ['tlsverify', 'tlsVerify'],
      ['alwyas', 'always'],
      ['rotate', null],
      ['x', null],
      ['a'.repeat(100_000), null],
    ];
    for (const [word, expected] of table) assert.equal(nearest(word, known), expected, word);
  });
});
