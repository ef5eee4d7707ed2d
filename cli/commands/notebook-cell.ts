import { toWorkbenchError, WorkbenchError } from '../../engine/base/errors.ts';
import { omit } from '../../engine/base/omit.ts';
import type { MimeBundle, RunSummary } from '../../schemas/generated/messages.ts';
import { assessVersion } from '../../engine/governance/assess.ts';
import { bundleAssessment, bundleComparison, bundleRun, bundleSearch } from '../../engine/notebooks/bundles.ts';
import type { NotebookCell } from '../../engine/notebooks/ipynb.ts';
import type { NotebookFile } from '../../engine/notebooks/notebook-file.ts';
import { readCell, type CellJob } from '../../engine/notebooks/read-cell.ts';
import { asNamedResult, namedResults, readResult } from '../../engine/notebooks/results.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import { resolveSpec, specifyRun } from '../../engine/runs/start.ts';
import { planTuning } from '../../engine/tuning/plan.ts';
import { allowToGoOn } from '../../engine/tuning/search/cancel.ts';
import { createTuningRun } from '../../engine/tuning/search/create.ts';
import { isSearch, reportSearch } from '../../engine/tuning/search/report.ts';
import { foreseeTrial } from '../../engine/tuning/search/trials.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { checkPrograms, type Access } from '../access.ts';
import { createGovernancePorts, createRunPorts, type Host } from '../composition.ts';
import { printNote } from '../output.ts';
import { runInForeground } from './attempt.ts';
import { searchInForeground } from './tune-search.ts';
import type { RunNotebookOptions } from './notebook-options.ts';
import { nameCell } from './notebook-selection.ts';

/** What the cells of one execution share. */
export interface CellContext {
  readonly host: Host;
  readonly store: Store;
  readonly workspace: Workspace;
  readonly book: NotebookFile;
  readonly access: Access;
  readonly options: RunNotebookOptions;
}

/** What came of one cell. */
export interface CellOutcome {
  readonly cell: NotebookCell;
  readonly kind: 'benchmark' | 'tune' | 'prompt' | 'assessment' | 'comparison' | undefined;
  readonly state: string;
  readonly as?: string;
  readonly runId?: string;
  readonly gate?: 'met' | 'not-met' | 'not-computed';
  readonly headline?: string;
  readonly failure?: WorkbenchError;
}

/** Executes a cell and writes its output. Throws what keeps it from being executed; a run that failed is an outcome. */
export async function executeCell(
  cell: NotebookCell,
  count: number,
  context: CellContext,
  signal: AbortSignal,
): Promise<CellOutcome> {
  const { host, store, book } = context;
  const write = async (bundle: MimeBundle): Promise<void> => {
    await book.change(new Map([[cell, { outputs: [{ type: 'bundle', bundle }], executionCount: count }]]));
  };
  const job = await readCell(sourceOf(cell, context), resultsOf(context), { files: host.files, store }, signal);
  switch (job.kind) {
    case 'empty':
      return { cell, kind: undefined, state: 'empty' };
    case 'run':
      return executeRunCell(cell, job, write, context, signal);
    case 'comparison': {
      await write(await bundleComparison(job.compared, job.as, store, host.clock, signal));
      return { cell, kind: 'comparison', state: 'succeeded', ...shownBy(cell, context) };
    }
    case 'assessment': {
      const request = { policies: [job.policy], folder: context.workspace.folder };
      const assessed = await assessVersion(request, createGovernancePorts(host, store), signal);
      await write(bundleAssessment(assessed, job.as));
      if (assessed.approvalFailure !== undefined)
        printNote(`Approval could not be requested: ${assessed.approvalFailure.message}`);
      const { outcome } = assessed.view.scorecard.record.gate;
      const gate = outcome === 'passed' ? 'met' : outcome === 'failed' ? 'not-met' : outcome;
      return { cell, kind: 'assessment', state: 'succeeded', gate, ...shownBy(cell, context) };
    }
  }
}

function sourceOf({ id, language, source: text }: NotebookCell, { book }: CellContext) {
  return { notebook: book.current().path, language, text, ...(id === undefined ? {} : { cell: id }) };
}

function resultsOf({ book }: CellContext) {
  return namedResults(book.current()).map(asNamedResult);
}

