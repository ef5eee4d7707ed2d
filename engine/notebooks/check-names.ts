import type { Diagnostic } from '../documents/diagnostic.ts';
import { collectFindings } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { findReferences } from './result-names.ts';

/** The names that the other cells of a notebook give their results. */
export interface OtherNames {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Whether the names of results in a cell fit those of the notebook's other cells. `isRun` tells ids of runs, and their beginnings. */
export async function checkResultNames(
  cell: ParsedDocument,
  { before, after }: OtherNames,
  isRun: (name: string, signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const { report, sorted } = collectFindings(cell);
  const own = cell.cell?.as;
  if (own !== undefined && before.includes(own))
    report(
      'duplicate-result',
      'warning',
      ['as'],
      `An earlier cell calls its result \`${own}\` as well: the name means the newer of the two.`,
    );
  // What a cell that ran before called itself, it may name when it runs again.
  const known = own === undefined ? before : [...before, own];
  for (const { name, path, text, isCheckpoint } of findReferences(cell.kind, cell.draft)) {
    if (known.includes(name)) continue;
    if (after.includes(name)) {
      report(
        'later-result',
        'warning',
        path,
        `Only a later cell calls its result \`${name}\`: run in their order, this cell does not know it yet.`,
      );
      continue;
    }
    if (isCheckpoint || (await isRun(name, signal))) continue;
    signal.throwIfAborted();
    const suggestion = suggestWord(name, known);
    const names = known.length === 0 ? 'No cell names its result yet, with `as`.' : `They name ${listWords(known)}.`;
    const message = `No earlier cell calls its result \`${name}\`, and no run has this id.${askDidYouMean(suggestion)} ${names}`;
    report('unknown-result', 'warning', path, message, {
      replacement: suggestion && text.replace(name, () => suggestion),
    });
  }
  return sorted();
}
