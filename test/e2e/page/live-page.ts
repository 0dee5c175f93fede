// The product's page in Chromium against a real server, for the tests of this folder.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launchChromium } from '../../fixtures/chromium.ts';
import { temporaryFolder, type TemporaryFolder } from '../../fixtures/folder.ts';
import { TestServer } from '../../fixtures/server.ts';

export const VIEWPORTS = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
] as const;

/** A server with a config file of its own, and a browser. */
export class LivePage implements AsyncDisposable {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly folder: TemporaryFolder;
  /** Path of the config file. */
  readonly config: string;

  private constructor(parts: { server: TestServer; browser: Browser; folder: TemporaryFolder; config: string }) {
    this.server = parts.server;
    this.browser = parts.browser;
    this.folder = parts.folder;
    this.config = parts.config;
  }

  /** Serves this config (YAML). */
  static async start(yaml: string): Promise<LivePage> {
    const folder = await temporaryFolder();
    const config = path.join(folder.path, 'sightline.yaml');
    await writeFile(config, yaml);
    const server = await TestServer.start(['--config', config]);
    return new LivePage({ server, browser: await launchChromium(), folder, config });
  }

  /** Opens the page; `withKey`: as the address says that `sightline` prints, so that it may change things. */
  async open(options: BrowserContextOptions & { withKey?: boolean; at?: string } = {}): Promise<Page> {
    const { withKey = false, at = '/', ...rest } = options;
    const context = await this.browser.newContext({ viewport: VIEWPORTS[1], locale: 'en-GB', ...rest });
    const page = await context.newPage();
    const key = withKey ? `#key=${this.server.key}` : '';
    await page.goto(`${this.server.url}${at}${key}`, { waitUntil: 'domcontentloaded' });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await this.folder.remove();
  }
}

/** A tile of the wall, by the name of its camera. */
export function tileOf(page: Page, name: string): Locator {
  return page.locator('.tile', { has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
}

/** Resolves when the state word of a tile is one of these. */
export async function says(page: Page, name: string, word: RegExp, withinMs: number): Promise<void> {
  await tileOf(page, name).locator('.caption [role=status]', { hasText: word }).waitFor({ timeout: withinMs });
}

/** Resolves when the picture changes. */
export async function moves(picture: Locator): Promise<void> {
  await picture.evaluate(async (canvas: HTMLCanvasElement) => {
    const look = (): string => canvas.toDataURL('image/jpeg', 0.5);
    const first = look();
    while (canvas.width === 0 || look() === first) await new Promise(requestAnimationFrame);
  });
}
