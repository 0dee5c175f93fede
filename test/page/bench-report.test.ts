// The page that `sightline bench` writes, opened from a disk as people open it.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { reportHtml } from '../../src/bench/report/html.ts';
import { PLOTS, plotSvg } from '../../src/bench/report/plots.ts';
import type { BenchReport } from '../../src/bench/types.ts';
import { benchReport, hostileReport, quickReport } from '../fixtures/bench-report.ts';
import { launchChromium } from '../fixtures/chromium.ts';
import { temporaryFolder, type TemporaryFolder } from '../fixtures/folder.ts';

const HOSTILE = '</title></style></script><script>document.title = "taken"</script><img src=x onerror=alert(1)>"\'&';
const SIZES = [
  { width: 390, height: 844 },
  { width: 800, height: 900 },
  { width: 1440, height: 900 },
];

describe('the page of a bench report', () => {
  const cleanup = new AsyncDisposableStack();
  let folder: TemporaryFolder;
  let browser: Browser;

  before(async () => {
    folder = await temporaryFolder();
    cleanup.defer(() => folder.remove());
    browser = await launchChromium();
    cleanup.defer(() => browser.close());
  });

  after(() => cleanup.disposeAsync());

  /** Opens what was written to a disk; fails on anything in the console and on a request to anybody. */
  async function open(written: string, options: BrowserContextOptions = {}): Promise<Page> {
    const file = path.join(folder.path, written.startsWith('<svg') ? 'plot.svg' : 'bench.html');
    await writeFile(file, written);
    const context = await browser.newContext({ viewport: SIZES[2]!, ...options });
    const page = await context.newPage();
    const address = pathToFileURL(file).href;
    page.on('console', (message) => assert.fail(message.text()));
    page.on('pageerror', (error) => assert.fail(error));
    page.on('request', (request) => assert.ok([address, 'data:,'].includes(request.url()), request.url()));
    await page.goto(address);
    return page;
  }

  async function fits(report: BenchReport, viewport: { width: number; height: number }): Promise<void> {
    const page = await open(reportHtml(report), { viewport });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= viewport.width, `${wide} px wide at ${viewport.width}`);
    await page.context().close();
  }

  for (const viewport of SIZES)
    it(`needs nobody and never scrolls sideways, ${viewport.width} px`, async () => {
      await fits(benchReport(), viewport);
      await fits(hostileReport(HOSTILE), viewport);
    });

  for (const [colorScheme, viewport] of [
    ['light', SIZES[0]!],
    ['dark', SIZES[2]!],
  ] as const)
    it(`passes axe, ${colorScheme}, ${viewport.width} px`, async () => {
      const page = await open(reportHtml(benchReport()), { viewport, colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(' ')}`);
      assert.deepEqual(found, []);
    });

  it('says what a point is when the pointer is near, and takes it away again', async () => {
    const page = await open(reportHtml(benchReport()));
    const plot = page.getByRole('group', { name: 'Pictures that the slowest viewer gets' });
    await plot.getByRole('img', { name: /^naive, 16 viewers/ }).hover({ force: true });
    const tip = page.locator('#tip');
    assert.equal(await tip.textContent(), 'naive, 16 viewers: 8.4 fps (8.34 to 8.44)');
    assert.ok(await tip.isVisible());
    await page.locator('h1').hover();
    assert.ok(await tip.isHidden());
  });

  it('has each plot as one stop of the tab key, in which arrows go from point to point and from line to line', async () => {
    const page = await open(reportHtml(benchReport()));
    const plot = page.getByRole('group', { name: 'CPU of the server' });
    const tip = page.locator('#tip');
    assert.equal(await plot.locator('[tabindex="0"]').count(), 1);
    await plot.locator('[tabindex="0"]').focus();
    assert.match((await tip.textContent())!, /^naive, 1 viewer: 0\.22 cores/);
    await page.keyboard.press('ArrowRight');
    assert.match((await tip.textContent())!, /^naive, 4 viewers: 0\.88 cores/);
    await page.keyboard.press('ArrowDown');
    assert.match((await tip.textContent())!, /^threaded, 4 viewers: 0\.46 cores/);
    await page.keyboard.press('Escape');
    assert.ok(await tip.isHidden());
  });

  it('shows names that people gave as text, whatever they wrote', async () => {
    const page = await open(reportHtml(hostileReport(HOSTILE)));
    assert.equal(await page.title(), `rtsp://camera/${HOSTILE}: Sightline bench`);
    assert.equal(await page.locator('img:not(svg *)').count(), 0);
    assert.equal(await page.locator('script').count(), 1);
    assert.ok(await page.getByText(HOSTILE).first().isVisible());
  });

  it('of one window has no ranges, and of nothing measured no plots', async () => {
    const quick = await open(reportHtml(quickReport()));
    assert.equal(await quick.locator('figure .range:not(.strip)').count(), 0);
    assert.ok(await quick.getByText('no range').first().isVisible());
    const report = benchReport();
    const none = reportHtml({ ...report, sides: report.sides.map((side) => ({ ...side, steps: [] })) });
    const page = await open(none);
    assert.equal(await page.locator('figure').count(), 0);
    assert.doesNotMatch(none + reportHtml(hostileReport('no')), /NaN|Infinity|undefined/);
  });

  it('has plots that stand alone as files: light, with a title and a background', async () => {
    for (const name of PLOTS) {
      const text = plotSvg(benchReport(), name)!;
      assert.doesNotMatch(text, /var\(|NaN|undefined/);
      const page = await open(text, { colorScheme: 'dark' });
      assert.equal(await page.evaluate(() => document.documentElement.nodeName), 'svg');
      assert.equal(await page.locator('text.title').count(), 1);
      await page.context().close();
    }
    assert.equal(plotSvg(hostileReport('no'), 'delay'), null, 'nobody has a delay');
  });
});
