// Logging in, the key of the address, language and theme, and that everything the managing half shows reads well: axe,
// sizes, both themes.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { fakeCamera } from './fake-server.ts';
import { DESK, PageFixture, PHONE } from './open-page.ts';

const fixture = new PageFixture();

describe('a login', () => {
  it('stands before everything on a server with a token, and wrong ones are answered there', async () => {
    await fixture.server.stop();
    await fixture.serve({ token: 's3cret' });
    fixture.server.cameras = [fakeCamera('door')];
    const page = await fixture.open('/');
    await page.getByRole('heading', { name: 'This server wants a login' }).waitFor();
    await focused();
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the token of this server.').waitFor();
    await page.keyboard.type('s3cret');
    await page.keyboard.press('Enter');
    await fixture.tile('door').waitFor();
  });

  it('by name and password leads back to the wall; logging out takes the buttons away', async () => {
    fixture.server.cameras = [fakeCamera('door')];
    fixture.server.session = { principal: { id: 'anyone', kind: 'anyone' }, grants: ['view'] };
    const page = await fixture.open('/login');
    await focused();
    await page.keyboard.type('anna');
    await page.keyboard.press('Tab');
    await page.keyboard.type('secret');
    await page.keyboard.press('Enter');
    await fixture.tile('door').waitFor();
    await page.goto(`${fixture.origin}/settings`);
    await page.getByText('Logged in as anna.').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('Not logged in.').waitFor();
  });

  it('by the key of the address: it leaves the address bar, also when it is wrong, which is said', async () => {
    fixture.server.cameras = [fakeCamera('door')];
    fixture.server.session = { principal: { id: 'anyone', kind: 'anyone' }, grants: ['view'] };
    let page = await fixture.open('/#key=the-key');
    await fixture.tile('door').waitFor();
    assert.equal(page.url(), `${fixture.origin}/`);
    assert.equal(fixture.server.session.principal.kind, 'key');
    page = await fixture.open('/#key=another');
    await page.getByText('The key in the address was not accepted').waitFor();
    assert.equal(page.url(), `${fixture.origin}/`);
  });
});

describe('settings', () => {
  it('switch the language at once, for good, and for screen readers', async () => {
    const page = await fixture.open('/settings');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.getByRole('radio', { name: '한국어' }).check();
    await page.getByRole('heading', { name: '설정', exact: true }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
    await page.goto(`${fixture.origin}/`);
    await page.getByRole('heading', { name: '아직 카메라가 없습니다' }).waitFor();
    const browserKorean = await fixture.open('/', { locale: 'ko-KR' });
    await browserKorean.getByRole('heading', { name: '아직 카메라가 없습니다' }).waitFor();
  });

  it('set the theme before anything is painted, and hold where the browser keeps nothing', async () => {
    const page = await fixture.open('/settings', { colorScheme: 'light' });
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await background(), 'rgb(245, 246, 248)');
    await page.getByRole('radio', { name: 'Dark' }).check();
    assert.equal(await background(), 'rgb(13, 16, 20)');
    await page.addInitScript(() => {
      new PerformanceObserver(() => {
        window.name ||= document.documentElement.dataset['theme'] ?? 'none';
      }).observe({ type: 'paint', buffered: true });
    });
    await page.reload();
    await page.waitForFunction(() => window.name !== '');
    assert.equal(await page.evaluate(() => window.name), 'dark');
    const blocked = await fixture.open('/');
    await blocked.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await blocked.goto(`${fixture.origin}/settings`);
    await blocked.getByRole('radio', { name: 'Dark' }).check();
    assert.equal(await blocked.locator('html').getAttribute('data-theme'), 'dark');
  });
});

it('an error in the config file and a restart that is due stand quietly over the wall', async () => {
  fixture.server.cameras = [fakeCamera('door')];
  const { config } = fixture.server.api.system;
  config.problem = { code: 'config-invalid', text: 'sightline.yaml, line 7: unknown key "sorce".', hint: '' };
  config.restartNeeded.push('server.port');
  const page = await fixture.open('/');
  await page.getByText('line 7: unknown key "sorce". The last good one is in force.').waitFor();
  await page.getByText('in force after a restart of the server: server.port').waitFor();
});

describe('every form and dialog reads well', () => {
  for (const [size, options] of [
    ['1440', { viewport: DESK }],
    ['390', PHONE],
  ] as const) {
    for (const colorScheme of ['dark', 'light'] as const) {
      it(`axe finds nothing, nothing is small, nothing scrolls sideways: ${size} px, ${colorScheme}`, async () => {
        await everyView({ ...options, colorScheme }, size === '390' ? 44 : 36);
      });
    }
  }
});

/** Resolves when a field has the focus. */
async function focused(): Promise<void> {
  await fixture.page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
}

async function everyView(options: Parameters<PageFixture['open']>[1], least: number): Promise<void> {
  const { api } = fixture.server;
  api.problems.set('rtsp://127.0.0.1:9/x', { code: 'camera-refused', text: 'refused', hint: 'check' });
  const page = await fixture.open('/', options);
  await focused();
  await page.keyboard.type('192.168.1.20');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').first().waitFor();
  await isFine('no scheme', least);
  await page.getByRole('textbox').first().fill('rtsp://192.168.1.20/a');
  await page.keyboard.press('Enter');
  await page.locator('.trial img').waitFor();
  await isFine('found', least);
  fixture.server.cameras = [fakeCamera('door')];
  await page.goto(`${fixture.origin}/cameras/door`);
  await page.getByText('the camera ended').waitFor();
  await isFine('camera', least);
  for (const name of ['Edit', 'Remove']) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await isFine(name, least);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  for (const path of ['/settings', '/login', '/add']) {
    await page.goto(fixture.origin + path);
    await page.locator('.manage h1').waitFor();
    await isFine(path, least);
  }
}

async function isFine(what: string, least: number): Promise<void> {
  const { page } = fixture;
  const { violations } = await new AxeBuilder({ page }).analyze();
  const said = violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(said, [], what);
  const room = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(room, 0, `${what}: sideways scroll`);
  const small = await page.evaluate((px) => {
    const scope = document.querySelector('dialog[open]') ?? document;
    return [...scope.querySelectorAll('a, button, input, textarea')]
      .map((it) => it.closest('.check, .choice label') ?? it)
      .filter((it) => it.getClientRects().length > 0 && it.getBoundingClientRect().height < px - 0.5)
      .map((it) => it.outerHTML);
  }, least);
  assert.deepEqual(small, [], what);
}
