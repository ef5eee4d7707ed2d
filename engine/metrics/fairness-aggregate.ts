import type { MetricValue } from '../../schemas/generated/messages.ts';
import { demographicParity, equalisedOdds, type EqualisedOdds, type GroupOutcomes } from '../statistics/fairness.ts';
import { figureGap, type FigureGap, type GroupFigure } from '../statistics/figure-gap.ts';
import { mostGroups, quoteGroup } from './group-names.ts';
import { isSameLabel } from './labels.ts';
import type { AggregateOptions, Aggregator, Metric, Observation } from './metric.ts';
import { createSampleList, type SampleList } from './sample-list.ts';

interface FairnessOptions {
  readonly id: string;
  /** Tells its labels apart from another one's. */
  readonly suffix: string;
  readonly slice: string;
  readonly positive: string | undefined;
  /** The metric that is compared. */
  readonly inner: Metric;
}

interface Group {
  readonly name: string;
  readonly aggregator: Aggregator;
  readonly outcomes: Outcomes;
}

/** Answers by truth and prediction, and their rows, which tell how many of them are repeats. */
interface Outcomes {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
  readonly rows: SampleList;
}

/** Compares the inner metric's leading figure between the groups of a slice. */
export function startFairness({ id, suffix, slice, positive, inner }: FairnessOptions): Aggregator {
  const groups = new Map<string, Group>();
  let without = 0;
  let leftOut = 0;

  function groupOf(name: string): Group | undefined {
    const known = groups.get(name);
    if (known !== undefined || groups.size === mostGroups) return known;
    const group = { name, aggregator: inner.startAggregate(), outcomes: startOutcomes() };
    groups.set(name, group);
    return group;
  }

  const label = (title: string) => `${title} (${slice})${suffix}`;
  const gapLabel = `Largest gap in ${inner.label}`;
  return {
    add(observation) {
      const name = observation.slices?.[slice];
      if (name === undefined) {
        without++;
        return;
      }
      const group = groupOf(name);
      if (group === undefined) {
        leftOut++;
        return;
      }
      group.aggregator.add(observation);
      if (positive !== undefined) countOutcome(group.outcomes, observation, positive);
    },
    values(options) {
      const found = [...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      const gap = figureGap(
        found.map(group => groupFigure(group, options)),
        options.confidence,
      );
      const notes = notesOn(slice, found.length, without, leftOut, gap);
      const base = { kind: 'quality', unit: 'ratio' } as const;
      const largest = {
        ...base,
        metric: `${id}.max-gap`,
        label: label(gapLabel),
        unit: inner.unit,
        direction: 'lower',
      } as const;
      const smallest = {
        ...base,
        metric: `${id}.ratio`,
        label: label(`Smallest ratio in ${inner.label}`),
        direction: 'higher',
      } as const;
      const values = [describeGap(largest, gap, notes), describeRatio(smallest, gap, notes)];
      if (positive === undefined) return values;
      const outcomes = found.map(({ name, outcomes: counted }) => scaleOutcomes(name, counted, options.confidence));
      const parity = demographicParity(outcomes, options.confidence);
      const odds = equalisedOdds(outcomes, options.confidence);
      return [
        ...values,
        describeGap(
          {
            ...base,
            metric: `${id}.demographic-parity-difference`,
            label: label('Demographic parity difference'),
            direction: 'lower',
          },
          parity,
          notesOn(slice, found.length, without, leftOut, parity),
        ),
        describeGap(
          {
            ...base,
            metric: `${id}.equalised-odds-difference`,
            label: label('Equalised odds difference'),
            direction: 'lower',
          },
          odds,
          [
            ...(odds === undefined
              ? [`Fewer than two groups have targets that are “${positive}” and targets that are not.`]
              : [`By ${odds.rate}.`]),
            ...notesOn(slice, found.length, without, leftOut, odds),
          ],
        ),
      ];
    },
  };
}

function groupFigure({ name, aggregator }: Group, { confidence, seed }: AggregateOptions): GroupFigure {
  const read = (level: number) => aggregator.values({ confidence: level, seed })[0];
  const figure = read(confidence);
  return {
    name,
    n: figure?.n ?? 0,
    value: figure?.value ?? NaN,
    bounds(level) {
      const { low, high } = read(level) ?? {};
      return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
    },
  };
}

type Shape = Pick<MetricValue, 'metric' | 'label' | 'kind' | 'unit' | 'direction'>;

function describeGap(
  shape: Shape,
  gap: Pick<FigureGap, 'gap' | 'low' | 'high' | 'n' | 'confidence'> | undefined,
  notes: readonly string[],
): MetricValue {
  const note = notes.join(' ');
  if (gap === undefined) return { ...shape, value: null, n: 0, note };
  const { gap: value, low, high, confidence } = gap;
  // Counts may have been scaled for repeats.
  const n = Math.round(gap.n);
  return { ...shape, value, n, low, high, confidence, method: intervalMethod, note };
}

function describeRatio(shape: Shape, gap: FigureGap | undefined, notes: readonly string[]): MetricValue {
  const note = notes.join(' ');
  if (gap?.ratio === undefined) {
    return {
      ...shape,
      value: null,
      n: gap?.n ?? 0,
      note: gap === undefined ? note : 'Every group’s figure is 0, or one is negative.',
    };
  }
  const { ratio, ratioLow, ratioHigh, n, confidence } = gap;
  const bounds =
    ratioLow === undefined || ratioHigh === undefined
      ? {}
      : { low: ratioLow, high: ratioHigh, confidence, method: intervalMethod };
  return { ...shape, value: ratio, n, ...bounds, note };
}

const intervalMethod = 'of all pairs at once, Bonferroni';

/** Which groups are furthest apart, or why there is nothing to compare. */
function notesOn(
  slice: string,
  groups: number,
  without: number,
  leftOut: number,
  gap: FigureGap | EqualisedOdds | undefined,
): string[] {
  const notes: string[] = [];
  if (groups === 0) return [`No answer has a value of the slice ${slice}: name it in the dataset’s slices.`];
  if (groups === 1) notes.push(`The slice ${slice} has one group only: there is nothing to compare it with.`);
  else if (gap === undefined) notes.push('Fewer than two groups have enough rows for a figure with an interval.');
  else notes.push(`Highest for ${quoteGroup(gap.highest)}, lowest for ${quoteGroup(gap.lowest)}.`);
  if (gap !== undefined && 'leftOut' in gap && gap.leftOut.length > 0) {
    notes.push(`Too few rows: ${gap.leftOut.slice(0, 10).map(quoteGroup).join(', ')}.`);
  }
  if (without > 0) notes.push(`${without} answers have no value of the slice.`);
  if (leftOut > 0) notes.push(`${leftOut} answers belong to groups beyond the first ${mostGroups}.`);
  return notes;
}

function startOutcomes(): Outcomes {
  return { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0, rows: createSampleList() };
}

function countOutcome(outcomes: Outcomes, { output, target, row }: Observation, positive: string): void {
  const isPositive = isSameLabel(target, positive);
  const said = isSameLabel(output, positive);
  outcomes.rows.push(row, said ? 1 : 0);
  if (isPositive) {
    if (said) outcomes.truePositives++;
    else outcomes.falseNegatives++;
  } else if (said) outcomes.falsePositives++;
  else outcomes.trueNegatives++;
}

/** Counts as of independent rows: repeats of a row tell little new, so the counts shrink by their design effect. */
function scaleOutcomes(name: string, outcomes: Outcomes, confidence: number): GroupOutcomes {
  const effect = outcomes.rows.designEffect(confidence);
  return {
    name,
    truePositives: outcomes.truePositives / effect,
    falsePositives: outcomes.falsePositives / effect,
    trueNegatives: outcomes.trueNegatives / effect,
    falseNegatives: outcomes.falseNegatives / effect,
  };
}
