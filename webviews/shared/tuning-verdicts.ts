import type { AspectResult, MetricValue, SliceGap, TuningReport } from '../../schemas/generated/messages.ts';
import { figureOf } from './figures.ts';
import { decimalsFor, formatCount, formatFixed, formatSigned, formatValue } from './format.ts';
import { showUnseen } from './text.ts';
import { aspectName, aspectWords, changeOf, chosenEpoch, epochsOf, scoreOf, testGroups } from './tuning.ts';
import { leaderItems, intervalWords } from './leaders.ts';
import type { VerdictItem } from './verdicts.ts';
import { isActive } from './words.ts';

/** What a reader takes away from a tuning run: the checkpoint, what it reaches on the test rows, whom it serves worse, notes. */
export function tuningVerdicts(report: TuningReport): readonly VerdictItem[] {
  const checkpoint = checkpointSentence(report);
  const { registered } = report;
  return [
    ...(checkpoint === undefined ? [] : [{ icon: 'star' as const, tone: 'neutral' as const, text: checkpoint }]),
    ...report.aspects.flatMap(aspect => aspectItems(report, aspect)),
    ...report.aspects.flatMap(aspect =>
      aspect.gaps.flatMap(gap => {
        const text = aspect.aspect === 'ethical-alignment' ? gapSentence(aspect, gap) : undefined;
        return text === undefined ? [] : [{ icon: 'dot' as const, tone: 'neutral' as const, text }];
      }),
    ),
    ...(registered === undefined
      ? []
      : [
          {
            icon: 'pass' as const,
            tone: 'good' as const,
            text: `Registered as ${showUnseen(registered.model)}@${showUnseen(registered.version)}.`,
          },
        ]),
    ...report.notes.map(note => ({ icon: 'info' as const, tone: 'neutral' as const, text: showUnseen(note) })),
  ];
}

/** `Best checkpoint: epoch 14, Accuracy (core performance, validation) 0.912, n 72.` */
export function checkpointSentence(report: TuningReport): string | undefined {
  const epoch = chosenEpoch(report);
  if (epoch === undefined) return undefined;
  const { aspect, metric, label } = report.selection;
  const point = epochsOf(report.run, report).find(candidate => candidate.epoch === epoch);
  const value = point === undefined ? undefined : scoreOf(point, aspect, metric);
  const rows = point?.aspects.find(candidate => candidate.aspect === aspect)?.rows;
  const figure =
    value === undefined
      ? ''
      : `, ${showUnseen(label)} (${aspectWords(aspect)}, validation) ${formatFixed(value, 3)}${rows === undefined ? '' : `, n ${formatCount(rows)}`}`;
  const lead = isActive(report.run.state) ? 'Best checkpoint so far' : 'Best checkpoint';
  return `${lead}: epoch ${formatCount(epoch)}${figure}.`;
}

/** The aspect's first metric on the test rows, and how the base model did on them. */
function aspectItems(report: TuningReport, { aspect, metrics, base }: AspectResult): VerdictItem[] {
  const figure = metrics.find(({ metric }) => metric === report.selection.metric) ?? metrics[0];
  if (figure === undefined || figure.value === null) return [];
  const change = changeOf(figure, figureOf(base ?? [], figure.metric));
  const against =
    change === undefined
      ? '.'
      : `; ${formatSigned(change.difference, decimalsFor([figure.value], figure.unit))} against the base${change.apart === undefined ? '' : change.apart ? ', intervals apart' : ', intervals overlap'}.`;
  const text = `${aspectName(aspect)}: ${showUnseen(figure.label)} ${intervalWords(figure)} on the test rows, n ${formatCount(figure.n)}${against}`;
  if (change === undefined || change.apart !== true) return [{ icon: 'dot', tone: 'neutral', text }];
  if (change.verdict === 'better') return [{ icon: 'arrowUp', tone: 'good', text }];
  return [{ icon: 'arrowDown', tone: change.verdict === 'worse' ? 'bad' : 'neutral', text }];
}

/** The largest difference between two groups in words, with both groups' figures. Undefined where none was computed. */
export function gapSentence(aspect: AspectResult, { column, best, worst, figure }: SliceGap): string | undefined {
  if (figure.value === null || best === undefined || worst === undefined) return undefined;
  const of = (value: string): string => {
    const own = sliceFigure(aspect, column, value);
    return own === undefined || own.value === null ? '' : ` (${formatValue(own.value, own.unit)})`;
  };
  const names = `from ${quoteGroup(best)}${of(best)} to ${quoteGroup(worst)}${of(worst)}`;
  const label = lowerFirst(showUnseen(figure.label));
  return `${aspectName(aspect.aspect)}: ${label} by ${showUnseen(column)} ${intervalWords(figure)}, ${names}, n ${formatCount(figure.n)}.`;
}

/** A group's leading figure: the first metric the aspect has. */
export function sliceFigure({ slices, metrics }: AspectResult, column: string, value: string): MetricValue | undefined {
  const own = slices.find(slice => slice.column === column && slice.value === value);
  return own === undefined ? undefined : (figureOf(own.metrics, metrics[0]?.metric ?? '') ?? own.metrics[0]);
}

export function quoteGroup(value: string): string {
  return value === '' ? '(empty)' : `“${showUnseen(value)}”`;
}

/** For several runs: each one's checkpoint, then for each aspect and its test rows which run has the best figure. */
export function comparisonVerdicts(reports: readonly TuningReport[], names: readonly string[]): readonly VerdictItem[] {
  const groups = testGroups(reports);
  const leaders = groups.flatMap(({ aspect, rows: [row] }) =>
    row === undefined ? [] : leaderItems(aspectName(aspect), row, names),
  );
  const split = [...new Set(groups.filter(({ isShared }) => !isShared).map(({ aspect }) => aspect))];
  const checkpoints = reports.map((report, index): VerdictItem => {
    const sentence = checkpointSentence(report) ?? 'No checkpoint has been kept.';
    return { icon: 'star', tone: 'neutral', text: `${names[index] ?? ''}: ${lowerFirst(sentence)}` };
  });
  const notes = [...new Set(reports.flatMap(report => report.notes))];
  return [
    ...leaders,
    ...split.map(aspect => ({
      icon: 'warning' as const,
      tone: 'warn' as const,
      text: `${aspectName(aspect)}: not every run was tested on the same rows, so not all of them are compared.`,
    })),
    ...checkpoints,
    ...notes.map(note => ({ icon: 'info' as const, tone: 'neutral' as const, text: showUnseen(note) })),
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
