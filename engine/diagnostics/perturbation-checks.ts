import type { Benchmark } from '../../schemas/generated/files.ts';
import { formatOfPath } from '../datasets/formats.ts';
import { listDisturbances } from '../datasets/perturb/names.ts';
import { hasColumn } from './dataset-checks.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** Whether a benchmark's perturbations fit its dataset, and the files they name are there. `columns` are the dataset's, as far as known. */
export async function checkPerturbations(
  { dataset, perturbations = [] }: Benchmark,
  columns: readonly string[] | undefined,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const hasSound = dataset.audio !== undefined || dataset.format === 'wav-folder';
  const seen = new Set<string>();
  for (const [index, perturbation] of perturbations.entries()) {
    const at = ['perturbations', index];
    for (const { name, kind } of listDisturbances([perturbation])) {
      if (seen.has(name)) report('duplicate-item', 'error', at, `The perturbation \`${name}\` is there twice.`);
      seen.add(name);
      if (kind === 'noise' && !hasSound) {
        report(
          'metric-unsuitable',
          'error',
          at,
          'Noise is mixed into sound, and `dataset.audio` names no column of sounds.',
        );
        break;
      }
      if (kind !== 'noise' && dataset.input === undefined) {
        report(
          'metric-unsuitable',
          'error',
          at,
          `\`${name}\` changes a text, and \`dataset.input\` names no column of texts.`,
        );
      }
    }
    if (typeof perturbation === 'string' || perturbation.paraphrases === undefined) continue;
    const { path, key, column } = perturbation.paraphrases;
    const place = [...at, 'paraphrases'];
    const facts = await view.fileFacts(path, signal);
    signal.throwIfAborted();
    if (facts?.kind !== 'file') {
      report(
        'missing-file',
        'error',
        [...place, 'path'],
        `There is no file \`${path}\` (looked up from this file's folder).`,
      );
      continue;
    }
    const own = await view.datasetColumns(path, formatOfPath(path), signal);
    signal.throwIfAborted();
    checkColumn(column, own, path, [...place, 'column'], report);
    if (key === undefined) continue;
    checkColumn(key, own, path, [...place, 'key'], report);
    checkColumn(key, columns, dataset.path, [...place, 'key'], report);
  }
}

function checkColumn(
  column: string,
  columns: readonly string[] | undefined,
  path: string,
  at: DocumentPath,
  report: ReportFinding,
): void {
  if (columns === undefined || hasColumn(columns, column)) return;
  const suggestion = suggestWord(column, columns);
  const message = `\`${path}\` has no column \`${column}\`.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
  report('unknown-column', 'error', at, message, { replacement: suggestion });
}
