import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { renderPage, renderScorecardHtml } from '../../engine/run-exports/html.ts';
import { validateScorecardView } from '../../schemas/generated/validators.js';
import { digestRecord, verifyScorecard } from '../../schemas/verify-scorecard.ts';
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
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  for (const name of scorecardNames) {
    it(`${name} fits the schema, and is what it says of itself`, () => {
      const view = readScorecard(name);
      assert.ok(validateScorecardView(view), JSON.stringify(validateScorecardView.errors?.slice(0, 3)));
      // Numbers that no controls give are part of what is hostile.
      if (name === 'hostile') assert.equal(digestRecord(view.scorecard.record, sha256), view.scorecard.digest);
      else assert.deepEqual(verifyScorecard(view.scorecard, sha256), view.verification);
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
      /^Verified\. The record is unchanged since its digest was made\. Nothing proves who made it\. What stands below is what was recorded/,
    );
    assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Compare…', 'Open as JSON']);
    assert.deepEqual(await sectionTitles(page), ['Verdict', 'Policies', 'Controls', 'Frameworks', 'Record']);
    await page.locator('vscode-button', { hasText: 'Open as JSON' }).first().click();
    assert.deepEqual((await postedBy(page)).at(-1), { type: 'command', command: 'openSource' });
    await takePicture(page, 'scorecard-tiny-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('says of a changed record that it was tampered with, and gives its verdict no mark of success', async () => {
    const { page, faults } = await reader!.open('tampered');
    const alert = await deepText(page.getByRole('alert'));
    assert.match(alert, /^TAMPERED\. The record is not the one its digest was made of.*Do not rely on anything below/);
    assert.ok(alert.includes(readScorecard('tampered').verification.computedDigest ?? '?'));
    const verdict = page.locator('aiwb-policy-gate .verdict');
    assert.match(await deepText(verdict), /^The changed record says: Passed Its condition is met\./);
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
      assert.equal((await sectionTitles(page)).length, 8);
      assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Print']);
      assert.match(await deepText(page.locator('aiwb-verification')), /a page cannot prove itself/);
      assert.equal(await page.getByRole('button', { name: 'triage-adversarial of ticket-triage@3' }).count(), 0);
      assert.equal(await page.getByRole('button', { name: 'Marlo AI policy' }).count(), 0);
      assert.match(
        await deepText(page.locator('aiwb-control-rows .row').first()),
        /Run triage-adversarial of ticket-triage@3/,
      );
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
    assert.equal(await page.locator('aiwb-control-detail').count(), 13);
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
