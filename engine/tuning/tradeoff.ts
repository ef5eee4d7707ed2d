import type { TuningComparison, TuningReport, TuningTradeoff } from '../../schemas/generated/messages.ts';
import { countOf } from '../reports/format.ts';

interface Placed {
  readonly runId: string;
  readonly quality: number;
  readonly cost: number;
}

/**
 * The quality of runs against what they cost, by the first run's selected figure on the test rows. Runs that were measured on other rows, or
 * by another figure, are left out and told. The cost is US dollars where all runs know theirs, else the seconds they took; where
 * neither is known of all there is nothing to compare. Nothing for a single run.
 */
export function describeTradeoff(reports: readonly TuningReport[]): Pick<TuningComparison, 'tradeoff' | 'notes'> {
  if (reports.length < 2) return {};
  const [first] = reports.filter(report => figureOf(report, report.selection) !== undefined);
  if (first === undefined) return {};
  const { selection } = first;
  const leading = selection.metric === 'loss' ? leadingOf(first) : selection.metric;
  const asked = { aspect: selection.aspect, metric: leading ?? selection.metric };
  const rows = rowsOf(first, asked.aspect);
  const comparable = reports.filter(
    report => rowsOf(report, asked.aspect) === rows && figureOf(report, asked) !== undefined,
  );
  const left = reports.filter(report => !comparable.includes(report)).map(({ run }) => run.id);
  const notes =
    left.length === 0
      ? {}
      : {
          notes: [
            `${countOf(left.length, 'run')} left out of quality against cost, as ${left.length === 1 ? 'it was' : 'they were'} not measured on the same test rows by the same figure: ${left.join(', ')}.`,
          ],
        };
  const costUnit = comparable.every(({ infrastructure }) => infrastructure?.cost !== undefined) ? 'USD' : 'seconds';
  const placed = comparable.flatMap((report): Placed[] => {
    const quality = figureOf(report, asked);
    const cost = costUnit === 'USD' ? report.infrastructure?.cost : report.infrastructure?.wallSeconds;
    return quality === undefined || cost === undefined ? [] : [{ runId: report.run.id, quality, cost }];
  });
  if (placed.length < 2) return notes;
  const lowerIsBetter = directionOf(first, asked) === 'lower';
  return { tradeoff: markBest(placed, lowerIsBetter, costUnit), ...notes };
}

function markBest(placed: readonly Placed[], lowerIsBetter: boolean, costUnit: 'USD' | 'seconds'): TuningTradeoff[] {
  const sign = lowerIsBetter ? -1 : 1;
  const dominates = (one: Placed, other: Placed): boolean => {
    const better = sign * (one.quality - other.quality);
    return better >= 0 && one.cost <= other.cost && (better > 0 || one.cost < other.cost);
  };
  return placed.map(point => ({
    ...point,
    costUnit,
    isBest: !placed.some(other => dominates(other, point)),
  }));
}

type Wanted = Pick<TuningReport['selection'], 'aspect' | 'metric'>;

function resultOf({ aspects }: TuningReport, aspect: Wanted['aspect']) {
  return aspects.find(candidate => candidate.aspect === aspect);
}

function leadingOf(report: TuningReport): string | undefined {
  return resultOf(report, report.selection.aspect)?.metrics[0]?.metric;
}

function metricOf(report: TuningReport, { aspect, metric }: Wanted) {
  const metrics = resultOf(report, aspect)?.metrics ?? [];
  return metric === 'loss' ? metrics[0] : metrics.find(candidate => candidate.metric === metric);
}

function figureOf(report: TuningReport, wanted: Wanted): number | undefined {
  return metricOf(report, wanted)?.value ?? undefined;
}

function directionOf(report: TuningReport, wanted: Wanted) {
  return metricOf(report, wanted)?.direction;
}

function rowsOf(report: TuningReport, aspect: Wanted['aspect']): string | undefined {
  return resultOf(report, aspect)?.datasetDigest;
}
