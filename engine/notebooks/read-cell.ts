import { classifyCell } from '../../schemas/cells.ts';
import type { CellSource, NamedResult, PolicySource, RunKind } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { diagnoseForRun } from '../diagnostics/diagnose.ts';
import { hasErrors } from '../documents/diagnostic.ts';
import { invalidFileError } from '../documents/failure.ts';
import type { DocumentKind } from '../documents/kinds.ts';
import { parseDocument, type ParsedDocument } from '../documents/parse.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import type { RunRequest } from '../runs/start.ts';
import { invalidCellError, stopAt } from './cell-errors.ts';
import { writeContent } from './cell-text.ts';
import { readComparison, type ComparedResults } from './compare-cell.ts';
import { composeCell, kindOfUse, type ComposedCell } from './compose-cell.ts';
import { heldKinds } from './held-kinds.ts';
import { placeFinding } from './place-finding.ts';
import { createNameResolver } from './resolve-names.ts';
import { kindOfUsed, readUsed } from './used-file.ts';

/** What a cell asks for. */
export type CellJob =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'run';
      readonly as: string | undefined;
      /** The text of a file of its kind, with nothing left in it that only cells have. */
      readonly request: Pick<RunRequest, 'path' | 'cell'> & { readonly text: string; readonly kind: RunKind };
    }
  | {
      readonly kind: 'assessment';
      readonly as: string | undefined;
      readonly policy: PolicySource & { readonly text: string };
    }
  | {
      readonly kind: 'comparison';
      readonly as: string | undefined;
      readonly compared: ComparedResults;
    };

/** What reading a cell needs of the outside. */
export interface CellPorts {
  readonly files: Files;
  readonly store: Pick<Store, 'getRun'>;
}

const runKinds: Readonly<Partial<Record<DocumentKind, RunKind>>> = {
  bench: 'benchmark',
  tune: 'tune',
  trial: 'prompt',
};

/**
 * Reads what a notebook cell asks for. Throws `usage` where it is none of ours, and `file-invalid` with the place in the cell, or in the file
 * that the cell uses.
 * @param results the notebook's named results
 */
export async function readCell(
  source: CellSource,
  results: readonly NamedResult[],
  ports: CellPorts,
  signal: AbortSignal,
): Promise<CellJob> {
  const { notebook } = source;
  const cell = parseCell(source);
  if (cell === undefined) return { kind: 'empty' };
  const as = cell.cell?.as;
  const resolver = createNameResolver(cell, notebook, results, ports.store);
  if (cell.kind === 'comparison') {
    const compared = await readComparison(cell as ParsedDocument<'comparison'>, resolver, signal);
    return { kind: 'comparison', as, compared };
  }
  const texts = await resolver.replace(signal);
  const place = source.cell === undefined ? {} : { cell: source.cell };
  const { path, text } =
    cell.cell?.use === undefined
      ? { path: notebook, text: writeContent(cell, texts, 'kept') }
      : await readComposed(cell, notebook, texts, ports.files, signal);
  const kind = runKinds[cell.kind];
  if (kind !== undefined) return { kind: 'run', as, request: { path, text, kind, ...place } };
  if (parseDocument('policy', text).value?.assess === undefined) throw namesNoVersion();
  return { kind: 'assessment', as, policy: { path, text, ...place } };
}

/** A cell as it is written, without errors of its own; absent for one with nothing in it. */
export function parseCell({ notebook, language, text }: CellSource): ParsedDocument | undefined {
  const kind = classifyCell(language, text);
  if (kind === 'empty') return undefined;
  if (kind === 'other') throw isNotOurs();
  const parsed: ParsedDocument = parseDocument(heldKinds[kind], text, 'cell');
  // Cells are told apart by their first column; `use` may stand elsewhere.
  const used = kindOfUsed(parsed.cell?.use ?? '');
  const own = used === undefined ? parsed.kind : kindOfUse(used);
  const cell: ParsedDocument = own === parsed.kind ? parsed : parseDocument(own, text, 'cell');
  if (hasErrors(cell.diagnostics)) throw invalidFileError(notebook, cell.diagnostics);
  return cell;
}

/** The cell laid over the file it uses. Throws with the cause's place: a run of it would know only places of the text it is given. */
async function readComposed(
  cell: ParsedDocument,
  notebook: string,
  texts: Parameters<typeof composeCell>[3],
  files: Files,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly text: string }> {
  const composed = await composeUsed(cell, notebook, texts, files, signal);
  const { used, parsed } = composed;
  const found = await diagnoseForRun(parsed, used.path, files, signal);
  if (hasErrors(found))
    throw invalidCellError(
      notebook,
      used.path,
      found.map(finding => placeFinding(finding, composed)),
    );
  return { path: used.path, text: parsed.text };
}

/** The cell laid over the file it uses, valid or not. Throws where there is no such file. */
export async function composeUsed(
  cell: ParsedDocument,
  notebook: string,
  texts: Parameters<typeof composeCell>[3],
  files: Files,
  signal: AbortSignal,
): Promise<ComposedCell> {
  const folder = files.parent(notebook);
  const found = await readUsed(cell, folder, files, signal);
  if ('finding' in found) throw stopAt(notebook, found.finding);
  return composeCell(cell, found.used, folder, texts, files, signal);
}

function isNotOurs(): WorkbenchError {
  return new WorkbenchError('usage', 'This cell is no benchmark, no tuning job, no prompt and no policy.', {
    remedy:
      'A benchmark has the keys name, dataset and models, a tuning job name, base and aspects, a policy id, version and level, a prompt messages; or the cell uses a file, as in `use: triage.bench.yaml`. Notes belong in a Markdown cell.',
  });
}

function namesNoVersion(): WorkbenchError {
  return new WorkbenchError('usage', 'This policy does not say which model version it assesses.', {
    remedy: 'Add it at the end of the cell, such as:\n\nassess: {model: ticket-triage@candidate}',
  });
}
