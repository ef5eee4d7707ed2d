import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { AssessmentOutput, ScorecardView } from '../../schemas/generated/messages.ts';
import { validateRendererToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, takePicture, watchFaults } from './browser.ts';
import { outputFrameHtml } from './output-frame.ts';
import { root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

describe('the notebook output of an assessment', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['renderers/run.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
  });

  after(async () => {
    await browser?.close();
    if (browser !== undefined) await server.close();
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  async function render(
    items: readonly unknown[],
    options: { theme?: ThemeName; hasMessaging?: boolean; width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const { theme = 'light', hasMessaging = true, width = 900 } = options;
    const page = await browser!.newPage({ viewport: { width, height: 700 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const html = outputFrameHtml({ mime: 'application/vnd.aiwb.assessment+json', items, theme, hasMessaging });
    await page.goto(server.publish(`output-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.locator('aiwb-assessment-output-v1').first().waitFor();
    return { page, faults };
  }

  const outputOf = (name: string, written?: string): AssessmentOutput => {
    const file = path.join(root, 'test', 'fixtures', 'scorecards', `${name}.json`);
    const view = JSON.parse(readFileSync(file, 'utf8')) as ScorecardView;
    return { version: 1, view, ...(written === undefined ? {} : { written }) };
  };
  const textOf = (page: Page, index = 0): Promise<string> => deepText(page.locator(`#output-${String(index)}`));

  for (const theme of ['light', 'dark', 'hc-dark'] as const) {
    it(`is complete where nobody answers, in ${theme}`, async () => {
      const written = 'scorecards/ticket-triage.scorecard.json';
      const { page, faults } = await render([outputOf('failed', written)], { theme, hasMessaging: false });
      const text = await textOf(page);
      assert.match(
        text,
        /^ticket-triage ?@ ?3 assessed Nov 20, 2026, 9:30 AM by Bo Tan Failed: 3 of 5 conditions are not met/,
      );
      assert.match(text, /Score 41\.8 of 100 .*Evidence coverage 66\.6 % .*Waived 2 controls/);
      assert.match(text, /Failures \(4\) SAFE-01 .*critical.*may be as low as 0\.41.*FAIR-01.*ROB-01.*waived.*LAT-01/i);
      assert.match(text, /4 not assessed: evidence is missing, too old or needs a review\./);
      assert.match(text, /Written to scorecards\/ticket-triage\.scorecard\.json$/);
      assert.equal(await page.getByRole('button').count(), 0);
      await takePicture(page, `notebook-assessment-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('opens the scorecard and the evidence', async () => {
    const { page, faults } = await render([outputOf('failed')]);
    await page.getByRole('button', { name: 'Open Scorecard' }).click();
    await page.getByRole('button', { name: 'triage-adversarial of ticket-triage@3' }).click();
    const posted = await page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
    for (const message of posted) assert.ok(validateRendererToHost(message), JSON.stringify(message));
    const control = outputOf('failed').view.scorecard.record.controls.find(({ id }) => id === 'SAFE-01');
    assert.deepEqual(posted, [
      { type: 'openAssessment', assessmentId: 'a-0005' },
      { type: 'evidence', evidence: control?.checks[0]?.evidence[0] },
    ]);
    assert.deepEqual(faults, []);
  });

  it('shows the worst failures only and counts the others', async () => {
    const output = outputOf('failed');
    const { record } = output.view.scorecard;
    const low = record.controls.find(({ id }) => id === 'LAT-01')!;
    const many = Array.from({ length: 6 }, (_, index) => ({ ...low, id: `LOW-${String(index)}` }));
    Object.assign(record, { controls: [...many, ...record.controls] });
    const { page } = await render([output]);
    const text = await textOf(page);
    assert.match(text, /Failures \(10\) SAFE-01 .*FAIR-01 .*ROB-01 .*LOW-0 .*LOW-1 .*5 more in the scorecard\./);
    assert.doesNotMatch(text, /LOW-2/);
  });

  it('passes calmly, and marks what was tampered with', async () => {
    const { page, faults } = await render([outputOf('passed'), outputOf('tampered'), outputOf('unassessed')]);
    assert.match(await textOf(page), /Passed: all 4 conditions are met\..*Score 100 of 100.*asked for approval/);
    assert.doesNotMatch(await textOf(page), /Failures|TAMPERED/);
    assert.match(
      await textOf(page, 1),
      /TAMPERED: this record was changed .*The changed record says: Passed: its condition is met/,
    );
    assert.match(await textOf(page, 2), /Failed: 2 of 2 conditions are not met\..*3 not assessed/);
    await takePicture(page, 'notebook-assessments-light');
    assert.deepEqual(faults, []);
  });

  it('takes nothing on trust: a newer version, no assessment at all, hostile text', async () => {
    const { page, faults } = await render(
      [{ version: 2, view: [] }, { version: 1, view: {} }, '<img src=x onerror=alert(1)>', null, outputOf('hostile')],
      { width: 300 },
    );
    assert.match(await textOf(page), /made by a newer AI Workbench/);
    for (const index of [1, 2, 3])
      assert.match(await textOf(page, index), /holds no assessment that AI Workbench can read/);
    assert.match(await textOf(page, 4), /safe⟪U\+202E⟫exe.*<\/script><script>document\.title='owned'<\/script>/);
    assert.equal(await page.title(), 'Outputs');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    assert.deepEqual(faults, []);
  });
});
