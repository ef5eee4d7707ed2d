import type { AspectResult, TuningReport } from '../../schemas/generated/messages.ts';
import type { Files } from '../ports/files.ts';
import type { RunSpec } from '../ports/run-spec.ts';

/**
 * The report with its base's folder, its datasets and their cards named from the workspace folder: a job names them from its own folder, and whoever
 * reads a version's lineage does not have the job.
 */
export function nameFromWorkspace(
  report: TuningReport,
  spec: Pick<RunSpec, 'path' | 'folder'>,
  files: Pick<Files, 'resolve' | 'relative' | 'parent'>,
): TuningReport {
  const name = (path: string): string => files.relative(spec.folder, files.resolve(files.parent(spec.path), path));
  const folder = /^folder:(.*)$/s.exec(report.base)?.[1];
  return {
    ...report,
    ...(folder === undefined ? {} : { base: `folder:${name(folder)}` }),
    aspects: report.aspects.map(({ card, datasets, ...aspect }): AspectResult => ({
      ...aspect,
      dataset: name(aspect.dataset),
      ...(datasets === undefined ? {} : { datasets: datasets.map(name) }),
      ...(card === undefined ? {} : { card: { ...card, path: name(card.path) } }),
    })),
  };
}
