// The lines to copy.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { snippetsOf } from './snippets.ts';

it('addresses to copy stand below the base path, are quoted for their place, and hold the place of the token', () => {
  const plain = snippetsOf({ id: 'door', name: 'Front "door" <1>', base: 'http://h:8080/cams/', token: false });
  assert.equal(plain.stream, 'http://h:8080/cams/cameras/door/stream.mjpeg');
  assert.equal(plain.image, `<img src="${plain.stream}" alt="Front &quot;door&quot; &lt;1>">`);
  assert.match(plain.openCv, /imshow\("Front \\"door\\" <1>", picture\)/);
  assert.match(
    plain.homeAssistant,
    /^camera:\n {2}- platform: ffmpeg\n {4}name: "Front \\"door\\" <1>"\n {4}input: "http/,
  );
  const guarded = snippetsOf({ id: 'door', name: 'door', base: 'http://h/', token: true });
  assert.equal(guarded.snapshot, 'http://h/cameras/door/snapshot.jpg?token=TOKEN');
});
