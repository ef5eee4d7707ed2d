import path from 'node:path';
import type { ExitCode } from '../../engine/base/errors.ts';
import { loadNotebook } from '../../engine/notebooks/ipynb.ts';
import { namedResults } from '../../engine/notebooks/results.ts';
import { showLine } from '../../engine/reports/shown-text.ts';
import { createHost } from '../composition.ts';
import type { GlobalOptions } from '../options.ts';
import { layTable, printJson, printNote, printResult } from '../output.ts';

/** Prints what the cells of a notebook call their results. Needs no store. */
export async function listResults(file: string, options: GlobalOptions): Promise<ExitCode> {
  const { files } = createHost();
  const results = namedResults(await loadNotebook(path.resolve(file), files, new AbortController().signal));
  if (options.json === true) {
    printJson({ results: results.map(({ cell, ...result }) => ({ ...result, cell: cell + 1 })) });
    return 0;
  }
  if (results.length === 0) {
    printNote('No cell of this notebook names its result. Name one with `as: NAME` in the cell, and run it.');
    return 0;
  }
  const header = ['Name', 'Kind', 'State', 'n', 'Figure', 'Cell'].map((text, at) =>
    at === 3 || at === 5 ? { text, align: 'right' as const } : { text },
  );
  const rows = results.map(({ name, kind, state, n, headline, cell }) => [
    { text: showLine(name, 60) },
    { text: kind },
    { text: state },
    { text: n === undefined ? '–' : String(n), align: 'right' as const },
    { text: headline === undefined ? '–' : showLine(headline, 100) },
    { text: String(cell + 1), align: 'right' as const },
  ]);
  printResult(layTable(header, rows, ['Name']));
  return 0;
}
