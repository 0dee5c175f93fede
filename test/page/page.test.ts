// The page in Chromium against a server whose answers the test decides: it never calls an old picture live, opens one
// camera only, works by keys, and fits and reads well at every width and in both themes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Camera } from '../../src/gateway/api/contract.ts';
import { FakeServer, fakeCamera } from './fake-server.ts';

const refused = {
  code: 'camera-refused',
  text: '192.168.1.21 refused the connection on port 554.',
  hint: 'Nothing listens on that port: check the port.',
};
const unauthorized = { code: 'camera-unauthorized', text: '192.168.1.20 answered 401.', hint: 'Check the password.' };
const hevc = { code: 'codec-unsupported', text: 'The camera sends H.265.', hint: 'Choose H.264 on the camera.' };

const ONE_JPEG = ['-frames:v', '1', '-f', 'mjpeg', 'pipe:1'];

/** One camera in each state that the API knows, live first. */
function everyState(): Camera[] {
  return [
    fakeCamera('front-door'),
    fakeCamera('idle', { state: 'idle', viewers: 0 }),
    fakeCamera('opening', { state: 'opening' }),
    fakeCamera('stalled', { state: 'stalled', reason: { ...refused, code: 'camera-stalled' } }),
    fakeCamera('off', { state: 'failed', reason: refused }),
    fakeCamera('locked', { state: 'failed', reason: unauthorized }),
    fakeCamera('hevc', { state: 'failed', reason: hevc }),
    fakeCamera('switched-off', { state: 'disabled' }),
    fakeCamera('a-camera-with-a-name-of-sixty-three-letters-as-long-as-ids-can-be'),
  ];
}

let browser: Browser;
let pictures: Buffer[];
let server: FakeServer;
let origin: string;
let page: Page;

