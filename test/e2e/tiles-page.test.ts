// The page of docs/tiles.md, as it stands there, served by somebody else and opened in Chromium.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { launchChromium, look, openPage } from '../fixtures/chromium.ts';
import { ROOT, TestServer } from '../fixtures/server.ts';

/** The size that the page asks for shows the whole strip: a picture pixel is a screen pixel. */
const VIEWPORT = { width: 400, height: 600 };

it('the page in docs/tiles.md shows live pictures with their age', { timeout: 90_000 }, async () => {
  await using cleanup = new AsyncDisposableStack();
  const text = await readFile(path.join(ROOT, 'docs', 'tiles.md'), 'utf8');
  const html = /```html\n([\s\S]*?)```/.exec(text)![1]!;
  const elsewhere = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html.replace('ws://localhost:8080', address));
  });
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
  cleanup.defer(() => void elsewhere.close());
  const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'sl-tiles-'));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const config = path.join(folder, 'sightline.yaml');
  const camera = 'cameras:\n  camera1:\n    source: "test:?width=640&height=360&fps=10"\n';
  await writeFile(config, `server:\n  allowedOrigins: ["${origin}"]\n${camera}`);
  const server = cleanup.use(await TestServer.start(['--config', config]));
  const address = server.url.replace('http', 'ws');
  const browser = await launchChromium();
  cleanup.defer(() => browser.close());

  const { page, faults } = await openPage(browser, VIEWPORT);
  await page.goto(`${origin}/wall.html`);
  // A first answer of the clock may have been slow; a shorter round trip sets it right.
  await page.waitForFunction(() => Number.parseFloat(document.querySelector('figcaption')?.textContent ?? '') > 0);
  const canvas = page.locator('canvas');
  const frames = new Set<number>();
  for (let n = 0; n < 5; n += 1) frames.add((await look(canvas)).mark?.frame ?? -1);
  assert.ok(frames.size >= 3 && !frames.has(-1), [...frames].join(' '));
  const ageMs = Number.parseFloat(await page.locator('figcaption').innerText());
  assert.ok(ageMs > 0 && ageMs < 1000, `${ageMs} ms`);
  assert.deepEqual(faults.filter((fault) => !/favicon|404/.test(fault)), []); // prettier-ignore
});
