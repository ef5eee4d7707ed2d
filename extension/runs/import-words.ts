import type { ImportedRuns, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';

/** What came of bringing files in, in one sentence a part: new runs, known ones, and how many files failed. */
export function describeImport({ runs, known, failures }: ImportedRuns): string {
  const parts: string[] = [];
  if (runs.length === 1) parts.push(t('Imported {0}.', runs[0]?.name ?? ''));
  if (runs.length > 1) parts.push(t('Imported {0} runs.', runs.length));
  if (known.length === 1) parts.push(t('{0} was known already.', known[0]?.name ?? ''));
  if (known.length > 1) parts.push(t('{0} runs were known already.', known.length));
  if (failures.length === 1) parts.push(t('1 file was not imported.'));
  if (failures.length > 1) parts.push(t('{0} files were not imported.', failures.length));
  return parts.join(' ');
}

/** Why files did not come in and what to do about each, as Markdown. */
export function describeImportFailures({ failures }: Pick<ImportedRuns, 'failures'>): string {
  const entries = failures.map(({ path, failure }) => `## \`${path}\`\n\n${describeFailure(failure)}`);
  return [`# ${t('Files that were not imported')}`, ...entries, ''].join('\n\n');
}

/** Paths of the files in a dropped `text/uri-list`; anything that is no file is left out. */
export function filesOfUriList(list: string): string[] {
  return list
    .split(/\r?\n/)
    .filter(line => line.startsWith('file:'))
    .slice(0, 1000);
}

/** `imported from results_….json`; undefined for a run of our own. */
export function importedFrom({ origin, file }: Pick<RunSummary, 'origin' | 'file'>): string | undefined {
  if (origin !== 'import') return undefined;
  return t('imported from {0}', file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1));
}
