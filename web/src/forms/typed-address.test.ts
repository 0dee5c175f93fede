// What people type or paste as an address.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameFrom, ownerOf, placeOf, problemOf, splitCredentials } from './typed-address.ts';

describe('a typed address', () => {
  it('without a scheme is offered with one', () => {
    const offers = (text: string): unknown => {
      const problem = problemOf(text);
      return problem?.kind === 'no-scheme' ? problem.offers : problem;
    };
    assert.deepEqual(offers('192.168.1.20'), ['rtsp://192.168.1.20/', 'http://192.168.1.20/']);
    assert.deepEqual(offers(' cam.local:8554/a?b=c '), ['rtsp://cam.local:8554/a?b=c', 'http://cam.local:8554/a?b=c']);
    assert.deepEqual(offers('[fe80::1]'), ['rtsp://[fe80::1]/', 'http://[fe80::1]/']);
    assert.deepEqual(offers('what is this'), []);
  });

  it('that the API does not add is told apart', () => {
    assert.deepEqual(problemOf('ffmpeg:rtsp://h/'), { kind: 'scheme', scheme: 'ffmpeg' });
    assert.deepEqual(problemOf('test:'), { kind: 'scheme', scheme: 'test' });
    assert.equal(problemOf(' Push: '), null);
    assert.deepEqual(problemOf('push:x'), { kind: 'scheme', scheme: 'push' });
    assert.deepEqual(problemOf('  '), { kind: 'empty' });
    assert.deepEqual(problemOf('rtsp:///stream'), { kind: 'no-host' });
    assert.deepEqual(problemOf('rtsp://h/?password=***'), { kind: 'masked' });
    assert.equal(problemOf('RTSP://192.168.1.20/stream1'), null);
  });

  it('gives its user and password to their fields, decoded, with the last @ before the host', () => {
    assert.deepEqual(splitCredentials('rtsp://admin:p%40ss@192.168.1.20:554/a'), {
      source: 'rtsp://192.168.1.20:554/a',
      credentials: { username: 'admin', password: 'p@ss' },
    });
    assert.deepEqual(splitCredentials('rtsp://admin:p@ss:1@h/a')?.credentials, {
      username: 'admin',
      password: 'p@ss:1',
    });
    assert.deepEqual(splitCredentials('http://user:100%@h')?.credentials, { username: 'user', password: '100%' });
    assert.equal(splitCredentials('rtsp://192.168.1.20/a@b'), null);
    assert.equal(splitCredentials('rtsp://192.168.1.20/'), null);
  });

  it('is named by host and port in sentences', () => {
    assert.deepEqual(placeOf('rtsp://192.168.1.20/stream'), { host: '192.168.1.20', port: '554' });
    assert.deepEqual(placeOf('http://u:p@cam:81/'), { host: 'cam', port: '81' });
    assert.equal(ownerOf('RTSP://Cam/a'), ownerOf('rtsp://cam:554/b'));
    assert.notEqual(ownerOf('rtsp://cam/'), ownerOf('http://cam/'));
  });

  it('suggests a name where its host is one', () => {
    assert.equal(nameFrom('rtsp://front-door.local/a'), 'Front door');
    assert.equal(nameFrom('rtsp://192.168.1.20/'), null);
  });
});
