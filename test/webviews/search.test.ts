import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { RunOutput, SearchReport, TuningComparison } from '../../schemas/generated/messages.ts';
import {
  validateRendererToHost,
  validateRunOutput,
  validateSearchReport,
  validateTuningPageToHost,
} from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { fakePageHtml } from './fake-page.ts';
import { outputFrameHtml } from './output-frame.ts';
import { root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

const { reports } = JSON.parse(
  readFileSync(path.join(root, 'test/fixtures/tuning/search.json'), 'utf8'),
) as TuningComparison;
const [first] = reports.toSorted((a, b) => (a.trial?.trial ?? 0) - (b.trial?.trial ?? 0));
assert.ok(first);
const { run, selection } = first;

/** The search of the fixture when its first two trials have ended and the third runs, was stopped or never begun, or at its end. */
function searchOf(state: 'running' | 'succeeded' | 'cancelled' | 'lost'): SearchReport {
  const sorted = reports.toSorted((a, b) => (a.trial?.trial ?? 0) - (b.trial?.trial ?? 0));
  const trials = sorted.map(({ trial, run: own }, index): SearchReport['trials'][number] => {
    const number = index + 1;
    const parameters = { ...trial?.parameters };
    const begun = { trial: number, parameters, runId: own.id, ofEpochs: 12 };
    if (state === 'succeeded' || index < 2)
      return {
        ...begun,
        state: 'succeeded',
        epochs: 12,
        step: 96,
        loss: 0.2 + index / 10,
        figure: 0.8 + index / 100,
        seconds: 61,
        cost: 0.1,
      };
    if (index === 2 && state === 'running')
      return {
        ...begun,
        state: 'running',
        phase: 'Training: core performance',
        epochs: 3,
        step: 24,
        loss: 0.61234,
        seconds: 20,
      };
    return index === 2 && state === 'cancelled'
      ? { ...begun, state: 'cancelled', epochs: 3 }
      : { trial: number, parameters };
  });
  const best = state === 'succeeded' ? sorted.at(-1)?.run.id : sorted[1]?.run.id;
  const progress = { total: trials.length, done: 2, failed: 0, reused: 0, errors: {}, variants: [] };
  return {
    run: {
      id: run.id,
      name: run.name,
      kind: 'tune',
      file: run.file,
      state,
      origin: 'notebook',
      createdAt: run.createdAt,
      archived: false,
      resumable: state === 'cancelled' || state === 'lost',
      progress,
      headlines: [],
      ...(state === 'running' ? {} : { endedAt: run.createdAt + 600_000 }),
    },
    selection,
    ...(best === undefined ? {} : { best }),
    ...(state === 'succeeded' ? { registered: { model: 'triage', version: '4' } } : {}),
    trials,
  };
}

function outputOf(search: SearchReport): RunOutput {
  const { id: runId, name, state, createdAt, endedAt } = search.run;
  const tuning = state === 'running' ? undefined : reports.find(report => report.run.id === search.best);
  return {
    version: 1,
    kind: 'tune',
    ...{ runId, name, state, createdAt, search },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(tuning === undefined ? {} : { tuning }),
  };
}

describe('a search', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['renderers/run.js', 'webviews/tuning.js']);
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

  async function newPage(html: string): Promise<{ page: Page; faults: string[] }> {
    const page = await browser!.newPage({ viewport: { width: 900, height: 700 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    await page.goto(server.publish(`search-${String(opened++)}`, { policy: webviewPolicy, html }));
    return { page, faults };
  }
  async function render(output: RunOutput, theme: ThemeName = 'light', hasMessaging = true) {
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors?.slice(0, 3)));
    const mime = 'application/vnd.aiwb.run+json';
    const found = await newPage(outputFrameHtml({ mime, items: [output], theme, hasMessaging }));
    await found.page.locator('aiwb-run-output-v1').waitFor();
    await settle(found.page);
    return found;
  }
  const rowsOf = async (page: Page): Promise<string[]> => {
    const rows = await page.locator('aiwb-search-table tbody tr').allInnerTexts();
    return rows.map(row => row.replace(/\s+/g, ' ').trim());
  };
  const posted = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);

  it('shows all its trials in a cell, live, each row leading to its run', async () => {
    const { page, faults } = await render(
      outputOf({ ...searchOf('running'), trials: searchOf('running').trials.slice() }),
    );
    const rows = await rowsOf(page);
    assert.equal(rows.length, reports.length);
    assert.match(rows[1] ?? '', /Finished .*best: 0\.81/);
    assert.match(rows[2] ?? '', /Running Training: core performance 3 of 12 24 0\.6123 –/);
    assert.match(rows[3] ?? '', /Not begun/);
    const text = await deepText(page.locator('aiwb-run-output-v1'));
    assert.match(text, /2 of 6 trials ended\. The best is by .* on the validation rows/);
    const next = searchOf('succeeded');
    await page.evaluate(
      search => (globalThis as unknown as { send(message: unknown): void }).send({ type: 'search', search }),
      next,
    );
    await settle(page);
    assert.match((await rowsOf(page))[5] ?? '', /Finished .*best: 0\.85/);
    assert.match(await deepText(page.locator('aiwb-run-output-v1')), /Registered as triage, version 4/);
    await page.getByRole('button', { name: 'Open the run of trial 3' }).click();
    await page.getByRole('button', { name: 'Compare Trials' }).click();
    const messages = await posted(page);
    for (const message of messages) assert.ok(validateRendererToHost(message));
    assert.deepEqual(messages.slice(-2), [
      { type: 'open', runId: next.trials[2]?.runId },
      { type: 'compare', runIds: next.trials.map(({ runId }) => runId) },
    ]);
    assert.deepEqual(faults, []);
  });

  it('is cancelled in its cell by the trial under way', async () => {
    const search = searchOf('running');
    const { page } = await render(outputOf(search));
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual((await posted(page)).at(-1), { type: 'cancel', runId: search.trials[2]?.runId });
  });

  for (const theme of ['light', 'dark', 'hc-dark'] as const) {
    it(`is complete where nobody answers, in ${theme}: all trials, and the best one’s report`, async () => {
      const { page, faults } = await render(outputOf(searchOf('succeeded')), theme, false);
      assert.equal((await rowsOf(page)).length, reports.length);
      assert.match(await deepText(page.locator('aiwb-run-output-v1')), /Best checkpoint/);
      assert.equal(await page.locator('aiwb-search-table button').count(), 0);
      await takePicture(page, `notebook-search-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('stands on the page of each of its trials, with what can be done with it as a whole', async () => {
    const search = searchOf('cancelled');
    assert.ok(validateSearchReport(search));
    const comparison = { reports: [first], differences: [] };
    const messages = [
      { type: 'search', search },
      { type: 'tuning', comparison },
    ];
    const { page, faults } = await newPage(fakePageHtml({ bundle: 'tuning', theme: 'light', messages }));
    await page.locator('aiwb-search-table').waitFor();
    await settle(page);
    assert.match((await rowsOf(page))[2] ?? '', /Cancelled/);
    await page.getByRole('button', { name: 'Open the run of trial 2' }).click();
    await page.getByRole('button', { name: 'Resume Search' }).click();
    const sent = (await posted(page)).slice(-2);
    for (const message of sent) assert.ok(validateTuningPageToHost(message));
    assert.deepEqual(sent, [
      { type: 'command', command: 'openRun', runId: search.trials[1]?.runId },
      { type: 'command', command: 'resume', runId: search.trials[2]?.runId },
    ]);
    await takePicture(page, 'tuning-search-stopped');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`says that it was lost between two trials, and goes on from its page and its cell, in ${theme}`, async () => {
      const search = searchOf('lost');
      const gone = /Lost[^]*The process that ran the search is gone: trial 3 was never begun\./;
      const messages = [
        { type: 'search', search },
        { type: 'tuning', comparison: { reports: [first], differences: [] } },
      ];
      const { page } = await newPage(fakePageHtml({ bundle: 'tuning', theme, messages }));
      await page.locator('aiwb-search-table').waitFor();
      await settle(page);
      assert.match(await deepText(page.locator('aiwb-tuning-page')), gone);
      await page.getByRole('button', { name: 'Resume Search' }).click();
      const sent = (await posted(page)).at(-1);
      assert.ok(validateTuningPageToHost(sent));
      assert.deepEqual(sent, { type: 'command', command: 'resume', runId: search.run.id });
      await takePicture(page, `tuning-search-lost-${theme}`);
      assert.deepEqual(await auditPage(page), []);

      const cell = (await render(outputOf(search), theme)).page;
      assert.match(await deepText(cell.locator('aiwb-run-output-v1')), gone);
      await cell.getByRole('button', { name: 'Resume Search' }).click();
      const asked = (await posted(cell)).at(-1);
      assert.ok(validateRendererToHost(asked));
      assert.deepEqual(asked, { type: 'resume', runId: search.run.id });
      await takePicture(cell, `notebook-search-lost-${theme}`);
      assert.deepEqual(await auditPage(cell), []);
      const live: SearchReport = { ...search, run: { ...search.run, state: 'running', resumable: false } };
      await cell.evaluate(
        told => (globalThis as unknown as { send(message: unknown): void }).send({ type: 'search', search: told }),
        live,
      );
      await settle(cell);
      assert.equal(await cell.getByRole('button', { name: 'Resume Search' }).count(), 0);
    });
  }
});