/** The name and figure of what a cell now shows. */
function shownBy({ index, id }: NotebookCell, { book }: CellContext): Pick<CellOutcome, 'as' | 'headline'> {
  const { cells } = book.current();
  const cell = id === undefined ? cells[index] : cells.find(candidate => candidate.id === id);
  const result = cell === undefined ? undefined : readResult(cell);
  return {
    ...(result?.name === undefined ? {} : { as: result.name }),
    ...(result?.headline === undefined ? {} : { headline: result.headline }),
  };
}

async function executeRunCell(
  cell: NotebookCell,
  job: CellJob & { kind: 'run' },
  write: (bundle: MimeBundle) => Promise<void>,
  context: CellContext,
  signal: AbortSignal,
): Promise<CellOutcome> {
  const { host, store } = context;
  const record = await findOrCreate(cell, job, context, signal);
  const begun = { state: 'running', host: host.owner.host } as const;
  if (record.spec.trial !== undefined) {
    const search = await reportSearch(record.summary.id, store, { now: host.clock.now() }, signal);
    await write(await bundleSearch({ ...search, run: withoutEnd({ ...search.run, ...begun }) }, job.as, store));
    const { report } = await searchInForeground(record, context, signal);
    await write(await bundleSearch(report, job.as, store));
    return outcomeOf(cell, report.run, context);
  }
  await write(await bundleRun(withoutEnd({ ...record.summary, ...begun }), job.as, store, host.clock, signal));
  const { summary } = await runInForeground(record, context, signal);
  // An interrupted run has something to show as well.
  await write(await bundleRun(summary, job.as, store, host.clock, new AbortController().signal));
  return outcomeOf(cell, summary, context);
}

function outcomeOf(cell: NotebookCell, summary: RunSummary, context: CellContext): CellOutcome {
  const failure = failureOf(summary);
  return {
    cell,
    kind: summary.kind,
    state: summary.state,
    runId: summary.id,
    ...(summary.gate === undefined ? {} : { gate: summary.gate }),
    ...shownBy(cell, context),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** A run that is gone on with has an end from before. */
function withoutEnd(run: RunSummary): RunSummary {
  return omit(run, 'endedAt', 'failure');
}

function failureOf({ state, failure, id }: RunSummary): WorkbenchError | undefined {
  if (state === 'succeeded') return undefined;
  if (state === 'cancelled') return new WorkbenchError('cancelled', `Run ${id} was cancelled.`);
  const { code, message, remedy, place } = failure ?? { code: 'run-failed', message: `Run ${id} failed.` };
  return new WorkbenchError(code as WorkbenchError['code'], message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(place === undefined ? {} : { place }),
  });
}

/** Programs that may not be started, and data that cannot be trained on, are refused before anything is recorded. */
async function findOrCreate(
  cell: NotebookCell,
  { request }: CellJob & { kind: 'run' },
  context: CellContext,
  signal: AbortSignal,
): Promise<RunRecord> {
  const { host, store, workspace, access, options } = context;
  const unfinished = options.resume === true ? await findUnfinished(cell, request.text, store) : undefined;
  if (unfinished !== undefined) {
    checkPrograms(neededPrograms(unfinished.spec, workspace), access);
    await allowToGoOn(unfinished, store);
    printNote(`Cell ${nameCell(cell)}: going on with run ${unfinished.summary.id}.`);
    return unfinished;
  }
  const given = { ...request, folder: workspace.folder, origin: 'notebook' } as const;
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  const spec = await resolveSpec(await specifyRun(given, host.files, host.identities, signal), store, ports, signal);
  checkPrograms(neededPrograms(spec, workspace), access);
  if (spec.kind === 'tune') await planTuning(foreseeTrial(spec), ports, store.blobs, signal);
  return createTuningRun(spec, store, ports, signal);
}

/** The run that the cell's output refers to, where it did not finish and is of the text that the cell has now. */
async function findUnfinished(cell: NotebookCell, text: string, store: Store): Promise<RunRecord | undefined> {
  const result = readResult(cell);
  if (result === undefined || result.kind === 'assessment' || result.kind === 'comparison') return undefined;
  try {
    const record = await store.getRun(result.id);
    // A search's first trial may have succeeded, and the search not have ended.
    const state = isSearch(record) ? result.state : record.summary.state;
    return state !== 'succeeded' && record.spec.text === text ? record : undefined;
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}
