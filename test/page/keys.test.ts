// The page by keys alone, and the camera that they open.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeServer } from './fake-server.ts';
import { PageFixture, PHONE, liveCameras } from './open-page.ts';

const fixture = new PageFixture();

function focused(): Promise<string | null> {
  return fixture.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['id'] ?? null);
}

/** Tabs to the first tile; gives how often. */
async function tabToFirstTile(): Promise<number> {
  let tabs = 0;
  for (; tabs < 5 && (await focused()) === null; tabs += 1) await fixture.page.keyboard.press('Tab');
  return tabs;
}

describe('by keys', () => {
  it('arrows move between tiles, Enter opens one, Escape comes back to its tile', async () => {
    fixture.server.cameras = liveCameras(4);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    assert.ok((await tabToFirstTile()) <= 2, 'the first tile is far away');
    for (const [key, id] of [
      ['ArrowRight', 'camera2'],
      ['ArrowDown', 'camera4'],
      ['ArrowLeft', 'camera3'],
      ['ArrowUp', 'camera1'],
      ['End', 'camera4'],
      ['Home', 'camera1'],
      ['ArrowRight', 'camera2'],
    ] as const) {
      await page.keyboard.press(key);
      assert.equal(await focused(), id, key);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL('**/cameras/camera2');
    await fixture.says('Live');
    await page.keyboard.press('Escape');
    await page.waitForURL(`${fixture.origin}/`);
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-id') === 'camera2');
  });

  it('arrows and numbers go from camera to camera, and back leads to the wall', async () => {
    fixture.server.cameras = liveCameras(3);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 3' });
    await page.keyboard.press('3');
    await page.waitForURL('**/cameras/camera3');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL('**/cameras/camera1');
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL('**/cameras/camera3');
    await page.keyboard.press('2');
    await page.waitForURL('**/cameras/camera2');
    assert.equal(await page.locator('.opened h1').innerText(), 'Camera 2');
    await page.goBack();
    await page.locator('.wall').waitFor();
  });

  it('s saves the picture under its capture time, i shows what is measured, f fills the screen, ? lists all', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open('/cameras/camera1');
    await fixture.says('Live');
    const download = page.waitForEvent('download');
    await page.keyboard.press('s');
    assert.match((await download).suggestedFilename(), /^camera1_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.\d{3}\.jpg$/);
    await page.getByText('Saved camera1_').waitFor();
    await page.keyboard.press('i');
    const figures = page.locator('.statistics');
    await figures.getByText(/^\d+ ms ± \d+ ms$/).waitFor();
    await figures.getByText("the camera's clock").waitFor();
    await page.keyboard.press('f');
    await page.locator('.opened.full').waitFor();
    assert.equal(await page.locator('.bar').isVisible(), false);
    await fixture.says('Live');
    await page.keyboard.press('f');
    await page.locator('.opened:not(.full)').waitFor();
    await page.keyboard.press('?');
    const keys = await page.locator('dialog kbd').allInnerTexts();
    for (const key of ['←', 'Enter', 'Esc', 'f', 's', 'i', '?']) assert.ok(keys.includes(key), key);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.match(page.url(), /camera1$/, 'Escape closes the list only');
  });

  it('each stop shows where it is, by a ring of at least 2 px', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    const stops = new Set<string>();
    for (let at = 0; at < 9; at += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement!;
        const ringed = element.matches('a.open') ? element.parentElement! : element;
        const { outlineWidth, outlineStyle, opacity } = getComputedStyle(ringed);
        return { name: element.getAttribute('aria-label') ?? element.textContent, outlineWidth, outlineStyle, opacity };
      });
      assert.deepEqual([stop.outlineWidth, stop.outlineStyle], ['2px', 'solid'], stop.name);
      stops.add(stop.name);
    }
    assert.equal(stops.size, 9, [...stops].join('; '));
  });

  it('belong to the menu while it is open, and it gives the focus back', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open();
    const more = page.getByRole('button', { name: 'More, Camera 1' });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Save picture' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('2');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Full screen');
    assert.equal(page.url(), `${fixture.origin}/`);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'More, Camera 1');
  });
});

describe('the opened camera', () => {
  it('asks for a large picture and shows the wall’s at once meanwhile', async () => {
    fixture.server.cameras = liveCameras(16);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 5' });
    assert.deepEqual(pick(fixture.server.tiles.wish('camera5')), { width: 320, fps: 10 });
    await fixture.tile('Camera 5').locator('a.open').click();
    assert.ok((await page.locator('.opened canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width)) > 0);
    await fixture.until(() => fixture.server.tiles.wish('camera5')?.width === 1920);
    await fixture.until(() => fixture.server.tiles.shown.join() === 'camera5');
    assert.equal(fixture.server.tiles.asked.filter((it) => it.type === 'hide').length, 15);
    await fixture.moves();
  });

  it('looks closer at the wheel, moves by dragging, and is whole again after a double click', async () => {
    fixture.server.cameras = liveCameras(1);
    const page = await fixture.open('/cameras/camera1');
    await fixture.says('Live');
    const closer = page.locator('.closer');
    const scale = (): Promise<number> =>
      closer.evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a);
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, -600);
    await page.waitForFunction(() => document.querySelector('.view.zoomed') !== null);
    assert.ok((await scale()) > 1.5);
    await fixture.until(() => fixture.server.tiles.wish('camera1')?.width === null);
    const before = await closer.evaluate((element) => element.getBoundingClientRect().x);
    await page.mouse.down();
    await page.mouse.move(760, 420, { steps: 3 });
    await page.mouse.up();
    assert.ok(Math.abs((await closer.evaluate((element) => element.getBoundingClientRect().x)) - before - 60) < 2);
    await page.mouse.dblclick(700, 400);
    await page.waitForFunction(() => document.querySelector('.view.zoomed') === null);
    assert.equal(await scale(), 1);
  });

  it('goes to the next camera by a swipe', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open('/cameras/camera1', PHONE);
    await fixture.says('Live');
    await page.locator('.opened .view').evaluate((view) => {
      const at = (type: string, clientX: number): boolean =>
        view.dispatchEvent(
          new PointerEvent(type, { pointerId: 7, pointerType: 'touch', clientX, clientY: 150, bubbles: true }),
        );
      at('pointerdown', 300);
      at('pointermove', 200);
      at('pointerup', 150);
    });
    await page.waitForURL('**/cameras/camera2');
  });

  it('has its own address, and an unknown one says so above the wall', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open('/cameras/camera2');
    await fixture.says('Live');
    await page.goto(`${fixture.origin}/cameras/three`);
    await page.getByRole('heading', { name: 'No camera called three' }).waitFor();
    await fixture.says('Live', { of: 'Camera 1' });
  });

  it('stays opened and comes back by itself when the server was away', async () => {
    const { server } = fixture;
    server.cameras = liveCameras(2);
    const page = await fixture.open('/cameras/camera1');
    await fixture.says('Live');
    await server.stop();
    await fixture.says('Old');
    fixture.server = new FakeServer({ pictures: server.pictures, port: Number(new URL(fixture.origin).port) });
    fixture.server.cameras = server.cameras;
    await fixture.server.start();
    await fixture.says('Live');
    await fixture.moves();
    assert.match(page.url(), /camera1$/);
  });
});

function pick(show: { width: number | null; fps: number | null } | undefined): object {
  return { width: show?.width, fps: show?.fps };
}
