import type { EpochPoint, FigureChange, SliceGap, TuningRegression } from '../../schemas/generated/messages.ts';
import { formatValue } from '../reports/format.ts';
import { quoteGroup } from '../metrics/group-names.ts';
import type { AspectChanges } from './changes.ts';
import { aspectWords, type AspectRows } from './rows.ts';
import { selectedFigure, type Selection } from './selection.ts';

/** An aspect as it is judged. */
export interface JudgedAspect extends AspectChanges {
  readonly name: AspectRows['name'];
  readonly baseGaps: readonly SliceGap[];
  readonly tunedGaps: readonly SliceGap[];
}

/**
 * What got worse: an aspect or a slice by a settled verdict, a gap between groups that grew beyond what its interval allows for, and
 * validation rows on which the checkpoint was chosen and got better while the test rows did not.
 */
export function findRegressions(
  aspects: readonly JudgedAspect[],
  selection: Selection,
  epochs: readonly EpochPoint[],
  bestEpoch: number | undefined,
): TuningRegression[] {
  const core = aspects.find(({ name }) => name === 'core-performance');
  const coreBetter = core?.changes[0]?.verdict === 'better';
  return [
    ...aspects.flatMap(aspect => [...worseFigures(aspect, coreBetter), ...worseSlices(aspect), ...grownGaps(aspect)]),
    ...overfitting(aspects, selection, epochs, bestEpoch),
  ];
}

function worseFigures({ name, changes }: JudgedAspect, coreBetter: boolean): TuningRegression[] {
  return changes
    .filter(({ verdict }) => verdict === 'worse')
    .map(({ metric, sentence = '' }) => ({
      aspect: name,
      metric,
      message: `${title(name)}: ${lowerFirst(sentence)}${coreBetter && name !== 'core-performance' ? ' Core performance got better.' : ''}`,
    }));
}

function worseSlices({ name, changes, sliceChanges }: JudgedAspect): TuningRegression[] {
  return sliceChanges
    .filter(({ change }) => change.verdict === 'worse')
    .map(({ column, value, change }) => {
      const whole = changes.find(({ metric }) => metric === change.metric);
      const although = whole?.verdict === 'better' ? ', although the aspect as a whole is better' : '';
      return {
        aspect: name,
        column,
        value,
        metric: change.metric,
        message: `${title(name)}, ${column} ${quoteGroup(value)}: ${lowerFirst(trimEnd(change.sentence ?? ''))}${although}.`,
      };
    });
}

/** Both gaps are of the same rows. The base's is taken as it is; the tuned model's lower bound must lie above it. */
function grownGaps({ name, baseGaps, tunedGaps }: JudgedAspect): TuningRegression[] {
  return tunedGaps.flatMap(({ column, best, worst, figure }) => {
    const before = baseGaps.find(gap => gap.column === column)?.figure;
    if (before === undefined || before.value === null || figure.value === null || figure.low === undefined) return [];
    if (figure.low <= before.value) return [];
    const between =
      best === undefined || worst === undefined ? '' : `, between ${quoteGroup(best)} and ${quoteGroup(worst)}`;
    return [
      {
        aspect: name,
        column,
        metric: figure.metric,
        message: `${title(name)}: the ${lowerFirst(figure.label)} by ${column} grew from ${formatValue(before)} to ${formatValue(figure)}${between}.`,
      },
    ];
  });
}

/** A checkpoint chosen by rows that the model was fitted to by choosing may be worth nothing on others. */
function overfitting(
  aspects: readonly JudgedAspect[],
  selection: Selection,
  epochs: readonly EpochPoint[],
  bestEpoch: number | undefined,
): TuningRegression[] {
  const aspect = aspects.find(({ name }) => name === selection.aspect);
  const change = aspect?.changes.find(({ metric }) => metric === selection.metric) ?? aspect?.changes[0];
  if (aspect === undefined || change?.difference === undefined) return [];
  const own: Selection = { ...selection, metric: change.metric };
  const [start, best] = [0, bestEpoch].map(at => {
    const point = epochs.find(({ epoch }) => epoch === at);
    return point === undefined ? undefined : selectedFigure(point, own);
  });
  if (start === undefined || best === undefined) return [];
  const sign = change.direction === 'lower' ? -1 : 1;
  if (sign * (best - start) <= 0 || sign * change.difference > 0) return [];
  const write = (value: number): string => formatValue(figureOf(change, value));
  return [
    {
      aspect: aspect.name,
      metric: change.metric,
      message: `${title(aspect.name)}: ${lowerFirst(change.label)} got better on the validation rows (${write(start)} to ${write(best)}) and not on the test rows (${write(change.base ?? NaN)} to ${write(change.tuned ?? NaN)}), n ${String(change.n)}.`,
    },
  ];
}

function figureOf({ metric, label, unit, direction }: FigureChange, value: number) {
  return { metric, label, kind: 'quality' as const, unit, direction, value, n: 0 };
}

function title(name: AspectRows['name']): string {
  const words = aspectWords(name);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Acronyms stay as they are. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;
}

function trimEnd(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
