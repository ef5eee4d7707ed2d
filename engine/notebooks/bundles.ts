import type {
  Assessed,
  AssessmentOutput,
  ComparisonOutput,
  MimeBundle,
  Report,
  RunSummary,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import { renderAssessmentMarkdown } from '../governance/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { compareAny, type ComparedRuns } from '../reports/compare-any.ts';
import { escapeMarkdown } from '../reports/table.ts';
import { createRunOutput, runMime, type RunContent } from './run-output.ts';

const assessmentMime = 'application/vnd.aiwb.assessment+json';
const comparisonMime = 'application/vnd.aiwb.comparison+json';

/**
 * The output of a run's cell as the run is now: our reference, with the report once the run ended, and beside it what any other viewer
 * shows. A run whose report cannot be made has its failure to show.
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
  return {
    [runMime]: createRunOutput(run, name, contentOf(compared)),
    'text/markdown': compared?.markdown() ?? describeRun(run),
  };
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
  // The answers of a prompt's trial are in the Markdown.
  if (compared.kind === 'prompt') return undefined;
  if (compared.kind !== 'tune') return { report: compared.content as Report };
  const [tuning] = (compared.content as TuningComparison).reports;
  return tuning === undefined ? undefined : { tuning };
}

function describeRun({ name, state, failure }: RunSummary): string {
  const lines = [`**${escapeMarkdown(name)}**: ${state}`];
  if (failure !== undefined) lines.push(escapeMarkdown([failure.message, failure.remedy].filter(Boolean).join(' ')));
  return lines.join('\n\n');
}

/** The output of a policy's cell: the scorecard, and beside it what any other viewer shows. */
export function bundleAssessment({ view, written }: Assessed, name: string | undefined): MimeBundle {
  const output: AssessmentOutput = {
    version: 1,
    ...(name === undefined ? {} : { as: name }),
    view,
    ...(written === undefined ? {} : { written }),
  };
  return { [assessmentMime]: output, 'text/markdown': renderAssessmentMarkdown(view) };
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
      ? { tuning: compared.content as TuningComparison }
      : { report: compared.content as Report };
  const output: ComparisonOutput = {
    version: 1,
    ...(name === undefined ? {} : { as: name }),
    runIds: [...runIds],
    names: [...names],
    createdAt: clock.now(),
    ...content,
  };
  return { [comparisonMime]: output, 'text/markdown': compared.markdown() };
}
