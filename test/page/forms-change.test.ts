// Changing and removing a camera on the page, and what its own page tells.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import type { Camera } from '../../src/gateway/api/contract.ts';
import { fakeCamera } from './fake-server.ts';
import { PageFixture } from './open-page.ts';

const fixture = new PageFixture();

function frontDoor(): Camera {
  const camera = fakeCamera('door');
  const source = 'rtsp://***@192.168.1.20/stream1';
  return { ...camera, config: { ...camera.config, name: 'Front door', source, username: 'admin', password: true } };
}

const dialog = (): Locator => fixture.page.getByRole('dialog');
const field = (name: string): Locator => dialog().getByRole('textbox', { name, exact: true });

async function openEdit(): Promise<void> {
  await fixture.page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog().waitFor();
}

describe('an edit', () => {
  it('shows what is stored, sends only what differs with the revision, and gives the focus back', async () => {
    fixture.server.cameras = [frontDoor()];
    const page = await fixture.open('/cameras/door');
    await openEdit();
    assert.equal(await field('Camera address').inputValue(), 'rtsp://192.168.1.20/stream1');
    assert.equal(await field('Password').inputValue(), '');
    assert.equal(await field('Password').getAttribute('placeholder'), 'stored, unchanged');
    await field('Name').fill('Gate');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    const [sent] = fixture.server.api.sent;
    assert.deepEqual([sent?.method, sent?.body, sent?.ifMatch], ['PATCH', { name: 'Gate' }, '"1"']);
    await page.locator('.caption', { hasText: 'Gate' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Edit');
  });

  it('that meets another one shows the new values, keeps what was typed, and goes through when sent again', async () => {
    fixture.server.cameras = [frontDoor()];
    const page = await fixture.open('/cameras/door');
    await openEdit();
    await field('Name').fill('Gate');
    fixture.server.api.changeElsewhere('door', { name: 'Garden', always: true });
    await page.keyboard.press('Enter');
    await dialog().getByText('Name: now Garden').waitFor();
    assert.match(await dialog().innerText(), /Keep it open although nobody watches: now yes/);
    assert.equal(await field('Name').inputValue(), 'Gate');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    const [camera] = fixture.server.cameras;
    assert.deepEqual([camera?.config.name, camera?.config.always], ['Gate', true]);
  });

  it('of the id moves the page to the new address', async () => {
    fixture.server.cameras = [frontDoor()];
    const page = await fixture.open('/cameras/door');
    await openEdit();
    await field('Id').fill('gate');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).pathname, '/cameras/gate');
    await page.locator('.opened').waitFor();
  });

  it('can be tried first, with what is stored, and Escape leaves everything as it was', async () => {
    fixture.server.cameras = [frontDoor()];
    const page = await fixture.open('/cameras/door');
    await openEdit();
    await dialog().getByRole('button', { name: 'Show picture' }).click();
    await dialog().locator('.trial img').waitFor();
    const { body } = fixture.server.api.sent.at(-1)!;
    const { source, like } = body as { source: string; like: string };
    assert.deepEqual([source, like], ['rtsp://***@192.168.1.20/stream1', 'door']);
    await field('Camera address').fill('rtsp://192.168.1.21/stream1');
    assert.equal(await field('Password').getAttribute('placeholder'), 'needed again for the new address');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    assert.equal(fixture.server.cameras[0]?.revision, '1');
  });
});

it('a camera is switched off and on by one button', async () => {
  fixture.server.cameras = [frontDoor()];
  const page = await fixture.open('/cameras/door');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('button', { name: 'Switch on' }).waitFor();
  assert.deepEqual(fixture.server.api.sent.at(-1)?.body, { enabled: false });
});

it('removing asks first, by name, and leads back to the wall', async () => {
  fixture.server.cameras = [frontDoor(), fakeCamera('yard')];
  const page = await fixture.open('/cameras/door');
  const remove = page.getByRole('button', { name: 'Remove', exact: true });
  await remove.click();
  await dialog().getByRole('heading', { name: 'Remove Front door?' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  assert.equal(fixture.server.cameras.length, 2);
  await remove.click();
  await dialog().getByRole('button', { name: 'Remove camera' }).click();
  await fixture.tile('yard').waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  assert.deepEqual(
    fixture.server.cameras.map(({ id }) => id),
    ['yard'],
  );
});

it('a camera’s page tells who watches, what happened, and gives its addresses to copy', async () => {
  fixture.server.cameras = [frontDoor()];
  fixture.server.api.viewers.push({
    id: '1',
    via: 'tiles',
    stream: 'main',
    address: '192.168.1.50',
    since: new Date().toISOString(),
    sent: 12_034,
    dropped: 3,
    delayMs: 84,
    uncertaintyMs: 4,
  });
  const page = await fixture.open('/cameras/door', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('cell', { name: '84 ± 4 ms' }).waitFor();
  await page.getByText('the camera ended').waitFor();
  await page.getByRole('button', { name: 'Copy: OpenCV, Python' }).click();
  await page.getByText('Copied').first().waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.includes(`cv2.VideoCapture("${fixture.origin}/cameras/door/stream.mjpeg")`));
});

it('who may only watch sees no button that fails, but the way to log in', async () => {
  fixture.server.cameras = [frontDoor()];
  fixture.server.session = { principal: { id: 'anyone', kind: 'anyone' }, grants: ['view'] };
  const page = await fixture.open('/cameras/door');
  await page.getByRole('link', { name: 'Log in to change' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^(Edit|Remove|Switch off)$/ }).count(), 0);
});
