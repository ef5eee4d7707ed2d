import type {
  AskRunOutput,
  CellOutput,
  CellText,
  CellToFile,
  FileToCell,
  PlainText,
  StartCell,
  StartedCell,
} from '../../schemas/generated/messages.ts';
import { bundleAssessment, bundleComparison, bundleRun } from '../../engine/notebooks/bundles.ts';
import { readCell } from '../../engine/notebooks/read-cell.ts';
import { writeCellAsFile, writeFileAsCell } from '../../engine/notebooks/save-cell.ts';
import { startAssessment } from './governance-methods.ts';
import { startRun } from './run-methods.ts';
import type { Session } from './session.ts';

/** Executes a cell: a run is started in a process of its own, an assessment or comparison is made at once. */
export async function startCell(
  { source, results }: StartCell,
  session: Session,
  signal: AbortSignal,
): Promise<StartedCell> {
  const { store, host } = session;
  const job = await readCell(source, results, { files: host.files, store }, signal);
  const named = job.kind === 'empty' || job.as === undefined ? {} : { as: job.as };
  switch (job.kind) {
    case 'empty':
      return { kind: 'empty' };
    case 'run': {
      const run = await startRun({ source: job.request, origin: 'notebook' }, session, signal);
      return { kind: 'run', ...named, run, bundle: await bundleRun(run, job.as, store, host.clock, signal) };
    }
    case 'assessment': {
      const assessed = await startAssessment({ policies: [job.policy] }, session, signal);
      return { kind: 'finished', ...named, bundle: bundleAssessment(assessed, job.as) };
    }
    case 'comparison': {
      const bundle = await bundleComparison(job.compared, job.as, store, host.clock, signal);
      return { kind: 'finished', ...named, bundle };
    }
  }
}

/** The output of a run's cell as the run is now. */
export async function describeCellRun(
  { runId, as }: AskRunOutput,
  { store, host }: Session,
  signal: AbortSignal,
): Promise<CellOutput> {
  const { summary } = await store.getRun(runId);
  return { bundle: await bundleRun(summary, as, store, host.clock, signal) };
}

export async function turnCellToFile(
  { source, results, path }: CellToFile,
  { host, store }: Session,
  signal: AbortSignal,
): Promise<PlainText> {
  return { text: await writeCellAsFile(source, results, path, { files: host.files, store }, signal) };
}

export function turnFileToCell(
  { path, notebook, how }: FileToCell,
  { host }: Session,
  signal: AbortSignal,
): Promise<CellText> {
  return writeFileAsCell(path, notebook, how, host.files, signal);
}
