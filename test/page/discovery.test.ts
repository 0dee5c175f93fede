// Finding cameras on the page: the list fills while one looks, a choice leads to a picture, a password is typed once.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { fakeCamera } from './fake-server.ts';
import { foundCamera } from './fake-discovery.ts';
import { PageFixture, PHONE } from './open-page.ts';

const fixture = new PageFixture();

async function look(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await fixture.open('/', options);
  await page.getByRole('button', { name: 'Find cameras' }).click();
  await page.getByText('Looking through 192.168.1.0/24').waitFor();
  await fixture.until(() => fixture.server.discovery.followers === 1);
  return page;
}

const rows = (page: Page) => page.locator('.found-camera');

describe('finding cameras', () => {
  it('fills the list as answers come, and a choice shows the picture before it is named and saved', async () => {
    const { discovery, api } = fixture.server;
    const page = await look();
    discovery.show({ cameras: [foundCamera('192.168.1.20')] });
    await rows(page).nth(0).waitFor();
    discovery.show({ cameras: [foundCamera('192.168.1.20'), foundCamera('192.168.1.21', { name: 'Yard' })] });
    await rows(page).nth(1).waitFor();
    discovery.show({ state: 'ended' });
    await page.getByRole('status').getByText('2 cameras found.').waitFor();
    await fixture.until(() => discovery.followers === 0);
    await page.getByRole('button', { name: 'Use main, Yard' }).click();
    await page.locator('.trial img').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Yard');
    await page.keyboard.press('Enter');
    await page.locator('.opened').waitFor();
    assert.deepEqual(api.sent.at(-1)?.body, { source: 'rtsp://192.168.1.21:554/h264Preview_01_main', name: 'Yard' });
  });

  it('calls the buttons of two cameras with one name after their addresses as well', async () => {
    const { discovery } = fixture.server;
    const page = await look();
    const ipc = { name: 'IPC' };
    discovery.show({ cameras: [foundCamera('192.168.1.20', ipc), foundCamera('192.168.1.21', ipc)] });
    await page.getByRole('button', { name: 'Use main, IPC, 192.168.1.21', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Use main, IPC, 192.168.1.20', exact: true }).waitFor();
  });

  it('asks for the password of a camera that wants one, once, and looks again with it where no address is known', async () => {
    const { discovery, api } = fixture.server;
    const locked = foundCamera('192.168.1.30', { streams: [], needsPassword: true });
    const page = await look();
    discovery.show({ state: 'ended', cameras: [locked] });
    await page.getByRole('button', { name: 'Enter password, Reolink RLC-410' }).click();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'username');
    await page.keyboard.type('admin');
    await page.getByRole('textbox', { name: 'Password' }).last().fill('right');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Asking' }).waitFor();
    assert.deepEqual(discovery.asked.at(-1), { address: '192.168.1.30', username: 'admin', password: 'right' });
    discovery.show({ state: 'ended', cameras: [foundCamera('192.168.1.30')] });
    await page.locator('.trial img').waitFor();
    const probe = api.sent.filter(({ path }) => path === '/api/probe').at(-1);
    assert.deepEqual(probe?.body, {
      ...{ source: 'rtsp://192.168.1.30:554/h264Preview_01_main', username: 'admin', password: 'right' },
    });
  });

  it('says so when a device gives no address with that password', async () => {
    const { discovery } = fixture.server;
    const locked = foundCamera('192.168.1.30', { streams: [], needsPassword: true });
    const page = await look();
    discovery.show({ state: 'ended', cameras: [locked] });
    await page.getByRole('button', { name: 'Enter password' }).click();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'username');
    await page.keyboard.type('admin');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Asking' }).waitFor();
    discovery.show({ state: 'ended', cameras: [locked] });
    await page.getByRole('alert').filter({ hasText: '192.168.1.30 gave no address of a picture' }).waitFor();
  });

  it('says what is added already, what to look at when nothing answers, and can be stopped', async () => {
    const { discovery } = fixture.server;
    fixture.server.cameras = [fakeCamera('front-door')];
    const page = await fixture.open('/add');
    await page.getByRole('button', { name: 'Find cameras' }).click();
    await fixture.until(() => discovery.followers === 1);
    discovery.show({ cameras: [foundCamera('192.168.1.20', { cameras: ['front-door'] })] });
    await page.getByText('Added already: front-door').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Look again' }).click();
    await fixture.until(() => discovery.followers === 1);
    discovery.show({ state: 'ended' });
    await page.getByText('No camera answered.').waitFor();
  });

  it('follows the search that another page began, when one looks on both', async () => {
    const { discovery } = fixture.server;
    const second = await fixture.open('/add');
    const first = await look();
    await second.getByRole('button', { name: 'Find cameras' }).click();
    await fixture.until(() => discovery.followers === 2);
    discovery.show({ cameras: [foundCamera('192.168.1.20')] });
    for (const page of [first, second]) await rows(page).waitFor();
    assert.equal(await second.getByText('looked for already').count(), 0);
    await first.getByRole('button', { name: 'Stop' }).click();
    await second.getByText('The search was broken off: look again.').waitFor();
    await rows(second).waitFor();
  });

  it('keeps what was found until it was stopped', async () => {
    const { discovery } = fixture.server;
    const page = await look();
    discovery.show({ cameras: [foundCamera('192.168.1.20')] });
    await rows(page).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Look again' }).waitFor();
    await rows(page).waitFor();
    assert.equal(await page.getByText('broken off').count(), 0);
  });

  it('offers the name that a device calls itself by, and forgets it with its address', async () => {
    const { discovery } = fixture.server;
    const page = await look();
    discovery.show({ state: 'ended', cameras: [foundCamera('192.168.1.21', { name: 'Back yard' })] });
    await page.getByRole('button', { name: 'Use main, Back yard' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name=name]')?.value === 'Back yard');
    await page.getByRole('textbox', { name: 'Camera address' }).fill('rtsp://192.168.1.44/live');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name=name]')?.value === 'Camera 1');
  });

  it('is shown again as it stands to who comes back to the page', async () => {
    const { discovery } = fixture.server;
    const page = await look();
    discovery.show({ cameras: [foundCamera('192.168.1.20')] });
    await rows(page).waitFor();
    await page.reload();
    await rows(page).waitFor();
    await page.getByText('Looking through 192.168.1.0/24').waitFor();
  });

  for (const [name, options] of [
    ['desk', {}],
    ['phone', PHONE],
  ] as const) {
    it(`fits a ${name} without scrolling sideways, and axe finds nothing wrong`, async () => {
      const { discovery } = fixture.server;
      const page = await look(options);
      const long = foundCamera('192.168.1.21', { name: 'A camera whose name has sixty letters, as some people like' });
      const locked = foundCamera('192.168.1.30', { streams: [], needsPassword: true });
      discovery.show({ state: 'ended', cameras: [foundCamera('192.168.1.20'), long, locked] });
      await rows(page).nth(2).waitFor();
      await page.getByRole('button', { name: 'Enter password' }).click();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
        [],
      );
    });
  }
});
