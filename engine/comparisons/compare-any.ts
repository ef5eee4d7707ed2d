import type { PromptReport, Report, RunKind, TuningComparison } from '../../schemas/generated/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { WorkbenchError } from '../base/errors.ts';
import { compareAsAsked, type CompareRequest } from '../reports/compare-runs.ts';
import { promptReport } from '../reports/prompt-report.ts';
import { renderPromptMarkdown, renderPromptText } from '../reports/prompt-text.ts';
import { renderMarkdown, renderText } from '../reports/text.ts';
import { kindOfRuns } from '../reports/kinds.ts';
import { compareTuning } from '../tuning/compare.ts';
import { renderTuningMarkdown, renderTuningText } from '../tuning/text.ts';

/** Runs of one kind side by side, for a machine and for people. */
export interface ComparedRuns {
  readonly kind: RunKind;
  readonly content: Report | TuningComparison | PromptReport;
  /** For a page of `width` cells; `limit`: what tables must fit into, where that is a terminal. */
  text(width: number, limit?: number): string;
  markdown(): string;
}

/**
 * Compares runs of one kind; a single run is a comparison of one. Throws `usage` where their kinds differ, and for several trials of
 * prompts, each of which has its models side by side already.
 */
export function compareAny(
  runIds: readonly string[],
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<ComparedRuns> {
  return compareAnyAsAsked({ runIds }, store, clock, signal);
}

/** The same, as it is asked for. Only benchmark runs have a confidence. */
export async function compareAnyAsAsked(
  request: CompareRequest,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<ComparedRuns> {
  const { runIds } = request;
  const kind = await kindOfRuns(runIds, store);
  if (kind === 'tune') {
    const content = await compareTuning(runIds, store);
    return {
      kind,
      content,
      text: (_width, limit) => renderTuningText(content, limit),
      markdown: () => renderTuningMarkdown(content),
    };
  }
  if (kind === 'prompt') {
    const content = await promptReport(requireOneTrial(runIds), store, clock, signal);
    return {
      kind,
      content,
      text: (width, limit) => renderPromptText(content, width, limit),
      markdown: () => renderPromptMarkdown(content),
    };
  }
  const content = await compareAsAsked(request, store, clock, signal);
  return {
    kind,
    content,
    text: (width, limit) => renderText(content, width, limit),
    markdown: () => renderMarkdown(content),
  };
}

/** The one trial that is meant. Throws `usage` where several are named. */
export function requireOneTrial(runIds: readonly string[]): string {
  const [runId, ...others] = runIds;
  if (runId !== undefined && others.length === 0) return runId;
  throw new WorkbenchError('usage', `${String(runIds.length)} trials of prompts cannot be compared with one another.`, {
    remedy: 'Name one. To compare prompts, measure them with a benchmark.',
  });
}
