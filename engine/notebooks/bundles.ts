import type {
  Assessed,
  AssessmentOutput,
  ComparisonOutput,
  MimeBundle,
  PromptReport,
  Report,
  RunSummary,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { compareAny, type ComparedRuns } from '../reports/compare-any.ts';
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
  const compared = run.endedAt === undefined ? undefined : await compareOne(run, store, clock, signal);
  const output = createRunOutput(run, name, contentOf(compared));
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

function contentOf(compared: ComparedRuns | undefined): RunContent | undefined {
  if (compared === undefined) return undefined;
  if (compared.kind === 'prompt') return { prompt: steadyPrompt(compared.content as PromptReport) };
  if (compared.kind !== 'tune') return { report: steadyReport(compared.content as Report) };
  const [tuning] = (compared.content as TuningComparison).reports;
  return tuning === undefined ? undefined : { tuning: { ...tuning, run: steadyRun(tuning.run) } };
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

/** The output of a cell that compares earlier results. `names` is what the cell calls each run. */
export async function bundleComparison(
  runIds: readonly string[],
  names: readonly string[],
  name: string | undefined,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<MimeBundle> {
  const compared = await compareAny(runIds, store, clock, signal);
  const content =
    compared.kind === 'tune'
      ? { tuning: steadyTuning(compared.content as TuningComparison) }
      : { report: steadyReport(compared.content as Report) };
  const runs = compared.kind === 'tune' ? content.tuning?.reports.map(({ run }) => run) : content.report?.runs;
  const output: ComparisonOutput = {
    version: 1,
    ...(name === undefined ? {} : { as: name }),
    runIds: [...runIds],
    names: [...names],
    createdAt: knownSince(runs ?? []) ?? clock.now(),
    ...content,
  };
  return bundle(comparisonMime, output, describeComparisonOutput(output));
}

/** Of ended runs a report says the same whenever it is made. */
function steadyReport(report: Report): Report {
  const runs = report.runs.map(steadyRun);
  return { ...report, createdAt: knownSince(runs) ?? report.createdAt, runs };
}

function steadyPrompt(report: PromptReport): PromptReport {
  const run = steadyRun(report.run);
  return { ...report, createdAt: run.endedAt ?? report.createdAt, run };
}

function steadyTuning(comparison: TuningComparison): TuningComparison {
  return { ...comparison, reports: comparison.reports.map(report => ({ ...report, run: steadyRun(report.run) })) };
}

/** Without what only mattered while it went on. */
function steadyRun(run: RunSummary): RunSummary {
  if (run.endedAt === undefined) return run;
  return { ...omit(run, 'pid'), progress: omit(run.progress, 'ratePerSecond', 'secondsLeft', 'underWay') };
}

/** When the last of the runs ended; absent while one goes on. */
function knownSince(runs: readonly RunSummary[]): number | undefined {
  const ends = runs.map(({ endedAt }) => endedAt);
  return ends.every(end => end !== undefined) && ends.length > 0 ? Math.max(...ends) : undefined;
}

/** Longer texts, such as what a broken endpoint answered, are cut. A record under a digest stays whole. */
const longestText = 20_000;

function bundle(mime: string, output: object, blocks: readonly Block[]): MimeBundle {
  return {
    [mime]: mime === assessmentMime ? tidyJson(output) : tidyJson(output, longestText),
    'text/html': renderStaticHtml(blocks),
    'text/markdown': renderStaticMarkdown(blocks),
  };
}
