// Finding out why a camera shows no picture, on the page: asked for in the failed picture or below it, the steps as they
// come, what they come to, and that it reads well on a desk and on a phone.

import AxeBuilder from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed, passed, skipped } from '../../src/doctor/finding.ts';
import type { ExaminationLine, StepName } from '../../src/gateway/api/contract-examination.ts';
import { fakeCamera } from './fake-server.ts';
import { DESK, PHONE, PageFixture, refused } from './open-page.ts';

const fixture = new PageFixture();

const HOST = { host: '192.168.1.20' };
const ATTACHED = { address: HOST.host, network: '192.168.1.0/24', by: 'eth0', own: '192.168.1.5' };
const PASSED: readonly ExaminationLine[] = [
  { step: 'name', tookMs: 3, ...passed({ code: 'name-is-address', values: HOST }) },
  { step: 'route', tookMs: 3, ...passed({ code: 'route-attached', values: ATTACHED }) },
  { step: 'reach', tookMs: 3, ...passed({ code: 'host-refuses', values: { ...HOST, tookMs: 0.4, mac: null } }) },
];
const CLOSED: ExaminationLine = {
  ...{ step: 'port', tookMs: 4 },
  ...failed(
    { code: 'port-closed', values: { port: 554, open: [8554] } },
    { code: 'write-port', values: { ...HOST, port: 8554 } },
  ),
};
const REST: readonly ExaminationLine[] = (['server', 'login', 'path', 'tracks'] as const).map((step: StepName) => {
  return { step, tookMs: 0, ...skipped({ code: 'not-looked-at', values: { failed: 'port' } }) };
});
const END: ExaminationLine = { source: 'rtsp://192.168.1.20/stream1', picture: false, tookMs: 1200 };

describe('an examination', () => {
  it('begins in the failed picture, and each step is there as it comes', async () => {
    fixture.server.cameras = [fakeCamera('door', { state: 'failed', reason: refused })];
    fixture.server.api.hold = true;
    fixture.server.api.examination = PASSED;
    const page = await fixture.open('/cameras/door');
    await page.locator('.slate').getByRole('button', { name: 'Find out why, door' }).click();
    const steps = page.locator('.doctor li');
    await steps.nth(2).getByText('refused the connection').waitFor();
    assert.equal(await steps.count(), 3);
    await page.getByText('Looking: Port').waitFor();
    fixture.server.api.tell(CLOSED);
    await steps.nth(3).getByText('192.168.1.20:8554').waitFor();
    fixture.server.api.tell(...REST, END);
    await page.locator('.doctor li', { hasText: 'Server, Login, Path, Tracks' }).waitFor();
  });

  it('can be stopped, and ends with its page', async () => {
    fixture.server.cameras = [fakeCamera('door')];
    fixture.server.api.hold = true;
    fixture.server.api.examination = PASSED;
    const page = await fixture.open('/cameras/door');
    const begin = page.getByRole('button', { name: 'Find out why', exact: true });
    await begin.click();
    await page.locator('.doctor li').nth(2).waitFor();
    await page.locator('.doctor').getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped before its end.').waitFor();
    await fixture.until(() => fixture.server.api.examining === 0);
    await page.getByRole('button', { name: 'Examine again' }).click();
    await fixture.until(() => fixture.server.api.examining === 1);
    await page.keyboard.press('Escape');
    await fixture.until(() => fixture.server.api.examining === 0);
  });

  it('says what it comes to, in both languages', async () => {
    fixture.server.cameras = [fakeCamera('door')];
    fixture.server.api.examination = [...PASSED, CLOSED, ...REST, END];
    const page = await fixture.open('/cameras/door');
    await page.getByRole('button', { name: 'Find out why', exact: true }).click();
    await page.getByText('There is no picture: Port.').waitFor();
    const korean = await fixture.open('/cameras/door', { locale: 'ko-KR' });
    await korean.getByRole('button', { name: '원인 찾기', exact: true }).click();
    await korean.getByText('막힌 단계: 포트').waitFor();
    await korean
      .getByText('포트 554번이 닫혀 있습니다. 그 포트를 쓰는 프로그램이 없습니다. 열려 있는 포트: 8554')
      .waitFor();
    await korean.getByText('주소 뒤에 맞는 포트를 입력해 주세요. 예: 192.168.1.20:8554').waitFor();
    await korean.getByText('앞 단계(포트)가 실패해 살펴보지 않았습니다.').waitFor();
    assert.equal(await korean.locator('.doctor :lang(en)').count(), 0);
  });

  it('is said in English where the language has no words: of a later code, a hint of its own, a problem itself', async () => {
    fixture.server.cameras = [fakeCamera('door')];
    const later: unknown = { code: 'of-a-later-server', values: {} };
    const problem = { problem: 'camera-protocol', text: 'SETUP answered 461' } as const;
    const ofItsOwn = { code: null, hint: 'Open it otherwise.' } as const;
    fixture.server.api.examination = [
      { ...PASSED[0], seen: later, saw: 'A later server says this.' } as ExaminationLine,
      { step: 'stream', tookMs: 3, ...failed({ code: 'stream-refused', values: problem }, ofItsOwn) },
      END,
    ];
    const page = await fixture.open('/cameras/door', { locale: 'ko-KR' });
    await page.getByRole('button', { name: '원인 찾기', exact: true }).click();
    await page.getByText('카메라가 재생하지 않습니다.').waitFor();
    assert.deepEqual(await page.locator('.doctor :lang(en):not(:lang(en) *)').allTextContents(), [
      'A later server says this.',
      ' (SETUP answered 461)',
      'Open it otherwise.',
    ]);
  });

  it('is not offered to those who may not change cameras', async () => {
    fixture.server.cameras = [fakeCamera('door', { state: 'failed', reason: refused })];
    fixture.server.session = { principal: { id: 'anyone', kind: 'anyone' }, grants: ['view'] };
    const page = await fixture.open('/cameras/door');
    await page.locator('.slate').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Find out why' }).count(), 0);
  });

  for (const [size, options] of [
    ['1440', { viewport: DESK }],
    ['390', PHONE],
  ] as const) {
    for (const colorScheme of ['dark', 'light'] as const) {
      it(`reads well at ${size} px, ${colorScheme}`, async () => {
        fixture.server.cameras = [fakeCamera('door', { state: 'failed', reason: refused })];
        fixture.server.api.examination = [...PASSED, CLOSED, ...REST, END];
        const page = await fixture.open('/cameras/door', { ...options, colorScheme });
        await page.locator('.slate').getByRole('button', { name: 'Find out why, door' }).click();
        await page.getByText('There is no picture: Port.').waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
        );
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      });
    }
  }
});
