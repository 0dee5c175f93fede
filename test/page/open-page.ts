// A page in Chromium against a fake server, for the tests in this folder: opened at a size and in a theme, asked what
// it says, and watched for what a person would never see.

import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launchChromium } from '../fixtures/chromium.ts';
import { FakeServer, fakeCamera, type FakeServerOptions } from './fake-server.ts';
import { stripPictures } from './pictures.ts';
import type { Camera } from '../../src/gateway/api/contract.ts';

/** Pictures of a pool: more than a camera of ours shows while one is on its way. */
export const POOL = 40;
export const DESK = { width: 1440, height: 900 };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

export class PageFixture {
  server!: FakeServer;
  origin!: string;
  page!: Page;
  #browser!: Browser;
  #pictures: Buffer[] = [];

  /** Everything is opened before and closed after each test of the file. */
  constructor() {
    before(async () => {
      this.#pictures = stripPictures(POOL);
      this.#browser = await launchChromium();
    });
    after(() => this.#browser.close());
    beforeEach(() => this.serve());
    afterEach(async () => {
      await Promise.all(this.#browser.contexts().map((context) => context.close()));
      await this.server.stop();
    });
  }

  /** Another server in place of the last. */
  async serve(options: Partial<FakeServerOptions> = {}): Promise<void> {
    this.server = new FakeServer({ pictures: this.#pictures, ...options });
    this.origin = await this.server.start();
  }

  /** A page of a context of its own, which becomes `page`. */
  async open(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: DESK, locale: 'en-GB', ...options });
    this.page = await context.newPage();
    await this.page.goto(this.origin + path, { waitUntil: 'domcontentloaded' });
    return this.page;
  }

  /** A tile of the wall, by the name of its camera. */
  tile(name: string): Locator {
    return this.page.locator('.tile', { has: this.page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
  }

  /** Resolves when a state word reads so: of this tile, or of the opened camera. */
  async says(word: string, options: { readonly of?: string; readonly withinMs?: number } = {}): Promise<void> {
    const scope = options.of === undefined ? this.page.locator('.opened') : this.tile(options.of);
    const status = scope.locator('.caption [role=status]', { hasText: new RegExp(`^${word}$`) });
    await status.waitFor({ timeout: options.withinMs ?? 5000 });
  }

  /** Resolves when the picture of this tile, or of the opened camera, changes. */
  async moves(name?: string): Promise<void> {
    const scope = name === undefined ? this.page.locator('.opened') : this.tile(name);
    await scope.locator('canvas').evaluate(async (canvas: HTMLCanvasElement) => {
      const look = (): string => canvas.toDataURL();
      const first = look();
      while (canvas.width === 0 || look() === first) await new Promise(requestAnimationFrame);
    });
  }

  /** Resolves when the server sees it. */
  async until(condition: () => boolean, withinMs = 6000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** As a browser tells a page that its tab was left or is seen again. */
  async hide(hidden: boolean): Promise<void> {
    await this.page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  }
}

export const refused = {
  code: 'camera-refused',
  text: '192.168.1.21 refused the connection on port 554.',
  hint: 'Nothing listens on that port: check the port.',
};
const unauthorized = { code: 'camera-unauthorized', text: '192.168.1.20 answered 401.', hint: 'Check the password.' };
const hevc = { code: 'codec-unsupported', text: 'The camera sends H.265.', hint: 'Choose H.264 on the camera.' };

/** One camera in each state that the API knows, live first. */
export function everyState(): Camera[] {
  return [
    fakeCamera('front-door'),
    fakeCamera('idle', { state: 'idle', viewers: 0 }),
    fakeCamera('opening', { state: 'opening' }),
    fakeCamera('stalled', { state: 'stalled', reason: { ...refused, code: 'camera-stalled' } }),
    fakeCamera('off', { state: 'failed', reason: refused }),
    fakeCamera('locked', { state: 'failed', reason: unauthorized }),
    fakeCamera('hevc', { state: 'failed', reason: hevc }),
    fakeCamera('switched-off', { state: 'disabled' }),
    named(fakeCamera('long'), 'A camera whose name has sixty letters, as some people like it'),
  ];
}

/** The same camera called otherwise. */
export function named(camera: Camera, name: string): Camera {
  return { ...camera, config: { ...camera.config, name } };
}

/** So many live cameras, `Camera 1` and on. */
export function liveCameras(count: number): Camera[] {
  return Array.from({ length: count }, (_, at) => named(fakeCamera(`camera${at + 1}`), `Camera ${at + 1}`));
}
