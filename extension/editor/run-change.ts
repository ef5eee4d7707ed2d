import type { Headline, RunSummary, Unit } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { bestHeadline, formatFigure } from '../runs/format.ts';
import type { RunEntry } from '../runs/run-book.ts';

/**
 * How a run's leading figure differs from the baseline's in the same run, else from the run before: `▲ 1.2 points over the baseline`.
 * Absent where there is nothing to set it against.
 * @param baseline the model that the benchmark compares with
 */
export function describeChange(
  run: RunSummary,
  before: RunSummary | undefined,
  baseline: string | undefined,
): string | undefined {
  const best = run.state === 'succeeded' ? bestHeadline(run.headlines) : undefined;
  if (best === undefined) return undefined;
  const base = baselineOf(run.headlines, best, baseline);
  if (base !== undefined) {
    const { direction, size } = differenceOf(best.value - base.value, best.unit);
    if (direction === 'up') return t('▲ {0} over the baseline', size);
    return direction === 'down' ? t('▼ {0} under the baseline', size) : t('like the baseline');
  }
  const earlier = before === undefined ? undefined : bestHeadline(before.headlines);
  if (earlier?.label !== best.label || earlier.unit !== best.unit) return undefined;
  const { direction, size } = differenceOf(best.value - earlier.value, best.unit);
  if (direction === 'up') return t('▲ {0} since the run before', size);
  return direction === 'down' ? t('▼ {0} since the run before', size) : t('as in the run before');
}

/** The newest run that succeeded of what `last` ran, of those before it. `entries` are newest first. */
export function previousRun(entries: readonly RunEntry[], last: RunEntry): RunEntry | undefined {
  return entries
    .slice(entries.indexOf(last) + 1)
    .find(
      ({ folder, run }) =>
        folder === last.folder &&
        run.file === last.run.file &&
        run.cell === last.run.cell &&
        run.name === last.run.name &&
        run.kind === last.run.kind &&
        run.state === 'succeeded' &&
        !run.archived,
    );
}

/** The baseline's figure, with the same prompt where it was asked with that; absent where the baseline itself leads. */
function baselineOf(
  headlines: readonly Headline[],
  best: Headline,
  baseline: string | undefined,
): Headline | undefined {
  if (baseline === undefined || best.model === baseline) return undefined;
  const own = headlines.filter(({ model, label }) => model === baseline && label === best.label);
  return own.find(({ prompt }) => prompt === best.prompt) ?? own[0];
}

function differenceOf(
  difference: number,
  unit: Unit | undefined,
): { readonly direction: 'up' | 'down' | 'none'; readonly size: string } {
  const size = formatSize(Math.abs(difference), unit);
  if (!/[1-9]/.test(size)) return { direction: 'none', size };
  return { direction: difference > 0 ? 'up' : 'down', size };
}

/** Shares differ by points, not by percent of themselves. */
function formatSize(size: number, unit: Unit | undefined): string {
  if (unit === 'ratio') return t('{0} points', (size * 100).toFixed(1));
  return unit === 'points' ? t('{0} points', size.toFixed(1)) : formatFigure(size, unit);
}
