import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import * as vscode from 'vscode';
import { unpackOutput } from '../../../schemas/packed-output.ts';
import { databaseName } from '../../../platform/store/names.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { untilCount, untilShown } from './shown.ts';
import { execute, processesOf, runOf, untilState, useOurKernel } from './slow-models.ts';
import { eventually, workspaceUri } from './workspace.ts';

const runMime = 'application/vnd.aiwb.run+json';
const assessmentMime = 'application/vnd.aiwb.assessment+json';

interface CellResult {
  readonly success: boolean | undefined;
  readonly items: readonly { mime: string; text: string }[];
}

/** Runs cells one after the other on our kernel, in a new notebook that lies in the workspace folder. */
async function runCells(...cells: [language: string, text: string][]): Promise<CellResult[]> {
  const data = new vscode.NotebookData(
    cells.map(([language, text]) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, language)),
  );
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
  const editor = await vscode.window.showNotebookDocument(notebook);
  await vscode.commands.executeCommand('notebook.selectKernel', {
    editor,
    id: 'ai-workbench',
    extension: 'ai-workbench.ai-workbench',
  });
  await vscode.commands.executeCommand('notebook.cell.execute', {
    ranges: [{ start: 0, end: notebook.cellCount }],
    document: notebook.uri,
  });
  const all = notebook.getCells();
  await eventually(() => (all.every(cell => cell.executionSummary?.success !== undefined) ? true : undefined), 120_000);
  return all.map(({ executionSummary, outputs }) => ({
    success: executionSummary?.success,
    items: outputs.flatMap(({ items }) =>
      items.map(({ mime, data: bytes }) => ({ mime, text: new TextDecoder().decode(bytes) })),
    ),
  }));
}

const tuningJob = `name: cell-tuned
base: embedded:linear
aspects:
  core-performance:
    dataset:
      path: data/tickets.jsonl
      input: text
      target: category
      split: {field: split, train: train, test: test, validation: 0.1}
hyperparameters: {epochs: 4}
evaluation: {metrics: [accuracy]}
register: {model: cell-model, alias: candidate}
`;

const policy = (assess: string): string => `id: team.cell
version: 1.0.0
level: team
${assess}controls:
  - id: DATA-01
    title: It came out of a recorded run
    severity: high
    checks:
      - {id: DATA-01.run, type: lineage, require: [training-run]}
`;

