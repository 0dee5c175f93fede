// Adding a camera on the page, from a server without one: the picture before it is saved, wrong inputs answered beside
// the field, passwords kept out of sight.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { fakeCamera } from './fake-server.ts';
import { PageFixture, PHONE } from './open-page.ts';

const fixture = new PageFixture();
const REFUSED = { code: 'camera-refused', text: '127.0.0.1 refused the connection.', hint: 'Check the port.' };
const UNAUTHORIZED = { code: 'camera-unauthorized', text: '192.168.1.20 answered 401.', hint: 'Check the password.' };
const NO_STREAM = { code: 'camera-protocol', text: 'The answer is text/html.', hint: 'Check the address.' };

const address = (): Locator => fixture.page.getByRole('textbox', { name: 'Camera address' });
const picture = (): Locator => fixture.page.locator('.trial img');

/** The page, once its field has the focus. */
async function begin(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await fixture.open(path, options);
  await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
  return page;
}

/** What stands beside the field that has the focus. */
async function saidThere(): Promise<string> {
  const field = fixture.page.locator('.field', { has: fixture.page.locator(':focus') });
  return (await field.getByRole('alert').innerText()).trim();
}

describe('the first camera', () => {
  it('is added with the keyboard alone: address, Enter, its picture, Enter, its page', async () => {
    const { api } = fixture.server;
    const page = await begin('/');
    await page.getByRole('heading', { name: 'No camera yet' }).waitFor();
    await page.keyboard.type('rtsp://front-door.local/stream1');
    await page.keyboard.press('Enter');
    await picture().waitFor();
    assert.match(
      await page.locator('.trial figcaption').innerText(),
      /^1280 × 720 · H\.264 · 24\.9 fps · after 0\.4 s$/,
    );
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Front door');
    await page.keyboard.press('Enter');
    await page.locator('.opened').waitFor();
    assert.equal(new URL(page.url()).pathname, '/cameras/front-door');
    assert.deepEqual(api.sent.at(-1)?.body, { source: 'rtsp://front-door.local/stream1', name: 'Front door' });
  });

  it('shows its picture above the fold of a phone, before the name', async () => {
    const page = await begin('/', PHONE);
    await page.keyboard.type('rtsp://192.168.1.20/a');
    await page.keyboard.press('Enter');
    await picture().waitFor();
    const [shown, name] = [
      await picture().boundingBox(),
      await page.getByRole('textbox', { name: 'Name' }).boundingBox(),
    ];
    assert.ok(shown !== null && name !== null && shown.y + shown.height <= name.y && name.y < 844);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  });
});

describe('a camera that is sent its pictures', () => {
  it('is added by a press and a name, without a try, and its page says what to write into the program', async () => {
    const { api } = fixture.server;
    const page = await begin('/');
    await page.getByRole('button', { name: 'A program sends its pictures' }).click();
    assert.equal(await address().inputValue(), 'push:');
    assert.equal(await page.getByRole('button', { name: 'Show picture' }).count(), 0);
    await page.getByText('This camera is sent its pictures').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Seen');
    await page.keyboard.press('Enter');
    await page.locator('.opened').waitFor();
    assert.deepEqual(
      api.sent.map(({ path, body }) => [path, body]),
      [['/api/cameras', { source: 'push:', name: 'Seen' }]],
    );
    const curl = await page.getByRole('textbox', { name: 'curl, one picture' }).inputValue();
    assert.match(curl, /^curl -T picture\.jpg .*\/cameras\/seen\/frame$/);
    const python = await page.getByRole('textbox', { name: 'Python with OpenCV, a stream' }).inputValue();
    assert.match(python, /server\.request\("PUT", "\/cameras\/seen\/frame", jpeg, headers\)/);
  });
});

