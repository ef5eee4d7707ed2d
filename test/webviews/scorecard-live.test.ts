import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { compareScorecards } from '../../schemas/compare-scorecards.ts';
import type { DueItem, ScorecardView } from '../../schemas/generated/messages.ts';
import { validateHostToScorecardPage, validateScorecardPageToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, takePicture } from './browser.ts';
import {
  controlOf,
  createScorecardReader,
  drawerOf,
  focusedText,
  overflowOf,
  postedBy,
  readScorecard,
  sectionOf,
  type ScorecardReader,
} from './scorecard-reader.ts';

const failed = readScorecard('failed');
const comparison = compareScorecards(failed.scorecard, readScorecard('passed').scorecard);
const excerpt = {
  name: 'Marlo AI policy.pdf',
  page: 12,
  pages: 48,
  headings: ['4 Fairness', '4.2 Groups of people'],
  before: '…The decisions that a system makes shall be looked at for each group.\n\n',
  quote: 'The share of right decisions shall not differ by more than fifteen points.',
  after: ' Owners measure this <b>before</b> each release…',
};
const history = {
  control: 'FAIR-01',
  entries: [
    {
      assessmentId: 'a-0005',
      version: '3',
      assessedAt: Date.parse('2026-11-20T09:30:00Z'),
      outcome: 'non-compliant',
      reason: 'The difference may be 0.21.',
      waived: false,
    },
    {
      assessmentId: 'a-0003',
      version: '2',
      assessedAt: Date.parse('2026-09-03T10:00:00Z'),
      outcome: 'compliant',
      reason: '1 of 1 checks passed.',
      waived: true,
    },
  ],
};
const due: DueItem[] = [
  {
    kind: 'attestation',
    title: 'A reviewer attests OVR-01',
    state: 'overdue',
    dueAt: Date.parse('2026-11-20T00:00:00Z'),
    role: 'model-risk reviewer',
    control: 'OVR-01',
  },
  { kind: 'waiver-approval', title: 'Waiver W-9 waits for a second approval', state: 'open', waiverId: 'W-9' },
  { kind: 'document-review', title: 'An answer waits', state: 'open', control: 'OVR-01', answerId: 'ans-1' },
  { kind: 'waiver-expiry', title: 'Waiver W-1 expires', state: 'due', dueAt: Date.parse('2026-12-10T00:00:00Z') },
];

/** The failed assessment, with a control that quotes a document and a check that asks documents. */
function documented(): ScorecardView {
  const view = structuredClone(failed);
  const control = (id: string) => view.scorecard.record.controls.find(candidate => candidate.id === id)!;
  control('FAIR-01').source = {
    document: 'Marlo AI policy.pdf',
    sha256: 'a'.repeat(64),
    page: 12,
    quote: excerpt.quote,
    start: 5000,
    end: 5074,
  };
  control('OVR-01').checks.push({
    id: 'OVR-01.plan',
    kind: 'document',
    title: 'The rollout plan names who watches',
    state: 'needs-review',
    reason: 'A model answered; a person must confirm it.',
    question: 'Does the plan name a person who watches?',
    answerId: 'ans-1',
    sealed: { at: Date.parse('2026-10-01T00:00:00Z'), by: failed.scorecard.record.assessor, before: true },
    evidence: [
      {
        kind: 'document',
        title: 'rollout.docx',
        quote: 'Dee Park watches the queue daily.',
        document: 'b'.repeat(64),
        page: 3,
        start: 10,
        end: 43,
        model: 'granite-3',
        promptDigest: 'c'.repeat(64),
      },
    ],
  });
  return view;
}

async function tell(page: Page, message: unknown): Promise<void> {
  assert.ok(validateHostToScorecardPage(message), JSON.stringify(validateHostToScorecardPage.errors));
  await page.evaluate(told => window.postMessage(told, '*'), message);
}

