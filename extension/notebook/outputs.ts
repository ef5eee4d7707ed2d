import * as vscode from 'vscode';
import type { Assessed, AssessmentOutput, Failure, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailureInPlace } from '../base/failure.ts';
import { describeRunAsMarkdown } from './markdown.ts';
import { createRunOutput, readRunMark, runMime, type RunMark, type RunReport } from './run-output.ts';

const assessmentMime = 'application/vnd.aiwb.assessment+json';

/** What an ended run leaves in its cell. */
export interface RunResult {
  readonly report: RunReport;
  readonly markdown: string;
}

/** The one output of a run's cell: our reference and report, with Markdown beside it for any other viewer. */
export function runOutput(run: RunSummary, result?: RunResult): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(createRunOutput(run, result?.report), runMime),
    vscode.NotebookCellOutputItem.text(result?.markdown ?? describeRunAsMarkdown(run), 'text/markdown'),
  ]);
}

/** The one output of a policy's cell: the scorecard, with Markdown beside it for any other viewer. */
export function assessmentOutput({ view, written }: Assessed, markdown: string): vscode.NotebookCellOutput {
  const output: AssessmentOutput = { version: 1, view, ...(written === undefined ? {} : { written }) };
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(output, assessmentMime),
    vscode.NotebookCellOutputItem.text(markdown, 'text/markdown'),
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
