import type { Report, RunKind, TuningComparison } from '../../schemas/generated/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { compareRuns } from './compare-runs.ts';
import { renderMarkdown, renderText } from './text.ts';
import { kindOfRuns } from '../runs/kinds.ts';
import { compareTuning } from '../tuning/compare.ts';
import { renderTuningMarkdown, renderTuningText } from '../tuning/text.ts';

/** Runs of one kind side by side, for a machine and for people. */
export interface ComparedRuns {
  readonly kind: RunKind;
  readonly content: Report | TuningComparison;
  text(width: number): string;
  markdown(): string;
}

/** Compares runs of one kind; a single run is a comparison of one. Throws `usage` where their kinds differ. */
export async function compareAny(
  runIds: readonly string[],
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<ComparedRuns> {
  const kind = await kindOfRuns(runIds, store);
  if (kind === 'tune') {
    const content = await compareTuning(runIds, store);
    return {
      kind,
      content,
      text: () => renderTuningText(content),
      markdown: () => renderTuningMarkdown(content),
    };
  }
  const content = await compareRuns(runIds, store, clock, signal);
  return { kind, content, text: width => renderText(content, width), markdown: () => renderMarkdown(content) };
}
