import { packOutput } from '../../schemas/packed-output.ts';
import type {
  Assessed,
  AssessmentOutput,
  ComparisonOutput,
  Failure,
  MimeBundle,
  PromptReport,
  Report,
  RunSummary,
  SearchReport,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { compareAny, compareAnyAsAsked, type ComparedRuns } from '../comparisons/compare-any.ts';
import { reportTuning } from '../tuning/compare.ts';
import { isSearch, reportSearch } from '../tuning/search/report.ts';
import type { ComparedResults } from './compare-cell.ts';
import { assessmentMime, comparisonMime, runMime } from './output-types.ts';
import { createRunOutput, type RunContent } from './run-output.ts';
import type { Block } from './static/block.ts';
import { renderStaticHtml } from './static/html.ts';
import { renderStaticMarkdown } from './static/markdown.ts';
import { describeAssessmentOutput, describeComparisonOutput, describeRunOutput } from './static/of-output.ts';
import { tidyJson } from './tidy-json.ts';

/**
 * The output of a run's cell as the run is now: our reference, with the report once the run ended, and beside it what any other viewer
 * shows. A run whose report cannot be made has its failure to show. The same ended run gives the same output, whenever it is asked for.
 * @param name how the cell calls its result
 */
export async function bundleRun(
  run: RunSummary,
  name: string | undefined,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<MimeBundle> {
  if (isSearch(await store.getRun(run.id)))
    return bundleSearch(await reportSearch(run.id, store, { now: clock.now() }, signal), name, store);
  const compared = run.endedAt === undefined ? undefined : await compareOne(run, store, clock, signal);
  const steady = await createSteadier([run.id], store);
  const output = createRunOutput(steady(run), name, contentOf(compared, steady));
  return bundle(runMime, output, describeRunOutput(output));
}

/** The output of a cell that searches, as the search is now: all its trials, and once it ended the best one's report. */
export async function bundleSearch(search: SearchReport, name: string | undefined, store: Store): Promise<MimeBundle> {
  const { best, trials } = search;
  const steady = await createSteadier([search.run.id, ...(best === undefined ? [] : [best])], store);
  const run = steady(search.run);
  const { folder } = (await store.getRun(search.run.id)).spec;
  const told = trials.map(({ failure, ...trial }) => ({
    ...trial,
    ...(failure === undefined ? {} : { failure: shortenPaths(failure, folder) }),
  }));
  const report = run.endedAt === undefined || best === undefined ? undefined : await reportTuning(best, store);
  const output = createRunOutput(run, name, {
    search: { ...search, run, trials: told },
    ...(report === undefined ? {} : { tuning: { ...report, run: steady(report.run) } }),
  });
  return bundle(runMime, output, describeRunOutput(output));
}

/** A run that failed before its first sample has no report worth a second failure. */
async function compareOne(
  { id }: RunSummary,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<ComparedRuns | undefined> {
  try {
    return await compareAny([id], store, clock, signal);
  } catch (error) {
    if (toWorkbenchError(error).code === 'cancelled') throw error;
    return undefined;
  }
}

function contentOf(compared: ComparedRuns | undefined, steady: Steadier): RunContent | undefined {
  if (compared === undefined) return undefined;
  if (compared.kind === 'prompt') return { prompt: steadyPrompt(compared.content as PromptReport, steady) };
  if (compared.kind !== 'tune') return { report: steadyReport(compared.content as Report, steady) };
  const [tuning] = steadyTuning(compared.content as TuningComparison, steady).reports;
  return tuning === undefined ? undefined : { tuning };
}

/** The output of a policy's cell: the scorecard, and beside it what any other viewer shows. */
export function bundleAssessment({ view, written }: Assessed, name: string | undefined): MimeBundle {
  const output: AssessmentOutput = {
    version: 1,
    ...(name === undefined ? {} : { as: name }),
    view,
    ...(written === undefined ? {} : { written }),
  };
  return bundle(assessmentMime, output, describeAssessmentOutput(output));
}

/** The output of a cell that compares earlier results. */
export async function bundleComparison(
  { names, ...asked }: ComparedResults,
  name: string | undefined,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<MimeBundle> {
  const compared = await compareAnyAsAsked(asked, store, clock, signal);
  const steady = await createSteadier(asked.runIds, store);
  const content =
    compared.kind === 'tune'
      ? { tuning: steadyTuning(compared.content as TuningComparison, steady) }
      : { report: steadyReport(compared.content as Report, steady) };
  const runs = compared.kind === 'tune' ? content.tuning?.reports.map(({ run }) => run) : content.report?.runs;
  const output: ComparisonOutput = {
    version: 1,
    ...(name === undefined ? {} : { as: name }),
    runIds: [...asked.runIds],
    names: [...names],
    createdAt: knownSince(runs ?? []) ?? clock.now(),
    ...content,
  };
  return bundle(comparisonMime, output, describeComparisonOutput(output));
}

/** Of ended runs a report says the same whenever it is made. */
function steadyReport(report: Report, steady: Steadier): Report {
  const runs = report.runs.map(steady);
  return { ...report, createdAt: knownSince(runs) ?? report.createdAt, runs };
}

function steadyPrompt(report: PromptReport, steady: Steadier): PromptReport {
  const run = steady(report.run);
  return { ...report, createdAt: run.endedAt ?? report.createdAt, run };
}

function steadyTuning(comparison: TuningComparison, steady: Steadier): TuningComparison {
  return { ...comparison, reports: comparison.reports.map(report => ({ ...report, run: steady(report.run) })) };
}

type Steadier = (run: RunSummary) => RunSummary;

/**
 * Takes from a run what only mattered while it went on, and from its failure where the workspace lies: neither is of use to whoever gets
 * the notebook.
 */
async function createSteadier(runIds: readonly string[], store: Store): Promise<Steadier> {
  const folders = new Map<string, string>();
  for (const id of runIds) folders.set(id, (await store.getRun(id)).spec.folder);
  return run => {
    const { failure } = run;
    const folder = folders.get(run.id);
    const told =
      failure === undefined || folder === undefined ? run : { ...run, failure: withoutFolder(failure, folder) };
    if (run.endedAt === undefined) return told;
    return { ...omit(told, 'pid'), progress: omit(told.progress, 'ratePerSecond', 'secondsLeft', 'underWay') };
  };
}

function withoutFolder({ code, message, remedy, place }: Failure, folder: string): Failure {
  const shorten = (text: string): string => shortenPaths(text, folder);
  return {
    code,
    message: shorten(message),
    ...(remedy === undefined ? {} : { remedy: shorten(remedy) }),
    ...(place === undefined ? {} : { place: { ...place, path: shorten(place.path) } }),
  };
}

function shortenPaths(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '');
}

/** When the last of the runs ended; absent while one goes on. */
function knownSince(runs: readonly RunSummary[]): number | undefined {
  const ends = runs.map(({ endedAt }) => endedAt);
  return ends.every(end => end !== undefined) && ends.length > 0 ? Math.max(...ends) : undefined;
}

/** Longer texts, such as what a broken endpoint answered, are cut. A record under a digest stays whole. */
const longestText = 20_000;

function bundle(mime: string, output: object, blocks: readonly Block[]): MimeBundle {
  const tidied = mime === assessmentMime ? tidyJson(output) : tidyJson(output, longestText);
  return {
    [mime]: tidyJson(packOutput(tidied as object)),
    'text/html': renderStaticHtml(blocks),
    'text/markdown': renderStaticMarkdown(blocks),
  };
}
