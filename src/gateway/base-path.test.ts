import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withGateway } from '../../test/fixtures/gateway.ts';
import { makeJpeg, inRoom } from '../../test/fixtures/fake-media.ts';
import { baseOf, withBase, withoutBase } from './base-path.ts';

describe('a server below a path of a reverse proxy', () => {
  test('reads its base path with or without a slash at its end', () => {
    for (const text of ['/cams', '/cams/', 'cams']) assert.equal(baseOf(text), '/cams/');
    for (const text of ['/', '', '//']) assert.equal(baseOf(text), '/');
  });

  test('is asked for the same thing with the path and without it', () => {
    const cases = [
      ['/cams/api/cameras?x=1', '/api/cameras?x=1'],
      ['/api/cameras', '/api/cameras'],
      ['/cams', '/'],
      ['/cams/', '/'],
      ['/cams?a', '/?a'],
      ['/camsite', '/camsite'],
    ] as const;
    for (const [asked, seen] of cases) assert.equal(withoutBase(asked, '/cams/'), seen);
    assert.equal(withoutBase('/cams/x', '/'), '/cams/x');
  });

  test('tells its page where it stands', () => {
    assert.match(
      withBase('<html><head><title>x</title></head></html>', '/cams/'),
      /<head>\s*<base href="\/cams\/" \/>/,
    );
  });

  test('answers API and pictures at both', async () => {
    await withGateway({ server: { basePath: '/cams' } }, async ({ url, media }) => {
      for (const path of ['/cams/api/cameras', '/api/cameras']) assert.equal((await fetch(url + path)).status, 200);
      const asked = fetch(`${url}/cams/cameras/door/snapshot.jpg`);
      (await media.next('snapshot')).handlers.jpeg?.(inRoom(makeJpeg(9)));
      assert.equal((await asked).headers.get('cross-origin-resource-policy'), 'cross-origin');
    });
  });
});