describe('a scorecard page that is answered', function () {
  this.timeout(60_000);
  let reader: ScorecardReader | undefined;

  before(async function () {
    reader = await createScorecardReader();
    if (reader === undefined) this.skip();
  });

  after(() => reader?.leave());

  afterEach(() => reader?.closePages());

  const answers = {
    compare: { type: 'comparison', comparison },
    controlHistory: { type: 'controlHistory', history },
    documentText: { type: 'documentText', excerpt },
  };

  for (const theme of ['light', 'dark', 'hc-dark'] as const) {
    it(`tells in ${theme} what has arrived, what is on its way and what waits, and leads to doing it`, async () => {
      const { page, faults } = await reader!.open('failed', { theme });
      const preview = { at: Date.parse('2026-11-24T11:59:00Z'), changes: comparison.changes, open: 2 };
      await tell(page, { type: 'scorecard', view: { ...failed, preview }, due });
      const banner = page.locator('aiwb-preview');
      await banner.waitFor();
      const text = await deepText(banner);
      assert.match(text, /Evidence has arrived: 8 controls would come out differently\./);
      assert.match(text, /Evidence for 2 checks is being made right now\./);
      assert.match(text, /nothing changes until it is assessed again/);
      await banner.getByText('What would change').click();
      assert.match(await deepText(banner), /OVR-01 A person has read what it gets wrong.*not assessed → compliant/);
      const waits = sectionOf(page, 'due');
      assert.match(
        await deepText(waits),
        /^What waits \(4\) A reviewer attests OVR-01.*Overdue, Nov 20, 2026, 4 days ago asked of model-risk reviewer OVR-01/,
      );
      await takePicture(page, `scorecard-live-${theme}`);
      await banner.locator('vscode-button').click();
      for (const name of ['Attest…', 'Approve Waiver…', 'Review Answer…'])
        await waits.getByRole('button', { name }).click();
      const sent = await postedBy(page);
      for (const message of sent) assert.ok(validateScorecardPageToHost(message), JSON.stringify(message));
      assert.deepEqual(sent.slice(1), [
        { type: 'command', command: 'assessAgain' },
        { type: 'command', command: 'attest', control: 'OVR-01' },
        { type: 'command', command: 'approveWaiver', waiverId: 'W-9' },
        { type: 'command', command: 'reviewAnswer', answerId: 'ans-1' },
      ]);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('keeps what a reader does while news arrives, and says nothing where there is none', async () => {
    const { page } = await reader!.open('failed');
    await controlOf(page, 'LAT-01').click();
    await page.locator('aiwb-control-toolbar').getByRole('button', { name: '3 not compliant' }).click();
    await tell(page, { type: 'scorecard', view: { ...failed, preview: { at: 1, changes: [], open: 1 } } });
    await page.getByText('Evidence for 1 check is being made right now.').waitFor();
    assert.equal(await page.locator('aiwb-preview vscode-button').count(), 0);
    assert.equal(await page.locator('aiwb-control-rows .row').count(), 3);
    assert.match(await deepText(drawerOf(page)), /LAT-01/);
    await tell(page, { type: 'scorecard', view: { ...failed, preview: { at: 2, changes: [], open: 0 } }, due: [] });
    await page.locator('aiwb-preview').waitFor({ state: 'detached' });
    assert.equal(await sectionOf(page, 'due').count(), 0);
  });

  for (const theme of ['light', 'hc-light'] as const) {
    it(`compares in ${theme} with another assessment: figures, policies, what is worse first; and closes again`, async () => {
      const { page, faults } = await reader!.open('failed', { theme, answers });
      await page.getByText('Compare: with…').click();
      await page
        .locator('aiwb-compare-menu')
        .getByRole('button', { name: /version 2.*Sep 3, 2026/ })
        .click();
      const section = sectionOf(page, 'comparison');
      await section.locator('aiwb-comparison').waitFor();
      assert.deepEqual((await postedBy(page)).at(-1), {
        type: 'compare',
        request: ((await postedBy(page)).at(-1) as { request: number }).request,
        before: 'a-0003',
        after: 'a-0005',
      });
      assert.equal(await focusedText(page), 'Comparison');
      const text = await deepText(section);
      assert.match(text, /Before Nov 20, 2026, 9:30 AM 3 Failed 41\.8 66\.6 2 Bo Tan After .* Passed 100\.0 100\.0 0/);
      assert.match(text, /Change changed \+58\.2 \+33\.3 −2/);
      assert.match(text, /8 controls came out differently: 1 better, 7 otherwise changed\. 5 came out alike\./);
      assert.match(text, /not compliant → not asked for any more/);
      await takePicture(page, `scorecard-comparison-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      await section.getByRole('button', { name: 'FAIR-01' }).click();
      await drawerOf(page).getByRole('heading', { name: 'FAIR-01' }).waitFor();
      await section.getByRole('button', { name: 'Close the comparison' }).click();
      await section.waitFor({ state: 'detached' });
      assert.deepEqual(faults, []);
    });
  }

  it('shows what was compared elsewhere, also where that comes before the record', async () => {
    const { page } = await reader!.open('failed');
    await tell(page, { type: 'comparison', comparison });
    await sectionOf(page, 'comparison').locator('aiwb-comparison').waitFor();
    await tell(page, { type: 'scorecard', view: readScorecard('tiny') });
    await page.getByRole('heading', { level: 1, name: 'ticket-triage@3' }).waitFor();
  });

  it('tells why two could not be compared', async () => {
    const failure = { code: 'record-not-found', message: 'There is no assessment a-0004.', remedy: 'Choose another.' };
    const { page } = await reader!.open('failed', { answers: { compare: { type: 'failure', failure } } });
    await page
      .locator('aiwb-history')
      .getByRole('button', { name: /^Compare with/ })
      .first()
      .click();
    await sectionOf(page, 'comparison').getByText('There is no assessment a-0004.').waitFor();
  });

  it('shows a quote in its document, highlighted, and how the control came out before', async () => {
    const { page, faults } = await reader!.open(documented(), { width: 1300, answers });
    await controlOf(page, 'FAIR-01').click();
    const drawer = drawerOf(page);
    await drawer.getByRole('button', { name: 'Show in the document' }).click();
    const region = drawer.getByRole('region', { name: 'The quote in its document' });
    await region.waitFor();
    assert.equal(
      await deepText(region),
      'Marlo AI policy.pdf page 12 of 48 4 Fairness › 4.2 Groups of people …The decisions that a system makes shall be looked at for each group. The share of right decisions shall not differ by more than fifteen points. Owners measure this <b>before</b> each release…',
    );
    assert.equal(await region.locator('mark').innerText(), excerpt.quote);
    const asked = (await postedBy(page)).at(-1) as Record<string, unknown>;
    assert.deepEqual(
      { ...asked, request: 0 },
      {
        type: 'documentText',
        request: 0,
        document: 'a'.repeat(64),
        start: 5000,
        end: 5074,
      },
    );
    assert.match(
      await deepText(drawer.locator('aiwb-control-history')),
      /^History Not compliant version 3 Nov 20, 2026, 9:30 AM shown here .* Compliant, waived version 2 Sep 3, 2026/,
    );
    await takePicture(page, 'scorecard-drawer-light', false);
    assert.deepEqual(await auditPage(page), []);
    await drawer.getByRole('button', { name: /Sep 3, 2026/ }).click();
    assert.deepEqual((await postedBy(page)).at(-1), {
      type: 'command',
      command: 'openAssessment',
      assessmentId: 'a-0003',
    });
    assert.deepEqual(faults, []);
  });

  it('lets a person review what a model answered, which tells that it was a model and when its bar was set', async () => {
    const { page } = await reader!.open(documented(), { theme: 'dark', width: 1300, answers });
    await controlOf(page, 'OVR-01').click();
    const drawer = drawerOf(page);
    const text = await deepText(drawer.locator('aiwb-checks'));
    assert.match(text, /Asked of the documents: Does the plan name a person who watches\?/);
    assert.match(text, /answered by the model granite-3, prompt cccccccc/);
    assert.match(text, /The bar was sealed on Oct 1, 2026 by Bo Tan, before the evidence/);
    assert.match(text, /Dee Park watches the queue daily\. page 3 Show in the document/);
    await drawer.getByRole('button', { name: 'Review Answer…' }).click();
    assert.deepEqual((await postedBy(page)).at(-1), { type: 'command', command: 'reviewAnswer', answerId: 'ans-1' });
    await takePicture(page, 'scorecard-drawer-dark', false);
    assert.deepEqual(await auditPage(page), []);
  });

  it('fits 350 pixels with a control, a comparison and a preview open', async () => {
    const { page } = await reader!.open(documented(), { width: 350, answers });
    await tell(page, { type: 'comparison', comparison });
    const preview = { at: 1, changes: comparison.changes, open: 1 };
    await tell(page, { type: 'scorecard', view: { ...documented(), preview }, due });
    await controlOf(page, 'FAIR-01').click();
    await page.locator('aiwb-control-detail').waitFor();
    assert.equal(await overflowOf(page), 0);
    await takePicture(page, 'scorecard-live-350px');
  });

  it('says of a signature what it shows', async () => {
    const signature = { state: 'invalid' as const, sentence: 'The signature is not of this record.' };
    const { page } = await reader!.open({ ...failed, signature });
    assert.match(await deepText(page.locator('aiwb-scorecard-header')), /the signature does not hold/);
    assert.match(
      await deepText(page.locator('aiwb-verification')),
      /The signature does not hold\. The signature is not of this record\./,
    );
    const signed = await reader!.open({
      ...readScorecard('tiny'),
      signature: { state: 'valid', sentence: 'Signed by Bo Tan, whose key is vouched for.' },
    });
    assert.match(await deepText(signed.page.locator('aiwb-verification')), /Signed\. Signed by Bo Tan/);
  });
});
