import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { renderPage, renderScorecardHtml } from '../../engine/reports/html.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { validateScorecardView } from '../../schemas/generated/validators.js';
import { auditPage, deepText, takePicture } from './browser.ts';
import {
  createScorecardReader,
  postedBy,
  readScorecard,
  scorecardNames,
  sectionTitles,
  standaloneAssets,
  unfoldAll,
  type ScorecardReader,
} from './scorecard-reader.ts';

describe('scorecards for the page', () => {
  for (const name of scorecardNames) {
    it(`${name} fits the schema, and its digest tells whether it was changed`, () => {
      const view = readScorecard(name);
      assert.ok(validateScorecardView(view), JSON.stringify(validateScorecardView.errors?.slice(0, 3)));
      const { record, digest } = view.scorecard;
      const computed = createHash('sha256').update(canonicalJson(record)).digest('hex');
      assert.equal(view.verification.computedDigest, computed);
      assert.equal(computed === digest, view.verification.state === 'verified');
    });
  }
});

describe('a scorecard without its store', function () {
  this.timeout(60_000);
  let reader: ScorecardReader | undefined;

  before(async function () {
    reader = await createScorecardReader();
    if (reader === undefined) this.skip();
  });

  after(() => reader?.leave());

  afterEach(() => reader?.closePages());

  it('says of a committed file that it was verified and what that means, and only reads', async () => {
    const { page, faults } = await reader!.open('tiny', { theme: 'dark' });
    assert.match(
      await deepText(page.locator('aiwb-verification')),
      /^Verified\. The record matches its digest\. Nothing in this record has changed.*does not prove who wrote it/,
    );
    assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Export…', 'Open as JSON', 'Export…']);
    assert.deepEqual(await sectionTitles(page), [
      'Verdict',
      'Policies',
      'Failures',
      'Passed (1)',
      'Frameworks',
      'Record',
    ]);
    await page.locator('vscode-button', { hasText: 'Open as JSON' }).first().click();
    assert.deepEqual((await postedBy(page)).at(-1), { type: 'command', command: 'openSource' });
    await takePicture(page, 'scorecard-tiny-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('says of a changed record that it was tampered with, and gives its verdict no mark of success', async () => {
    const { page, faults } = await reader!.open('tampered');
    const alert = await deepText(page.getByRole('alert'));
    assert.match(alert, /^TAMPERED\. The record does not match its digest\..*Do not rely on anything below/);
    assert.ok(alert.includes(readScorecard('tampered').verification.computedDigest ?? '?'));
    const verdict = page.locator('aiwb-policy-gate .verdict');
    assert.match(await deepText(verdict), /^Passed, says the changed record: All conditions are met\./);
    assert.equal(await verdict.locator('.icon-pass').count(), 0);
    await takePicture(page, 'scorecard-tampered-light');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  for (const scheme of ['light', 'dark'] as const) {
    it(`is complete as a file of its own in ${scheme}: nothing fetched, nothing to press but Print, evidence as text`, async () => {
      const { page, faults, requests } = await reader!.openFile(
        renderScorecardHtml(readScorecard('failed'), standaloneAssets()),
        scheme,
      );
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.equal(await page.title(), 'Scorecard of ticket-triage@3 – AI Workbench');
      assert.equal((await sectionTitles(page)).length, 11);
      assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Print']);
      assert.match(await deepText(page.locator('aiwb-verification')), /a page cannot prove itself/);
      assert.equal(await page.getByRole('button', { name: 'triage-adversarial of ticket-triage@3' }).count(), 0);
      assert.equal(await page.getByRole('button', { name: 'Marlo AI policy' }).count(), 0);
      assert.match(await deepText(page.locator('aiwb-control').first()), /Run triage-adversarial of ticket-triage@3/);
      assert.match(
        await deepText(page.locator('aiwb-record-facts')),
        /This is a coverage indicator.*not legal advice and not a certification/,
      );
      assert.equal(requests.length, 1);
      await takePicture(page, `scorecard-standalone-${scheme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('prints light, with everything unfolded and no buttons, and folds up again', async () => {
    const { page } = await reader!.openFile(renderScorecardHtml(readScorecard('failed'), standaloneAssets()), 'dark');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await unfoldAll(page);
    await page.getByText("Routes support tickets of Marlo's shop").waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
    assert.equal(await page.locator('vscode-button').first().isVisible(), false);
    assert.equal(await page.locator('aiwb-control details:not([open])').count(), 0);
    await takePicture(page, 'scorecard-print');
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.waitForTimeout(100);
    assert.equal(await page.getByText("Routes support tickets of Marlo's shop").count(), 0);
  });

  it('prints long words whole, for paper has no button', async () => {
    const { page } = await reader!.openFile(renderScorecardHtml(readScorecard('hostile'), standaloneAssets()));
    const sentence = page.locator('aiwb-policy-gate aiwb-long-text');
    const shown = async (): Promise<number> => (await sentence.locator('p').innerText()).length;
    const cut = await shown();
    assert.ok(cut > 500 && cut < 700, String(cut));
    await page.emulateMedia({ media: 'print' });
    assert.ok((await shown()) > 1400);
    assert.equal(await sentence.getByRole('button').isVisible(), false);
  });

  it('shows hostile text in a file of its own as text, and says so when it holds no scorecard', async () => {
    const hostile = await reader!.openFile(renderScorecardHtml(readScorecard('hostile'), standaloneAssets()));
    await hostile.page.getByRole('heading', { level: 1 }).waitFor();
    assert.match(await hostile.page.title(), /^Scorecard of safe/);
    assert.deepEqual(hostile.faults, []);
    const broken = await reader!.openFile(
      renderPage('broken', { 'aiwb-scorecard': { scorecard: {} } }, standaloneAssets()),
    );
    await broken.page.getByText('This file holds no scorecard that this page can read.').waitFor();
  });
});
