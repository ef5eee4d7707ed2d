import type { CompareOptions } from './compare.ts';
import { resampleStatistics } from './corpus.ts';
import { estimateMean } from './estimate.ts';
import { figureGap, type FigureGap, type GroupFigure } from './figure-gap.ts';
import { shareGroup } from './max-gap.ts';
import type { RowStatistics, Score } from './units.ts';

/** A group's rows by truth and prediction. */
export interface GroupOutcomes {
  readonly name: string;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** {@link FigureGap} of the rate that differs most; the ratio is of the rate whose ratio is smallest. */
export interface EqualisedOdds extends Pick<
  FigureGap,
  'highest' | 'lowest' | 'gap' | 'low' | 'high' | 'confidence' | 'n'
> {
  /** The rate that makes the gap. */
  readonly rate: 'true positive rate' | 'false positive rate';
  readonly ratio: number | undefined;
  readonly ratioLow: number | undefined;
  readonly ratioHigh: number | undefined;
}

/**
 * Demographic parity: gap and ratio of the groups' selection rates, the share predicted positive. Definitions of these three as fairlearn's
 * (Agarwal et al. 2018; Hardt, Price and Srebro 2016), but that a group without rows for a rate is left out of it, not counted
 * as 0. Intervals are those of {@link figureGap}.
 */
export function demographicParity(groups: readonly GroupOutcomes[], confidence: number): FigureGap | undefined {
  return gapOfShares(groups, confidence, group => [group.truePositives + group.falsePositives, countRows(group)]);
}

/** Equal opportunity: gap and ratio of the groups' true positive rates. */
export function equalOpportunity(groups: readonly GroupOutcomes[], confidence: number): FigureGap | undefined {
  return gapOfShares(groups, confidence, ({ truePositives, falseNegatives }) => [
    truePositives,
    truePositives + falseNegatives,
  ]);
}

/**
 * Equalised odds: the larger gap and the smaller ratio of true and false positive rates (fairlearn's `agg='worst_case'`). Both rates' intervals
 * are made at 1 − (1 − confidence) / 2, so that they hold together. Undefined where either rate is known for fewer than two groups.
 */
export function equalisedOdds(groups: readonly GroupOutcomes[], confidence: number): EqualisedOdds | undefined {
  const each = (1 + confidence) / 2;
  const found = equalOpportunity(groups, each);
  const missed = gapOfShares(groups, each, ({ falsePositives, trueNegatives }) => [
    falsePositives,
    falsePositives + trueNegatives,
  ]);
  if (!found || !missed) return undefined;
  const worse = missed.gap > found.gap ? missed : found;
  return {
    highest: worse.highest,
    lowest: worse.lowest,
    rate: worse === found ? 'true positive rate' : 'false positive rate',
    gap: worse.gap,
    low: Math.max(found.low, missed.low),
    high: Math.max(found.high, missed.high),
    ratio: smaller(found.ratio, missed.ratio),
    ratioLow: smaller(found.ratioLow, missed.ratioLow),
    ratioHigh: smaller(found.ratioHigh, missed.ratioHigh),
    confidence,
    n: groups.reduce((sum, group) => sum + countRows(group), 0),
  };
}

/** A group's mean score, for {@link figureGap}. */
export function meanGroup(name: string, values: Float64Array): GroupFigure {
  return {
    name,
    n: values.length,
    value: estimateMean(values, 0.95).point ?? NaN,
    bounds: confidence => estimateMean(values, confidence),
  };
}

/** A group's corpus figure, such as its word error rate, for {@link figureGap}; intervals are resampled. */
export function statisticsGroup(
  name: string,
  statistics: RowStatistics,
  score: Score,
  { seed }: Pick<CompareOptions, 'seed'>,
): GroupFigure {
  const estimate = (confidence: number) => resampleStatistics(statistics, score, { confidence, seed });
  return { name, n: statistics.rows, value: estimate(0.95).point ?? NaN, bounds: estimate };
}

function gapOfShares(
  groups: readonly GroupOutcomes[],
  confidence: number,
  countShare: (group: GroupOutcomes) => readonly [right: number, n: number],
): FigureGap | undefined {
  const known = groups.flatMap(group => {
    const [right, n] = countShare(group);
    return n === 0 ? [] : [shareGroup({ name: group.name, right, n })];
  });
  return figureGap(known, confidence);
}

function countRows(group: GroupOutcomes): number {
  return group.truePositives + group.falsePositives + group.trueNegatives + group.falseNegatives;
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
