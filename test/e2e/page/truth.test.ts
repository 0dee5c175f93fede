// The page never shows an old picture as live: real cameras are killed, stopped and brought back under it.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { startRtspCamera, type RtspCamera } from '../../peers/rtsp-camera.ts';
import { LivePage, moves, says, tileOf } from './live-page.ts';

describe('the page tells the truth about a camera', () => {
  let door: RtspCamera;
  let yard: RtspCamera;
  let live: LivePage;

  before(async () => {
    [door, yard] = await Promise.all([startRtspCamera(), startRtspCamera()]);
  });
  after(() => Promise.all([door.close(), yard.close()]));

  beforeEach(async () => {
    live = await LivePage.start(`cameras:\n  door: { source: '${door.url}' }\n  yard: { source: '${yard.url}' }\n`);
  });
  afterEach(() => live[Symbol.asyncDispose]());

  test('that is killed: Frozen or Off within 5 s while its neighbour stays Live, and Live again with moving pictures', async () => {
    const page = await live.open();
    await Promise.all(['door', 'yard'].map((name) => says(page, name, /^Live$/, 10_000)));
    await door.kill('SIGKILL');
    await says(page, 'door', /^(Frozen|Off)$/, 5000);
    assert.equal(await tileOf(page, 'yard').locator('.caption [role=status]').textContent(), 'Live');
    await door.restart();
    await says(page, 'door', /^Live$/, 5000);
    await moves(tileOf(page, 'door').locator('canvas'));
  });

  test('that answers but sends nothing: Frozen within 5 s', async () => {
    const page = await live.open();
    await says(page, 'door', /^Live$/, 10_000);
    door.pause();
    try {
      await says(page, 'door', /^Frozen$/, 5000);
    } finally {
      door.resume();
    }
    await says(page, 'door', /^Live$/, 10_000);
  });

  test('that is off when the page is opened: words, never a black box alone', async () => {
    await door.kill('SIGKILL');
    try {
      const page = await live.open();
      await tileOf(page, 'door').locator('.slate', { hasText: 'door is off' }).waitFor({ timeout: 5000 });
    } finally {
      await door.restart();
    }
  });

  test('when the server itself is killed: the page says Lost and every picture is Old, within 5 s', async () => {
    const page = await live.open();
    await says(page, 'door', /^Live$/, 10_000);
    live.server.signal('SIGKILL');
    await page.getByText(/Lost the server/).waitFor({ timeout: 5000 });
    await Promise.all(['door', 'yard'].map((name) => says(page, name, /^Old$/, 1000)));
  });
});
