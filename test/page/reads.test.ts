// What can be read, pressed and heard: contrast, names and sizes of controls, and no text on a picture.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { FakeServer } from './fake-server.ts';
import { PageFixture, PHONE, everyState, liveCameras } from './open-page.ts';

const fixture = new PageFixture();

async function passesAxe(what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: fixture.page }).analyze();
  const found = violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(found, [], what);
}

/** Texts whose room meets that of a live picture. */
function textsOnPictures(): Promise<string[]> {
  return fixture.page.evaluate(() => {
    const pictures = [...document.querySelectorAll('.box:not(.dim)')].map((box) => box.getBoundingClientRect());
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.nodeValue?.trim() === '') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const meets = [...range.getClientRects()].some((text) =>
        pictures.some(
          (it) => text.left < it.right && text.right > it.left && text.top < it.bottom && text.bottom > it.top,
        ),
      );
      if (meets) found.push(node.nodeValue ?? '');
    }
    return found;
  });
}

describe('the page reads', () => {
  for (const colorScheme of ['dark', 'light'] as const) {
    it(`and passes axe in every state, ${colorScheme}, with no text on a live picture`, async () => {
      const page = await fixture.open('/', { colorScheme });
      await page.getByRole('heading').first().waitFor();
      await passesAxe('no camera');
      fixture.server.cameras = everyState();
      await fixture.says('Live', { of: 'front-door' });
      await page.locator('.slate').nth(5).waitFor();
      await passesAxe('the wall');
      assert.deepEqual(await textsOnPictures(), []);
      for (const id of ['front-door', 'off']) {
        await page.goto(`${fixture.origin}/cameras/${id}`);
        await page.locator('.opened .caption').waitFor();
        await page.keyboard.press('i');
        await passesAxe(id);
        assert.deepEqual(await textsOnPictures(), []);
      }
      await page.keyboard.press('?');
      await page.locator('dialog').waitFor();
      await passesAxe('the keys');
    });
  }

  it('and says so when the server is lost', async () => {
    const { server } = fixture;
    server.cameras = everyState().slice(0, 2);
    const page = await fixture.open('/', { colorScheme: 'light' });
    await fixture.says('Live', { of: 'front-door' });
    await server.stop();
    await page.getByRole('alert').waitFor();
    await passesAxe('lost');
    fixture.server = new FakeServer({ pictures: server.pictures });
    await fixture.server.start();
  });

  it('in Korean too', async () => {
    fixture.server.cameras = everyState();
    const page = await fixture.open('/', { locale: 'ko-KR' });
    await fixture.says('실시간', { of: 'front-door' });
    assert.equal(await page.locator('.count').innerText(), '8대 중 2대 실시간');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko');
    await passesAxe('Korean');
  });
});

describe('controls', () => {
  for (const [what, options, least] of [
    ['under a finger', PHONE, 44],
    ['under a mouse', {}, 36],
  ] as const) {
    it(`are at least ${least} px ${what}, and no two have the same name`, async () => {
      fixture.server.cameras = liveCameras(3);
      const page = await fixture.open('/', options);
      await fixture.says('Live', { of: 'Camera 1' });
      for (const path of ['/', '/cameras/camera1']) {
        await page.goto(fixture.origin + path);
        await page.locator('.caption').first().waitFor();
        const controls = await page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>('a, button')]
            .filter((element) => element.checkVisibility())
            .map((element) => {
              const { width, height } = element.getBoundingClientRect();
              return { name: element.getAttribute('aria-label') ?? element.innerText, width, height };
            }),
        );
        const small = controls.filter(({ width, height }) => Math.min(width, height) < least);
        assert.deepEqual(small, [], path);
        assert.equal(new Set(controls.map(({ name }) => name)).size, controls.length, path);
        assert.ok(controls.every(({ name }) => name.trim() !== ''));
      }
    });
  }

  it('a tile’s link is called by its camera and state', async () => {
    fixture.server.cameras = everyState();
    const page = await fixture.open('/', PHONE);
    await page.getByRole('link', { name: 'front-door, Live' }).waitFor();
    await page.getByRole('link', { name: /^off, Off since \d\d:\d\d$/ }).waitFor();
    await page.locator('.name', { hasText: 'front-door' }).waitFor();
  });
});
