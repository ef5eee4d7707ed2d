import * as vscode from 'vscode';
import type { Failure, MimeBundle } from '../../schemas/generated/messages.ts';
import { describeFailureInPlace } from '../base/failure.ts';
import { readRunMark, runMime, type RunMark } from './run-mark.ts';

/** The one output of a cell, as the engine made it. */
export function cellOutput(bundle: MimeBundle): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput(
    Object.entries(bundle).map(([mime, content]) =>
      typeof content === 'string'
        ? vscode.NotebookCellOutputItem.text(content, mime)
        : vscode.NotebookCellOutputItem.json(content, mime),
    ),
  );
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
