// The lines that send pictures.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sendingSnippets } from './sending-snippets.ts';

it('the lines that send pictures to a camera stand below the base path and name the server as the page does', () => {
  const { curl, python } = sendingSnippets('seen', 'https://h:8443/cams/');
  assert.match(curl, /^curl -T picture\.jpg .* https:\/\/h:8443\/cams\/cameras\/seen\/frame$/);
  assert.match(python, /HTTPSConnection\("h:8443"\)/);
  assert.match(python, /request\("PUT", "\/cams\/cameras\/seen\/frame", jpeg, headers\)/);
  assert.match(sendingSnippets('seen', 'http://h/').python, /HTTPConnection\("h"\)/);
});
