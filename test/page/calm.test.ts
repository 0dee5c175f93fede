// The page is calm and stays at home: starts by itself, small, with few connections; idle costs little; nobody is asked
// for pictures that nobody sees; where WebSockets fail it shows stills.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PageFixture, PHONE, liveCameras } from './open-page.ts';

const fixture = new PageFixture();
const WIRE_BYTES = 60_000;

describe('the page', () => {
  it('starts by itself: pictures of every tile move without a click, and nothing has controls or sound', async () => {
    fixture.server.cameras = liveCameras(4);
    const page = await fixture.open();
    for (const { config } of fixture.server.cameras) await fixture.moves(config.name);
    assert.equal(await page.locator('video, audio').count(), 0);
  });

  it('asks its own server only, six times at most before its first picture, and 16 tiles take two connections', async () => {
    fixture.server.cameras = liveCameras(16);
    const page = await fixture.open();
    const bad: string[] = [];
    const asked: string[] = [];
    await page.context().route('**/*', (route) => {
      const own = route.request().url().startsWith(fixture.origin);
      return own ? route.continue() : route.abort();
    });
    await page.goto('about:blank');
    page.on('request', (request) => asked.push(request.url()));
    page.on('response', (response) => response.status() >= 400 && bad.push(response.url()));
    await page.goto(fixture.origin, { waitUntil: 'domcontentloaded' });
    await page.waitForFunction(() => document.querySelector<HTMLCanvasElement>('.tile canvas')?.width !== 0);
    assert.ok(asked.length + 1 <= 6, asked.join(' '));
    for (const url of asked) assert.equal(new URL(url).origin, fixture.origin);
    await page.waitForFunction(() => document.querySelectorAll('.box.dim').length === 0);
    await fixture.until(() => fixture.server.tiles.acks > 100);
    assert.deepEqual(bad, []);
    assert.equal(fixture.server.tiles.sockets, 1);
    assert.ok(fixture.server.connections <= 3, `${fixture.server.connections} connections`);
  });

  it(`is at most ${WIRE_BYTES} bytes on the wire`, async () => {
    fixture.server.cameras = liveCameras(16);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    const bytes = await page.evaluate(() => {
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
      return entries
        .filter(({ name }) => !name.includes('/api/'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0);
    });
    assert.ok(bytes > 10_000 && bytes <= WIRE_BYTES, `${bytes} bytes`);
  });

  it('says when what stands below an opened camera cannot be loaded any more, and can be loaded again', async () => {
    fixture.server.cameras = liveCameras(1);
    const page = await fixture.open();
    await page.route('**/about-*.js', (route) => route.abort(), { times: 1 });
    await page.getByRole('link', { name: 'Camera 1' }).first().click();
    await page.getByText('This part of the page could not be loaded.').waitFor();
    await page.getByRole('button', { name: 'Load the page again' }).click();
    await page.getByRole('button', { name: 'Find out why', exact: true }).waitFor();
  });

  it('does nothing that moves by itself when less motion is asked for', async () => {
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open('/', { reducedMotion: 'reduce' });
    await fixture.says('Live', { of: 'Camera 1' });
    await page.hover('.tile');
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  });

  it('adds nothing to itself while 16 cameras move', async () => {
    fixture.server.cameras = liveCameras(16);
    const page = await fixture.open();
    await page.locator('.delay', { hasText: /ms$/ }).nth(15).waitFor();
    const before = fixture.server.tiles.acks;
    const added = await page.evaluate(async () => {
      let nodes = 0;
      new MutationObserver((records) => {
        for (const { addedNodes } of records) nodes += addedNodes.length;
      }).observe(document.body, { childList: true, subtree: true });
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return nodes;
    });
    assert.equal(added, 0);
    assert.ok(fixture.server.tiles.acks - before > 16 * 3, `${fixture.server.tiles.acks - before} pictures`);
  });
});

describe('nobody is asked for pictures that nobody sees', () => {
  it('a hidden tab closes its connection within 5 s and shows pictures at once when seen again', async () => {
    fixture.server.cameras = liveCameras(4);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    await fixture.hide(true);
    await fixture.until(() => fixture.server.tiles.sockets === 0, 5000);
    await fixture.hide(false);
    await fixture.says('Live', { of: 'Camera 1', withinMs: 2000 });
    await fixture.moves('Camera 1');
    assert.equal(fixture.server.tiles.sockets, 1);
    assert.equal(await page.locator('.box.dim').count(), 0);
  });

  it('tiles out of sight are not asked for, and are when one scrolls to them', async () => {
    fixture.server.cameras = liveCameras(12);
    const page = await fixture.open('/', PHONE);
    await fixture.says('Live', { of: 'Camera 1' });
    await fixture.until(() => fixture.server.tiles.shown.length >= 3 && fixture.server.tiles.shown.length <= 5);
    await page.locator('.tile').last().scrollIntoViewIfNeeded();
    await fixture.says('Live', { of: 'Camera 12' });
    await fixture.until(() => !fixture.server.tiles.shown.includes('camera1'));
  });
});

describe('the connection', () => {
  it('that dies without a word is made anew', async () => {
    fixture.server.cameras = liveCameras(1);
    await fixture.open();
    await fixture.says('Live', { of: 'Camera 1' });
    fixture.server.tiles.silent = true;
    await fixture.until(() => fixture.server.tiles.opened === 2, 10_000);
    fixture.server.tiles.silent = false;
    await fixture.says('Live', { of: 'Camera 1' });
    await fixture.moves('Camera 1');
  });

  it('that cannot be made is replaced by labelled stills, until it can', async () => {
    fixture.server.tiles.refusing = true;
    fixture.server.cameras = liveCameras(2);
    const page = await fixture.open();
    await fixture.says('Live', { of: 'Camera 1', withinMs: 8000 });
    await fixture.tile('Camera 1').locator('.delay', { hasText: 'Stills, 1 a second' }).waitFor();
    assert.equal(await page.locator('.count').innerText(), 'Stills, 1 a second');
    assert.match(fixture.server.snapshots[0] ?? '', /maxAgeMs=1000&width=960$/);
    fixture.server.still.add('camera2');
    await fixture.says('Frozen', { of: 'Camera 2', withinMs: 8000 });
    fixture.server.still.clear();
    fixture.server.tiles.refusing = false;
    await fixture
      .tile('Camera 1')
      .locator('.delay', { hasText: /^\d+ ms$/ })
      .waitFor({ timeout: 10_000 });
    await fixture.says('Live', { of: 'Camera 2' });
  });
});

it('the whole page stands below a path of a reverse proxy', async () => {
  await fixture.server.stop();
  await fixture.serve({ basePath: '/cams/' });
  fixture.server.cameras = liveCameras(2);
  const page = await fixture.open('/cams/');
  await fixture.says('Live', { of: 'Camera 1' });
  await fixture.tile('Camera 2').locator('a.open').click();
  await page.waitForURL('**/cams/cameras/camera2');
  await page.reload();
  await fixture.says('Live');
  await page.keyboard.press('Escape');
  await page.waitForURL(`${fixture.origin}/cams/`);
  assert.ok(
    fixture.server.asked.every((path) => path.startsWith('/cams/')),
    fixture.server.asked.join(' '),
  );
});
