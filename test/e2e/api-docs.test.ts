// /docs in Chromium: it shows the API, asks no other host, and nothing that it needs is blocked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchChromium, openPage } from '../fixtures/chromium.ts';
import { withGateway } from '../fixtures/gateway.ts';

/** A schema library in the page tries once whether it may make code from text, and does without. */
const EVAL_TRIED = /'?script-src'? (was not explicitly set|eval)|^\s*$/;

test('the page of the API shows its operations from our own server alone', async () => {
  const browser = await launchChromium();
  try {
    await withGateway({}, async ({ url }) => {
      const { page, faults, hosts } = await openPage(browser);
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          console.error(`${violatedDirective} ${blockedURI}`);
        });
      });
      const response = await page.goto(`${url}/docs`);
      assert.equal(response?.headers()['x-robots-tag'], 'noindex');
      await page.getByText('One fresh picture').first().waitFor();
      assert.deepEqual([...hosts], [new URL(url).host]);
      assert.deepEqual(
        faults.filter((fault) => !EVAL_TRIED.test(fault)),
        [],
      );
      await page.goto(`${url}/docs/`);
      assert.equal(page.url(), `${url}/docs`);
    });
  } finally {
    await browser.close();
  }
});