describe('cells of tuning jobs and policies', function () {
  this.timeout(240_000);

  before(function () {
    skipUndriven(this);
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('train, register and assess, and keep what came of it', async () => {
    const results = await runCells(
      ['aiwb-tune', tuningJob],
      ['yaml', policy('assess: {model: cell-model@candidate}\n')],
    );
    const [tuned, assessed] = results;
    assert.ok(tuned && assessed);
    assert.equal(tuned.success, true, tuned.items.map(({ text }) => text).join('\n'));
    const run = unpackOutput(JSON.parse(tuned.items.find(({ mime }) => mime === runMime)?.text ?? '')) as {
      kind: string;
      tuning: { epochs: unknown[] };
    };
    assert.equal(run.kind, 'tune');
    assert.ok(run.tuning.epochs.length >= 4);
    assert.match(tuned.items.find(({ mime }) => mime === 'text/markdown')?.text ?? '', /cell-tuned/);

    assert.equal(assessed.success, true, assessed.items.map(({ text }) => text).join('\n'));
    const { view } = unpackOutput(
      JSON.parse(assessed.items.find(({ mime }) => mime === assessmentMime)?.text ?? ''),
    ) as {
      view: { verification: { state: string }; scorecard: { record: { gate: { outcome: string } } } };
    };
    assert.equal(view.verification.state, 'verified');
    assert.equal(view.scorecard.record.gate.outcome, 'passed');
    assert.match(assessed.items.find(({ mime }) => mime === 'text/markdown')?.text ?? '', /cell-model/);
    await driver.screenshot('tuning-and-policy-cells');
  });

  it('show a search as one thing, with its best trial', async () => {
    const search = tuningJob
      .replace('cell-tuned', 'cell-search')
      .replace('cell-model', 'searched')
      .replace('{epochs: 4}', '{}\nsearch: {parameters: {epochs: [1, 6]}}');
    const [result] = await runCells(['aiwb-tune', search]);
    assert.equal(result?.success, true, result?.items.map(({ text }) => text).join('\n'));
    const output = unpackOutput(JSON.parse(result.items.find(({ mime }) => mime === runMime)?.text ?? '')) as {
      search: { trials: { state: string }[] };
    };
    assert.deepEqual(
      output.search.trials.map(({ state }) => state),
      ['succeeded', 'succeeded'],
    );
    await pageText({ contains: 'cell-search' }, text => /Compare Trials/i.test(text) && /best/i.test(text));
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`tuning-search-${theme}`);
    }
  });

  it('say that a search was lost between two trials, and go on with it', async () => {
    const text = tuningJob
      .replace('cell-tuned', 'cell-lost')
      .replace('cell-model', 'found')
      .replace('{epochs: 4}', '{}\nsearch: {parameters: {epochs: [1, 6, 3]}}');
    const store = new DatabaseSync(workspaceUri(`.aiwb/${databaseName}`).fsPath, { timeout: 10_000 });
    try {
      // The process at it dies as it would begin the third trial.
      const count = "(SELECT count(*) FROM runs WHERE name = 'cell-lost') >= 2";
      store.exec(
        `CREATE TRIGGER dies BEFORE INSERT ON runs WHEN NEW.name = 'cell-lost' AND ${count} BEGIN SELECT RAISE(ABORT, 'killed'); END`,
      );
      const data = new vscode.NotebookData([
        new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'aiwb-tune'),
      ]);
      const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
      await useOurKernel(notebook);
      const cell = notebook.cellAt(0);
      await execute(notebook);
      const runId = runOf(cell)?.runId ?? '';
      const ended = store.prepare("SELECT count(*) AS runs FROM runs WHERE name = 'cell-lost' AND state = 'succeeded'");
      await eventually(() => (ended.get()?.['runs'] === 2 ? true : undefined), 60_000);
      await eventually(() => (processesOf(`run-worker ${runId}`).length === 0 ? true : undefined));
      // As if the minute had passed in which a next trial may begin.
      store.exec(
        "DROP TRIGGER dies; UPDATE runs SET started_at = started_at - 120000, ended_at = ended_at - 120000 WHERE name = 'cell-lost'",
      );
      await untilState(cell, 'lost');
      await eventually(() => (cell.executionSummary?.success === false ? true : undefined));
      await vscode.commands.executeCommand('aiwb.runs.focus');
      const row = '.sidebar [role=treeitem][aria-label*="search lost after 2 of 3 trials"]';
      // At the latest when it is looked again whether its process lives.
      await untilShown(row);
      for (const theme of ['light', 'dark'] as const) {
        await setTheme(theme);
        await driver.screenshot(`tuning-search-lost-${theme}`);
      }
      await driver.clickInWebview('button:has-text("Resume Search")', { contains: 'cell-lost' });
      assert.equal((await untilState(cell, 'succeeded')).runId, runId);
      await eventually(() => (cell.executionSummary?.success === true ? true : undefined));
      await untilCount(row, count => count === 0);
    } finally {
      store.exec('DROP TRIGGER IF EXISTS dies');
      store.close();
      await setTheme('dark');
    }
  });

  it('say what a policy must add to be assessed', async () => {
    const [result] = await runCells(['aiwb-policy', policy('')]);
    assert.equal(result?.success, false);
    assert.match(result.items.map(({ text }) => text).join('\n'), /assess: \{model: ticket-triage@candidate\}/);
  });

  it('say what no kind of cell is', async () => {
    const [result] = await runCells(['yaml', 'name: x\nbase: y\n']);
    assert.equal(result?.success, false);
    assert.match(
      result.items.map(({ text }) => text).join('\n'),
      /no benchmark, no tuning job, no prompt and no policy/,
    );
  });

  it('estimate a tuning job without starting it', async () => {
    await vscode.commands.executeCommand('aiwb.dryRun', workspaceUri('ticket-triage.tune.yaml'));
    const tab = await eventually(() =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => /dry run/i.test(label)),
    );
    assert.ok(tab);
  });
});
