import * as vscode from 'vscode';
import type { Failure, Report, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailureInPlace } from '../base/failure.ts';
import { describeRunAsMarkdown } from './markdown.ts';
import { createRunOutput, readRunMark, runMime, type RunMark } from './run-output.ts';

/** What an ended run leaves in its cell. */
export interface RunResult {
  readonly report: Report;
  readonly markdown: string;
}

/** The one output of a run's cell: our reference and report, with Markdown beside it for any other viewer. */
export function runOutput(run: RunSummary, result?: RunResult): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(createRunOutput(run, result?.report), runMime),
    vscode.NotebookCellOutputItem.text(result?.markdown ?? describeRunAsMarkdown(run), 'text/markdown'),
  ]);
}

/** What is wrong with a cell: what happened and where, then what to do about it. */
export function failureOutput(failure: Failure): vscode.NotebookCellOutput {
  const lines = [describeFailureInPlace(failure), failure.remedy].filter(line => line !== undefined);
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.stderr(lines.join('\n'))]);
}

/** The run a cell's output belongs to, absent when it shows none. */
export function markOf(cell: vscode.NotebookCell): RunMark | undefined {
  for (const output of cell.outputs) {
    const item = output.items.find(candidate => candidate.mime === runMime);
    const mark = item === undefined ? undefined : readRunMark(item.data);
    if (mark !== undefined) return mark;
  }
  return undefined;
}