before(async () => {
  pictures = ['red', 'blue'].map((colour) =>
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:s=640x360`, ...ONE_JPEG]),
  );
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});

after(() => browser.close());

beforeEach(async () => {
  server = new FakeServer({ pictures });
  origin = await server.start();
});

afterEach(async () => {
  await page.context().close();
  await server.stop();
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  page = await context.newPage();
  await page.goto(origin + path, { waitUntil: 'domcontentloaded' });
}

/** Resolves when the opened camera's state reads so. */
async function says(word: string, withinMs = 5000): Promise<void> {
  await page.locator('.caption [role=status]', { hasText: word }).waitFor({ timeout: withinMs });
}

async function sidewaysRoom(): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

describe('the opened camera', () => {
  it('shows moving pictures, with one stream for the whole page', async () => {
    server.cameras = everyState();
    await open('/');
    await says('Live');
    const colours = await page.evaluate(async () => {
      const image = document.querySelector('img')!;
      const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      const seen = new Set<string>();
      while (seen.size < 2) {
        canvas.drawImage(image, 0, 0, 1, 1);
        seen.add(canvas.getImageData(0, 0, 1, 1).data[0]! > 128 ? 'red' : 'blue');
        await new Promise(requestAnimationFrame);
      }
      return [...seen].sort();
    });
    assert.deepEqual(colours, ['blue', 'red']);
    assert.equal(server.openStreams, 1);
  });

  it('is the only one that the page opens: nobody else is asked for a picture unless live for somebody', async () => {
    server.cameras = everyState();
    await open('/');
    await says('Live');
    await page.waitForFunction(() => document.querySelectorAll('canvas.thumb:not([width="0"])').length === 2);
    const asked = new Set(server.asked.filter((path) => path.startsWith('/cameras/')));
    assert.deepEqual([...asked].sort(), [
      '/cameras/a-camera-with-a-name-of-sixty-three-letters-as-long-as-ids-can-be/snapshot.jpg',
      '/cameras/front-door/stream.mjpeg',
    ]);
  });

  it('gives its addresses to copy and says so', async () => {
    server.cameras = [fakeCamera('front-door')];
    await open('/', { permissions: ['clipboard-read', 'clipboard-write'] });
    const button = page.getByRole('button', { name: 'Copy: In a web page' });
    await button.click();
    await page.getByText('Copied').first().waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, `<img src="${origin}/cameras/front-door/stream.mjpeg" alt="front-door">`);
  });

  it('closes its stream while the page is hidden and opens it when seen again', async () => {
    server.cameras = [fakeCamera('front-door')];
    await open('/');
    await says('Live');
    const hide = (hidden: boolean): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    await page.waitForFunction(() => document.querySelector('img') === null, null, { timeout: 5000 });
    await until(() => server.openStreams === 0);
    await hide(false);
    await until(() => server.openStreams === 1);
    await says('Live');
  });
});

describe('an old picture never looks live', () => {
  it('a camera that goes is called off with reason, since and hint, its picture taken away; back, it is live', async () => {
    const camera = fakeCamera('front-door');
    server.cameras = [camera];
    await open('/');
    await says('Live');
    server.cameras = [fakeCamera('front-door', { state: 'failed', reason: refused })];
    await says('Off', 2500);
    const slate = await page.locator('.slate').innerText();
    assert.match(
      slate,
      /front-door is off\.\n+192\.168\.1\.21 refused .*\n+Since \d\d:\d\d:\d\d, \d+ s ago\.\n+Nothing listens/,
    );
    assert.equal(await page.locator('img.live:not(.away)').count(), 0);
    server.cameras = [camera];
    await says('Live', 3000);
    assert.equal(await page.locator('.slate').count(), 0);
  });

  it('a camera that is called live but gives no pictures is frozen within 6 s', async () => {
    server.cameras = [fakeCamera('front-door')];
    await open('/');
    await says('Live');
    server.still.add('front-door');
    await says('Frozen', 6000);
    assert.equal(await page.locator('img.live:not(.away)').count(), 0);
    server.still.clear();
    await says('Live', 3000);
  });

  it('a server that is killed is called lost within 3 s, everything old, and the picture moves when it is back', async () => {
    server.cameras = everyState();
    await open('/');
    await says('Live');
    const { cameras } = server;
    await server.stop();
    await page.getByText('Lost the server at').waitFor({ timeout: 3000 });
    await says('Old');
    assert.equal(await page.locator('img.live:not(.away)').count(), 0);
    assert.equal(await page.locator('.row', { hasText: 'Live' }).count(), 0);
    server = new FakeServer({ pictures, port: Number(new URL(origin).port) });
    server.cameras = cameras;
    await server.start();
    await says('Live', 4000);
    assert.equal(await page.getByText('Lost the server').count(), 0);
    assert.equal(server.openStreams, 1);
  });

  it('each state has its own word', async () => {
    server.cameras = everyState();
    await open('/');
    await says('Live');
    const words = await page.locator('.row-state').allInnerTexts();
    const expected = ['Live', 'Ready', 'Starting', 'Frozen', 'Off since', 'Needs password', 'Cannot be shown here'];
    for (const [at, word] of [...expected, 'Switched off', 'Live'].entries()) assert.ok(words[at]?.startsWith(word));
    assert.equal(await page.locator('.count').innerText(), '2 live, 1 ready, 1 starting, 4 with a problem');
  });
});

describe('choosing a camera', () => {
  it('works by keys alone: Tab to the list, arrows, Enter, and back in the history', async () => {
    server.cameras = [fakeCamera('one'), fakeCamera('two'), fakeCamera('three')];
    await open('/');
    await says('Live');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineWidth);
    assert.equal(outline, '2px');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/cameras/two');
    assert.equal(await page.locator('.caption h1').innerText(), 'two');
    await until(() => server.openStreams === 1 && server.asked.at(-1) !== '/cameras/one/stream.mjpeg');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/cameras/three');
    await page.goBack();
    await page.locator('.caption h1', { hasText: 'two' }).waitFor();
    await says('Live');
    await until(() => server.openStreams === 1);
  });

  it('works by its own address, and an unknown one says so', async () => {
    server.cameras = [fakeCamera('one'), fakeCamera('two')];
    await open('/cameras/two');
    await says('Live');
    assert.equal(await page.locator('.caption h1').innerText(), 'two');
    await page.goto(`${origin}/cameras/three`);
    await page.getByRole('heading', { name: 'No camera called three' }).waitFor();
    assert.equal(server.openStreams, 0);
  });

  it('says so when the server wants its token, and shows the cameras once the browser sends it', async () => {
    await server.stop();
    server = new FakeServer({ pictures, token: 's3cret' });
    server.cameras = [fakeCamera('one')];
    origin = await server.start();
    await open('/');
    await page.getByRole('heading', { name: 'This server wants its token' }).waitFor();
    await page.context().setExtraHTTPHeaders({ authorization: 'Bearer s3cret' });
    await page.getByRole('button', { name: 'Enter the token' }).click();
    await says('Live');
  });
});

describe('the page fits and reads', () => {
  for (const width of [1440, 390, 320]) {
    it(`has no sideways scroll at ${width} px with 0, 1 and 9 cameras, whatever their state`, async () => {
      await open('/', { viewport: { width, height: 844 }, hasTouch: width < 500 });
      for (const count of [0, 1, 9]) {
        server.cameras = everyState().slice(0, count);
        await page.waitForFunction((n) => document.querySelectorAll('.row').length === (n > 1 ? n : 0), count);
        assert.equal(await sidewaysRoom(), 0, `${count} cameras`);
      }
      for (const { id } of server.cameras) {
        await page.goto(`${origin}/cameras/${id}`);
        await page.locator('.caption').waitFor();
        assert.equal(await sidewaysRoom(), 0, id);
      }
    });
  }

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`passes axe in every state, ${colorScheme}`, async () => {
      await open('/', { colorScheme });
      await page.getByText('No camera yet').waitFor();
      await passesAxe('no camera');
      server.cameras = everyState();
      for (const { id } of server.cameras) {
        await page.goto(`${origin}/cameras/${id}`);
        await page.locator('.caption').waitFor();
        await passesAxe(id);
      }
    });
  }

  it('has controls of at least 44 px under a finger', async () => {
    server.cameras = everyState();
    await open('/', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await says('Live');
    const low = await page.evaluate(() =>
      [...document.querySelectorAll('a, button, input')]
        .filter((it) => it.getBoundingClientRect().height < 44)
        .map((it) => it.outerHTML),
    );
    assert.deepEqual(low, []);
  });
});

async function passesAxe(what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`),
    [],
    what,
  );
}

/** Resolves when the server side of the test sees it; the page's own requests are what makes it look again. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(6000);
  while (!condition()) {
    deadline.throwIfAborted();
    await page.waitForResponse('**/api/cameras', { timeout: 1200 }).catch(() => null);
  }
}
