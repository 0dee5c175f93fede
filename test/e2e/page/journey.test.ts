// What a person does with a camera on the page, on a real server with real cameras, at the size of a phone and of a
// desk: add it with its picture seen first, watch it, rename it, remove it. Everything ends up in the config file.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { startRtspCamera, type RtspCamera } from '../../peers/rtsp-camera.ts';
import { LivePage, moves, says, VIEWPORTS } from './live-page.ts';

const SERVER = '# ours\nserver:\n  allowedSources: [127.0.0.0/8] # the cameras of the test\n';
const SECRET = 'pa$${x} wörd';

const field = (page: Page | Locator, name: string): Locator => page.getByRole('textbox', { name, exact: true });

/** Resolves when the config file reads so. */
async function file(live: LivePage, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = await readFile(live.config, 'utf8');
    if (pattern.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a person with a camera', () => {
  let camera: RtspCamera;
  let locked: RtspCamera;
  let live: LivePage;

  before(async () => {
    [camera, locked] = await Promise.all([
      startRtspCamera(),
      startRtspCamera({ user: 'admin', password: SECRET, auth: 'digest' }),
    ]);
  });
  after(() => Promise.all([camera.close(), locked.close()]));
  beforeEach(async () => {
    live = await LivePage.start(`${SERVER}cameras: {}\n`);
  });
  afterEach(() => live[Symbol.asyncDispose]());

  for (const viewport of VIEWPORTS) {
    test(`adds, watches, renames and removes it on ${viewport.width} pixels`, async () => {
      const page = await live.open({ viewport, hasTouch: viewport.width < 500, withKey: true });
      await page.getByRole('heading', { name: 'No camera yet' }).waitFor();
      await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
      assert.ok(!page.url().includes('key'), page.url());
      await page.keyboard.type(camera.url);
      await page.keyboard.press('Enter');
      await page.locator('.trial img').waitFor();
      await field(page, 'Name').fill('뒷문 Back door');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.waitForURL(/\/cameras\/camera1$/);
      await moves(page.locator('.opened canvas'));
      assert.match(await file(live, /camera1/), /^# ours\n[^]*# the cameras of the test\n[^]*name: 뒷문 Back door/);
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await field(dialog, 'Id').fill('gate');
      await field(dialog, 'Name').fill('Gate');
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await page.waitForURL(/\/cameras\/gate$/);
      await moves(page.locator('.opened canvas'));
      assert.equal((await live.server.status('gate')).restarts, 0);
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByRole('button', { name: 'Remove camera' }).click();
      await page.getByRole('heading', { name: 'No camera yet' }).waitFor();
      assert.match(await file(live, /cameras:\s*\{\s*\}/), /# the cameras of the test/);
    });
  }

  test('gives its password once, and never sees it again', async () => {
    const page = await live.open({ withKey: true });
    await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
    await page.keyboard.type(locked.url);
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .first()
      .waitFor();
    await field(page, 'User name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(SECRET);
    await page.keyboard.press('Enter');
    await page.locator('.trial img').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await moves(page.locator('.opened canvas'));
    assert.ok(!(await page.content()).includes('wörd'));
    assert.ok(!live.server.log.join('\n').includes('wörd'));
    const [{ id, password } = { id: '', password: false }] = (
      await live.server.json<{ cameras: { id: string; config: { password: boolean } }[] }>('/api/cameras')
    ).cameras.map(({ id: name, config }) => ({ id: name, password: config.password }));
    assert.ok(id !== '' && password);
  });

  test('is told within 5 s what is wrong with an address, and nothing that was typed is lost', async () => {
    const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>A page</h1>'));
    await once(site.listen(0, '127.0.0.1'), 'listening');
    const page = await live.open({ withKey: true });
    await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
    const cases = [
      ['192.168.1.20', /begins with/],
      ['rtsp://127.0.0.1:9/x', /nothing answers on port 9/],
      [`http://127.0.0.1:${(site.address() as AddressInfo).port}/`, /web page/],
      [`${live.server.url}/`, /server itself|Sightline/],
    ] as const;
    for (const [typed, said] of cases) {
      await field(page, 'Camera address').fill(typed);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: said }).waitFor({ timeout: 10_000 });
      assert.equal(await field(page, 'Camera address').inputValue(), typed);
    }
    site.close();
  });

  test('sees what an editor wrote into the file, while the camera beside it goes on', async () => {
    await writeFile(live.config, `${SERVER}cameras:\n  door: { source: '${camera.url}' }\n`);
    const page = await live.open();
    await says(page, 'door', /^Live$/, 10_000);
    await writeFile(
      live.config,
      `${SERVER}cameras:\n  door: { source: '${camera.url}' }\n  card: { source: 'test:' }\n`,
    );
    await says(page, 'card', /^Live$/, 10_000);
    await writeFile(live.config, `${SERVER}cameras:\n  door: { sauce: '${camera.url}' }\n`);
    await page.getByText(/The config file has an error/).waitFor();
    assert.equal((await live.server.status('door')).restarts, 0);
    await says(page, 'door', /^Live$/, 1000);
  });
});
