import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { ExportedRun, RunSummary, SampleRow } from '../../../schemas/generated/messages.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText as shownText, requireAccessible } from './pages.ts';
import { eventually, workspaceUri } from './workspace.ts';

const editor = 'aiwb.run';
const uri = (name = 'sent.run.json'): vscode.Uri => workspaceUri(name);

async function write(text: string, name?: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri(name), Buffer.from(text));
}

/** Text of the page in the editor, once it shows `expected`. */
const pageText = shownText.bind(undefined, { extensionId: 'ai-workbench.ai-workbench' });

/** A run file with this many samples of two models, written by hand. */
function made(count: number, change: Partial<ExportedRun> = {}): string {
  const row = (id: number): SampleRow => ({
    id,
    variant: id % 2,
    row: id >> 1,
    repeat: 0,
    state: 'answered',
    input: `<script>alert(${String(id)})</script> row ${String(id)}`,
    target: 'billing',
    output: id % 5 === 0 ? 'access\u202e' : 'billing',
    right: id % 5 !== 0,
    scores: { 'exact-match': id % 5 === 0 ? 0 : 1 },
    slices: {},
  });
  const header = { ...base(), samples: { held: count, total: count }, ...change };
  const lines = Object.entries(header).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const rows = Array.from({ length: count }, (_, index) => JSON.stringify({ run: 0, sample: row(index + 1) }));
  return `{\n${lines.join(',\n')},\n"rows":[\n${rows.join(',\n')}\n]\n}\n`;
}

function base(): ExportedRun {
  const run = {
    id: '20260101-000000-other',
    name: 'from-another-machine',
    kind: 'benchmark',
    file: 'far.bench.yaml',
    state: 'succeeded',
    origin: 'terminal',
    createdAt: Date.UTC(2026, 0, 1),
    startedAt: Date.UTC(2026, 0, 1),
    endedAt: Date.UTC(2026, 0, 1, 0, 1),
    archived: false,
    progress: { total: 10, done: 10, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines: [],
  } satisfies RunSummary;
  const metric = {
    metric: 'exact-match',
    label: 'Exact match',
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
  } as const;
  const variants = ['small', 'large'].map((model, variant) => ({
    variant,
    runId: run.id,
    model,
    samples: 5,
    failed: 0,
    metrics: [{ ...metric, value: 0.8, n: 5, low: 0.7, high: 0.9, confidence: 0.95, method: 'Wilson score' }],
    slices: [],
  }));
  return {
    format: 'aiwb-run',
    schemaVersion: 1,
    workbench: '0.1.0',
    exportedAt: Date.UTC(2026, 0, 2),
    samples: { held: 0, total: 10 },
    report: {
      title: 'from-another-machine',
      createdAt: run.createdAt,
      runs: [run],
      confidence: 0.95,
      variants,
      comparisons: [],
      gates: [],
      failures: [],
      notes: [],
    },
  };
}

describe('an exported run', function () {
  this.timeout(240_000);

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const [name] of await vscode.workspace.fs.readDirectory(workspaceUri('')))
      if (name.endsWith('.run.json')) await vscode.workspace.fs.delete(uri(name));
  });

  it('opens as the run’s own page, with its samples, in every theme and narrow', async function () {
    skipUndriven(this);
    const id = await vscode.commands.executeCommand<string>('aiwb.runBenchmark', workspaceUri('triage.bench.yaml'));
    await pageText(/Finished/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await exportTo(id, uri().fsPath);
    const file = JSON.parse(readFileSync(uri().fsPath, 'utf8')) as ExportedRun;
    assert.equal(file.rows?.length, file.samples.total);
    await vscode.commands.executeCommand('vscode.open', uri());
    const text = await pageText(/exported .*by AI Workbench.*Rows models disagree on/s);
    assert.match(text, /ticket-triage/);
    assert.ok(!/Cancel|Compare…/.test(text.slice(0, 600)), text.slice(0, 600));
    await eventually(see => {
      const input = see(vscode.window.tabGroups.activeTabGroup.activeTab?.input);
      return (input instanceof vscode.TabInputCustom && input.viewType === editor) || undefined;
    });
    for (const theme of ['light', 'hc-dark', 'hc-light', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`exported-run-${theme}`);
    }
    await driver.resize(620, 760);
    await driver.screenshot('exported-run-narrow');
    await driver.resize(1280, 800);
    await requireAccessible();
  });

  it('shows what it holds of a run that no store here knows, and reads it again when it changes', async function () {
    skipUndriven(this);
    await write(made(10));
    await vscode.commands.executeCommand('vscode.open', uri());
    const text = await pageText(/from-another-machine.*row 10\b/s);
    assert.match(text, /<script>alert/);
    assert.match(text, /⟪U\+202E⟫/);
    await write(made(0, { samples: { held: 0, total: 10 } }));
    await pageText(/holds the figures, and none of the 10 samples/);
    await driver.screenshot('exported-run-figures-only');
    await write(made(4, { samples: { held: 4, total: 10 } }));
    await pageText(/holds 4 of 10 samples, wrong and failed ones first/);
  });

  it('that is none, newer, damaged or cut off says why, and opens as text and back', async function () {
    skipUndriven(this);
    const cases: [text: string, words: RegExp][] = [
      ['{"name": "package"}', /is no exported run.*as text/s],
      [made(0, { schemaVersion: 7 as 1 }), /newer AI Workbench.*Update/s],
      [made(3).replace('"repeat":0', '"repeat":"no"'), /damaged: a sample in line 9/],
      [made(20).slice(0, -200), /is cut off: \d+ of its 20 samples/],
    ];
    for (const [text, words] of cases) {
      await write(text);
      await vscode.commands.executeCommand('vscode.open', uri());
      await pageText(words);
    }
    await driver.screenshot('exported-run-cut');
    await vscode.commands.executeCommand('aiwb.openExportedRunSource');
    await eventually(see => see(vscode.window.activeTextEditor?.document.uri.path) === uri().path || undefined);
    await vscode.commands.executeCommand('aiwb.openExportedRunPage');
    await pageText(/is cut off/);
  });

  it('opens with a hundred thousand samples', async function () {
    skipUndriven(this);
    await write(made(100_000));
    await vscode.commands.executeCommand('vscode.open', uri());
    await pageText(/100,000/);
    const text = await pageText(/row 1\b/);
    assert.ok(!/is large|is cut off/.test(text));
    await driver.screenshot('exported-run-large');
  });

  it('can be brought into the store', async function () {
    skipUndriven(this);
    await write(made(10));
    const ids = await vscode.commands.executeCommand<string[]>('aiwb.importResults', uri());
    assert.equal(ids.length, 1);
    await vscode.commands.executeCommand('aiwb.openRun', ids[0]);
    await pageText(/from-another-machine.*Imported from AI Workbench/s);
  });
});

/** Writes a run file as the export command does, past its dialogs. */
async function exportTo(id: string, file: string): Promise<void> {
  const { extensionPath } = vscode.extensions.getExtension('ai-workbench.ai-workbench') ?? {};
  const script = path.join(extensionPath ?? '', 'dist', 'aiwb.mjs');
  const values = ['runs', 'export', id, '--to', 'run', '--samples', 'all', '-o', file];
  await promisify(execFile)(process.execPath, [script, ...values], { cwd: workspaceUri('').fsPath });
}