describe('a wrong address is answered beside its field, and stays as typed', () => {
  it('without a scheme: those that may be meant are offered, and one press tries one', async () => {
    const page = await begin('/');
    await page.keyboard.type('192.168.1.20');
    await page.keyboard.press('Enter');
    assert.match(await saidThere(), /^An address begins with/);
    assert.equal(await address().inputValue(), '192.168.1.20');
    await page.getByRole('button', { name: 'rtsp://192.168.1.20/' }).click();
    await picture().waitFor();
    assert.equal(await address().inputValue(), 'rtsp://192.168.1.20/');
  });

  it('where nothing answers, or a web page does', async () => {
    const { api } = fixture.server;
    api.problems.set('rtsp://127.0.0.1:9/x', REFUSED);
    api.problems.set('http://192.168.1.20/', NO_STREAM);
    const page = await begin('/');
    await page.keyboard.type('rtsp://127.0.0.1:9/x');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'No camera at 127.0.0.1: nothing answers on port 9.' }).waitFor();
    assert.match(await saidThere(), /Is it switched on/);
    await address().fill('http://192.168.1.20/');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'may be the address of a web page' }).waitFor();
    assert.equal(await address().inputValue(), 'http://192.168.1.20/');
  });

  it('that wants a password: user and password are asked for, with the focus there', async () => {
    fixture.server.api.problems.set('rtsp://192.168.1.20/a', UNAUTHORIZED);
    const page = await begin('/');
    await page.keyboard.type('rtsp://192.168.1.20/a');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'wants a user name and a password' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'username');
    await page.keyboard.type('admin');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'password');
    await page.getByRole('alert').filter({ hasText: 'or these are wrong' }).waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill('right');
    await page.keyboard.press('Enter');
    await picture().waitFor();
  });

  it('that the API does not take is said without asking the server', async () => {
    const page = await begin('/');
    await page.keyboard.type('test:');
    await page.keyboard.press('Enter');
    assert.match(await saidThere(), /only rtsp, rtsps, http, https and push:/);
    assert.deepEqual(fixture.server.api.sent, []);
  });
});

describe('a try', () => {
  it('can be cancelled, and a new one takes the place of the last', async () => {
    const { api } = fixture.server;
    api.hold = true;
    const page = await begin('/add');
    await page.keyboard.type('rtsp://192.168.1.20/a');
    await page.keyboard.press('Enter');
    await page.getByText('Asking 192.168.1.20 for a picture').waitFor();
    await fixture.until(() => api.held.length === 1);
    await page.keyboard.press('Enter');
    await fixture.until(() => api.held.length === 2 && api.abandoned === 1);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await fixture.until(() => api.abandoned === 2);
    await page.getByText('The picture appears here.').waitFor();
    assert.equal(await address().inputValue(), 'rtsp://192.168.1.20/a');
  });

  it('is forgotten when the address changes, so that only what was seen is saved with a picture', async () => {
    const page = await begin('/add');
    await page.keyboard.type('rtsp://192.168.1.20/a');
    await page.keyboard.press('Enter');
    await picture().waitFor();
    await address().fill('rtsp://192.168.1.20/b');
    assert.equal(await picture().count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).count(), 0);
  });
});

it('a pasted address gives user and password to their fields, and no password stays on the page once saved', async () => {
  const { api } = fixture.server;
  const page = await begin('/add', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.evaluate(() => navigator.clipboard.writeText('rtsp://admin:p%40ss-w0rd@192.168.1.20/a'));
  await address().focus();
  await page.keyboard.press('Control+V');
  assert.equal(await address().inputValue(), 'rtsp://192.168.1.20/a');
  assert.equal(await page.getByRole('textbox', { name: 'User name' }).inputValue(), 'admin');
  const password = page.getByRole('textbox', { name: 'Password' });
  assert.equal(await password.inputValue(), 'p@ss-w0rd');
  assert.equal(await password.getAttribute('type'), 'password');
  await page.getByRole('button', { name: 'Show the password' }).click();
  assert.equal(await password.getAttribute('type'), 'text');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await picture().waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.opened').waitFor();
  assert.deepEqual(api.sent.at(-1)?.body, {
    source: 'rtsp://192.168.1.20/a',
    username: 'admin',
    password: 'p@ss-w0rd',
    name: 'Camera 1',
  });
  const seen = await page.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea')].map((it) => (it as HTMLInputElement).value);
    return document.documentElement.outerHTML + fields.join(' ') + location.href;
  });
  assert.doesNotMatch(seen, /ss-w0rd/);
});

it('who may not add is told what to do, and where cameras are fixed, why', async () => {
  fixture.server.cameras = [fakeCamera('door')];
  fixture.server.session = { principal: { id: 'anyone', kind: 'anyone' }, grants: ['view'] };
  const page = await fixture.open('/add');
  await page.getByText('Open the address with #key=').waitFor();
  await page.getByRole('link', { name: 'Log in to change' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  fixture.server.session = { principal: { id: 'key', kind: 'key' }, grants: ['view', 'configure'] };
  const { config } = fixture.server.api.system;
  config.fixed = { code: 'config-fixed', text: 'The cameras come from the command line.', hint: 'Start without them.' };
  await fixture.open('/add');
  await fixture.page
    .getByText('The cameras come from the command line. ')
    .or(fixture.page.getByText('Start without them.'))
    .first()
    .waitFor();
  assert.equal(await fixture.page.getByRole('textbox').count(), 0);
});
