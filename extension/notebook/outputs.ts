import * as vscode from 'vscode';
import type { Failure, MimeBundle } from '../../schemas/generated/messages.ts';
import { describeFailureInPlace } from '../base/failure.ts';
import { hasFacts, readOutputFacts, type OutputFacts } from './output-facts.ts';

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

/** A report can be long, and outputs are asked about often: each is read once. */
const read = new WeakMap<vscode.NotebookCellOutputItem, { readonly facts: OutputFacts | undefined }>();

/** What the cell's output says of itself; absent where it has none of ours. */
export function factsOf(cell: vscode.NotebookCell): OutputFacts | undefined {
  for (const item of cell.outputs.flatMap(output => output.items)) {
    if (!hasFacts(item.mime)) continue;
    const known = read.get(item) ?? { facts: readOutputFacts(item.mime, item.data) };
    read.set(item, known);
    if (known.facts !== undefined) return known.facts;
  }
  return undefined;
}

/** The same of a cell that shows a run. */
export function runFactsOf(cell: vscode.NotebookCell): OutputFacts | undefined {
  const facts = factsOf(cell);
  return facts === undefined || facts.kind === 'assessment' || facts.kind === 'comparison' ? undefined : facts;
}

/** How many outputs are read before the extension host is let do something else. */
const turn = 8;

/** The cells of a notebook with what their outputs say; long outputs are read in turns, so that nothing else waits for them. */
export async function readNotebook(
  notebook: vscode.NotebookDocument,
): Promise<readonly { readonly cell: vscode.NotebookCell; readonly facts: OutputFacts }[]> {
  const found = [];
  let count = 0;
  for (const cell of notebook.getCells()) {
    if (cell.outputs.length > 0 && ++count % turn === 0) await new Promise(resolve => setImmediate(resolve));
    const facts = factsOf(cell);
    if (facts !== undefined) found.push({ cell, facts });
  }
  return found;
}
