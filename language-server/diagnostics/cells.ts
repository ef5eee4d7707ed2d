import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import { hasErrors } from '../../engine/documents/diagnostic.ts';
import { parseTrainedName } from '../../engine/registry/trained-name.ts';
import { shortPlace } from '../../engine/documents/findings.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { checkResultNames } from '../../engine/notebooks/check-names.ts';
import { composeCell, type ComposedCell } from '../../engine/notebooks/compose-cell.ts';
import { placeFinding } from '../../engine/notebooks/place-finding.ts';
import { readUsed } from '../../engine/notebooks/used-file.ts';
import type { ServerContext } from '../context.ts';
import { uriOfPath } from '../uris.ts';
import { formOfRunId } from './remembered.ts';

/** What is wrong with a text that lies at a URI, by itself and beside what is around it. */
export type CheckText = (uri: string, parsed: ParsedDocument, signal: AbortSignal) => Promise<readonly Diagnostic[]>;

/** What is wrong with a cell that uses a file: with the two together, told where the cause is written. */
export async function checkUse(
  { workspace }: ServerContext,
  uri: string,
  cell: ParsedDocument,
  check: CheckText,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const folder = workspace.folderOf(uri);
  const use = cell.cell?.use ?? '';
  // To look on other machines would sign in there.
  if (folder === undefined || use === '' || /^[\\/]{2}/.test(use)) return [];
  if (cell.diagnostics.some(({ code }) => code !== 'unknown-field' && code !== 'bad-format')) return [];
  const { files } = workspace;
  const found = await readUsed(cell, folder, files, signal);
  if ('finding' in found) return [found.finding];
  const composed = await composeCell(cell, found.used, folder, [], files, signal);
  const told = await check(uriOfPath(found.used.path), composed.parsed, signal);
  const own = new Set(cell.diagnostics.map(identify));
  return placeAll(told, composed).filter(finding => !own.has(identify(finding)));
}

/** Findings of what is in the file alone are told when it is opened: here only what keeps the cell from running. */
function placeAll(told: readonly Diagnostic[], composed: ComposedCell): readonly Diagnostic[] {
  const placed = told.map(finding => placeFinding(finding, composed));
  const { cell, used } = composed;
  const inFile = placed.filter(one => one.in === 'used').map(({ finding }) => finding);
  const mine = placed.filter(one => one.in === 'cell').map(({ finding }) => finding);
  if (!hasErrors(inFile)) return mine;
  const errors = inFile.filter(({ severity }) => severity === 'error').slice(0, mostTold);
  return [
    ...errors.map(({ code, message, range }): Diagnostic => ({
      code,
      severity: 'error',
      message: `In \`${cell.cell?.use ?? ''}\`, as this cell uses it: ${message}`,
      range: shortPlace(cell, ['use']),
      related: [{ message, range, path: used.path }],
    })),
    ...mine,
  ];
}

const mostTold = 5;

function identify({ code, range: { start } }: Diagnostic): string {
  return `${code} ${String(start.line)}:${String(start.character)}`;
}

/** Whether the results that a cell names are those of its notebook. */
export function checkNames(
  { notebooks, history }: ServerContext,
  uri: string,
  cell: ParsedDocument,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const isRun = async (name: string): Promise<boolean> => {
    if (!/^\d{6}/.test(name)) return false;
    if (!formOfRunId.test(name) || (await history.version(uri, signal)) === undefined) return true;
    return (await history.run(uri, name, signal)) !== undefined;
  };
  return checkResultNames(cell, notebooks.namesAround(uri), isRun, signal);
}

/** Checkpoints that are results of the notebook are no tuning jobs of the workspace. */
export function withoutResults(
  { notebooks }: ServerContext,
  uri: string,
  cell: ParsedDocument,
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (!found.some(({ code }) => code === 'unknown-checkpoint')) return found;
  const { before, after } = notebooks.namesAround(uri);
  const names = new Set([...before, ...after, ...(cell.cell?.as === undefined ? [] : [cell.cell.as])]);
  return found.filter(({ code, range }) => {
    if (code !== 'unknown-checkpoint') return true;
    const text = cell.text.slice(cell.offsetAt(range.start), cell.offsetAt(range.end)).replace(/^["']|["']$/g, '');
    const trained = parseTrainedName(text);
    return trained?.kind !== 'checkpoint' || !names.has(trained.job);
  });
}
