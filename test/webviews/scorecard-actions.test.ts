import assert from 'node:assert/strict';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { validateScorecardPageToHost } from '../../schemas/generated/validators.js';
import { deepText } from './browser.ts';
import {
  controlOf,
  createScorecardReader,
  drawerOf,
  focusedText,
  postedBy,
  readScorecard,
  rowOf,
  type ScorecardReader,
} from './scorecard-reader.ts';

describe('a reader of the scorecard page', function () {
  this.timeout(60_000);
  let reader: ScorecardReader | undefined;

  before(async function () {
    reader = await createScorecardReader();
    if (reader === undefined) this.skip();
  });

  after(() => reader?.leave());

  afterEach(() => reader?.closePages());

  it('sends what the user asks for, every message valid', async () => {
    const { page, faults } = await reader!.open('failed');
    await rowOf(page, 'SAFE-01').getByRole('button', { name: 'triage-adversarial of ticket-triage@3' }).click();
    await page.getByRole('button', { name: 'Marlo AI policy' }).click();
    await page.locator('aiwb-history').getByRole('button', { name: 'Nov 12, 2026, 4:00 PM', exact: true }).click();
    await controlOf(page, 'OVR-01').click();
    await page.getByRole('button', { name: 'Attest…' }).click();
    await page.getByRole('button', { name: 'Request Waiver…' }).click();
    for (const name of ['Assess Again', 'Export…', 'Print…', 'Open Version', 'Verify Record'])
      await page.locator('vscode-button', { hasText: name }).first().click();
    const messages = (await postedBy(page)).filter(message => (message as { type: string }).type !== 'controlHistory');
    for (const message of messages) assert.ok(validateScorecardPageToHost(message), JSON.stringify(message));
    const [ready, evidence, ...commands] = messages;
    assert.deepEqual(ready, { type: 'ready' });
    const control = readScorecard('failed').scorecard.record.controls.find(({ id }) => id === 'SAFE-01');
    assert.deepEqual(evidence, { type: 'evidence', evidence: control?.checks[0]?.evidence[0] });
    assert.deepEqual(commands, [
      { type: 'command', command: 'openPolicy', policy: 'marlo.ai-policy' },
      { type: 'command', command: 'openAssessment', assessmentId: 'a-0004' },
      { type: 'command', command: 'attest', control: 'OVR-01' },
      { type: 'command', command: 'requestWaiver', control: 'OVR-01' },
      { type: 'command', command: 'assessAgain' },
      { type: 'command', command: 'export' },
      { type: 'command', command: 'openHtml' },
      { type: 'command', command: 'openVersion' },
      { type: 'command', command: 'verify' },
    ]);
    assert.deepEqual(faults, []);
  });

  it('offers the next step to production, and none while the gate is closed, the record is outdated or changed', async () => {
    const steps = ['Request Approval…', 'Approve…', 'Promote…'];
    const offered = async (view: ScorecardView): Promise<string[]> => {
      const { page } = await reader!.open(view);
      const labels = await page.locator('vscode-button').allInnerTexts();
      return labels.filter(label => steps.includes(label));
    };
    const passed = readScorecard('passed');
    const having = (state: 'none' | 'requested' | 'approved' | 'void'): ScorecardView => ({
      ...passed,
      scorecard: { ...passed.scorecard, approval: { state, sentence: '' } },
    });
    assert.deepEqual(await offered(having('none')), ['Request Approval…']);
    assert.deepEqual(await offered(having('requested')), ['Approve…']);
    assert.deepEqual(await offered(having('approved')), ['Promote…']);
    assert.deepEqual(await offered(having('void')), ['Request Approval…']);
    assert.deepEqual(await offered({ ...having('approved'), status: 'baseline' }), ['Promote…']);
    assert.deepEqual(await offered({ ...having('approved'), status: 'production' }), []);
    assert.deepEqual(await offered({ ...having('approved'), status: 'retired' }), ['Promote…']);
    assert.deepEqual(await offered(readScorecard('failed')), []);
    assert.deepEqual(await offered({ ...passed, verification: { state: 'tampered', sentence: '' } }), []);
    const newer = { ...passed.history[0]!, id: 'a-0009', assessedAt: passed.scorecard.record.assessedAt + 1000 };
    const outdated = { ...having('none'), history: [newer, ...passed.history] };
    assert.deepEqual(await offered(outdated), []);
    const { page } = await reader!.open(outdated);
    await page.getByRole('button', { name: /open the assessment of Nov 20, 2026/ }).click();
    assert.deepEqual((await postedBy(page)).at(-1), {
      type: 'command',
      command: 'openAssessment',
      assessmentId: 'a-0009',
    });
  });

  it('leads from a condition to its control by keyboard, wherever it is folded or filtered away', async () => {
    const { page } = await reader!.open('failed');
    await page.getByRole('button', { name: 'SAFE-01' }).first().press('Enter');
    await drawerOf(page).getByText('Train on the adversarial split').waitFor();
    assert.match(await focusedText(page), /^SAFE-01 Refuses to be turned/);
    await page.locator('aiwb-control-toolbar').getByRole('button', { name: '1 partial' }).click();
    await page.locator('aiwb-frameworks').getByRole('button', { name: 'TRN-01' }).click();
    await drawerOf(page).getByText("Routes support tickets of Marlo's shop").waitFor();
    await page.waitForFunction(() => document.activeElement !== document.body);
    assert.match(await focusedText(page), /^TRN-01 Users are told/);
  });

  it('opens a control beside the list, walks by arrow keys, and comes back to its row', async () => {
    const { page } = await reader!.open('failed');
    await controlOf(page, 'SAFE-01').press('ArrowDown');
    assert.match(await focusedText(page), /^FAIR-01/);
    assert.equal(await drawerOf(page).count(), 0);
    await page.keyboard.press('Enter');
    await drawerOf(page).waitFor();
    await page.waitForFunction(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement instanceof Element) active = active.shadowRoot.activeElement;
      return active?.localName === 'h2';
    });
    assert.match(await focusedText(page), /^FAIR-01/);
    await page.keyboard.press('ArrowDown');
    await drawerOf(page).getByRole('heading', { name: 'ROB-01' }).waitFor();
    assert.equal(await page.locator('.row.selected').count(), 1);
    await page.keyboard.press('Escape');
    await drawerOf(page).waitFor({ state: 'detached' });
    assert.match(await focusedText(page), /^ROB-01/);
    await page.keyboard.press('End');
    assert.match(await focusedText(page), /^HUM-01/, 'what is folded away is no stop');
    await page.keyboard.press('Home');
    assert.match(await focusedText(page), /^SAFE-01/);
  });

  it('opens a control under its row where there is no room beside it', async () => {
    const { page } = await reader!.open('failed', { width: 700 });
    await controlOf(page, 'FAIR-01').press('Enter');
    const detail = rowOf(page, 'FAIR-01').locator('aiwb-control-detail');
    await detail.getByText('The share of right decisions may differ little').waitFor();
    assert.equal(await drawerOf(page).count(), 0);
    assert.equal(await controlOf(page, 'FAIR-01').getAttribute('aria-expanded'), 'true');
    await controlOf(page, 'FAIR-01').press('Enter');
    await detail.waitFor({ state: 'detached' });
    await controlOf(page, 'FAIR-01').press('Enter');
    await detail.waitFor();
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    assert.match(await focusedText(page), /^FAIR-01/);
  });

  it('narrows the controls by words, outcome, severity, policy and level, and tells how many are left', async () => {
    const { page } = await reader!.open('failed');
    const toolbar = page.locator('aiwb-control-toolbar');
    const found = toolbar.getByRole('status');
    const rows = async (): Promise<string[]> =>
      (await page.locator('aiwb-control-rows button.open code').allInnerTexts()).map(text => text.trim());
    await toolbar.locator('vscode-textfield input').fill('tickets accuracy');
    await toolbar.getByText('4 of 13 controls').waitFor();
    assert.deepEqual(await rows(), ['SAFE-01', 'ROB-01', 'OPS-02', 'PERF-01'], 'what passed is unfolded');
    await toolbar.getByRole('button', { name: 'Show all' }).click();
    await toolbar.getByRole('button', { name: '3 not compliant' }).click();
    assert.equal(await toolbar.getByRole('button', { name: '3 not compliant' }).getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await rows(), ['SAFE-01', 'FAIR-01', 'LAT-01']);
    await toolbar.getByText('Severity: any').click();
    await toolbar.getByRole('checkbox', { name: 'High' }).check();
    assert.deepEqual(await rows(), ['FAIR-01']);
    assert.equal((await found.first().innerText()).trim(), '1 of 13 controls');
    await toolbar.getByRole('button', { name: 'Show all' }).click();
    await page.locator('aiwb-policies').getByRole('button', { name: '1 control', exact: true }).click();
    assert.deepEqual(await rows(), ['LIC-01']);
    await toolbar.locator('vscode-textfield input').fill('nothing like this');
    await page.getByText('No control fits. Choose other words or outcomes.').waitFor();
  });

  it('keeps what was opened, narrowed and where it was left, for this assessment only', async () => {
    const { page } = await reader!.open('failed');
    await page.locator('summary', { hasText: 'Passed (4)' }).click();
    await controlOf(page, 'LIC-01').click();
    await page.locator('aiwb-control-toolbar').getByRole('button', { name: '4 compliant' }).click();
    await page.evaluate(() => scrollTo(0, 700));
    await page.waitForFunction(() => (globalThis as unknown as { state?: { scroll?: number } }).state?.scroll === 700);
    const state = await page.evaluate(() => (globalThis as unknown as { state: unknown }).state);
    const selected = readScorecard('failed').scorecard.record.controls.findIndex(({ id }) => id === 'LIC-01');
    const filter = { text: '', outcomes: ['compliant'], severities: [], policies: [], levels: [] };
    assert.deepEqual(state, { assessmentId: 'a-0005', folds: [['passed', true]], selected, filter, scroll: 700 });
    const again = await reader!.open('failed', { state });
    await drawerOf(again.page).getByRole('heading', { name: 'LIC-01' }).waitFor();
    await again.page.waitForFunction(() => scrollY === 700);
    assert.equal(await again.page.locator('aiwb-control-rows .row').count(), 4);
    const another = await reader!.open('passed', { state });
    await another.page.waitForTimeout(100);
    assert.equal(await controlOf(another.page, 'LIC-01').count(), 0);
    assert.equal(await drawerOf(another.page).count(), 0);
    assert.equal(await another.page.evaluate(() => scrollY), 0);
    const nonsense = await reader!.open('failed', {
      state: { folds: [['passed', 'yes'], 7], scroll: 'far', assessmentId: 'a-0005', selected: 99, filter: 'no' },
    });
    assert.deepEqual(nonsense.faults, []);
    assert.equal(await drawerOf(nonsense.page).count(), 0);
  });

  it('waits in words, and tells a failure with its remedy', async () => {
    const waiting = await reader!.open('failed', { messages: [] });
    assert.match(await deepText(waiting.page.locator('aiwb-message')), /Reading the assessment…/);
    const failure = { code: 'not-found', message: 'There is no assessment a-0005.', remedy: 'Assess the version.' };
    const { page } = await reader!.open('failed', { messages: [{ type: 'failure', failure }] });
    assert.match(await page.getByRole('alert').innerText(), /There is no assessment a-0005\.\s+Assess the version\./);
    await page.evaluate(message => window.postMessage(message, '*'), {
      type: 'scorecard',
      view: readScorecard('failed'),
    });
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.evaluate(message => window.postMessage(message, '*'), { type: 'failure', failure });
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'ticket-triage@3');
  });

  it('drops messages that are no scorecard messages', async () => {
    const { page, faults } = await reader!.open('failed');
    await page.evaluate(() => window.postMessage({ type: 'scorecard', view: { scorecard: {} } }, '*'));
    await page.waitForTimeout(100);
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'ticket-triage@3');
    assert.equal(faults.filter(fault => fault.includes('no page message was dropped')).length, 1);
  });
});
