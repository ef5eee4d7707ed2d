import type {
  AspectResult,
  FigureChange,
  MetricValue,
  SliceGap,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import { figureOf } from './figures.ts';
import { decimalsFor, formatCount, formatFixed, formatPlace, formatSigned, formatValue } from './format.ts';
import { showUnseen } from './text.ts';
import { aspectName, aspectWords, changeOf, chosenEpoch, epochsOf, scoreOf, testGroups } from './tuning.ts';
import { leaderItems, intervalWords } from './leaders.ts';
import type { VerdictItem } from './verdicts.ts';
import { isActive, verdictWords } from './words.ts';

/**
 * What a reader takes away from a tuning run: whether it got better, what got worse (unless that stands beside it), the checkpoint, what it
 * reaches on the test rows, whom it serves worse, notes.
 */
export function tuningVerdicts(report: TuningReport, besideRegressions = false): readonly VerdictItem[] {
  const checkpoint = checkpointSentence(report);
  const { registered } = report;
  const star = checkpoint === undefined ? [] : [{ icon: 'star' as const, tone: 'neutral' as const, text: checkpoint }];
  // What the run is for comes first: whether the model got better, and who pays for it.
  const compared = report.aspects.filter(({ changes = [] }) => changes.length > 0);
  return [
    ...compared.flatMap(aspect => changeItem(report, aspect)),
    ...(besideRegressions ? [] : regressionItems(report)),
    ...star,
    ...report.aspects.filter(aspect => !compared.includes(aspect)).flatMap(aspect => aspectItems(report, aspect)),
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
    ...noteItems(report.notes),
  ];
}

export function noteItems(notes: readonly string[]): readonly VerdictItem[] {
  return notes.map(note => ({ icon: 'info', tone: 'neutral', text: showUnseen(note) }));
}

/** `Better on core performance: WER 0.212 → 0.141 (−0.071, −0.090 to −0.052, n 480).` */
function changeItem(report: TuningReport, { aspect, changes = [] }: AspectResult): VerdictItem[] {
  const leading = changes.find(({ metric }) => metric === report.selection.metric) ?? changes[0];
  if (leading === undefined) return [];
  const lead: Record<FigureChange['verdict'], string> = {
    better: `Better on ${aspectWords(aspect)}`,
    worse: `Worse on ${aspectWords(aspect)}`,
    'not-distinguishable': `No certain change on ${aspectWords(aspect)}`,
    'not-computed': `Not compared on ${aspectWords(aspect)}`,
  };
  const { tone, icon } = verdictWords(leading.verdict);
  const others = changes.filter(change => change !== leading && change.verdict !== leading.verdict);
  const apart = others.filter(({ verdict }) => verdict === 'better' || verdict === 'worse');
  const beside = apart.map(({ label, verdict }) => ` ${showUnseen(label)} got ${verdict}.`).join('');
  return [{ icon, tone, text: `${lead[leading.verdict]}: ${changeFigures(leading)}.${beside}` }];
}

/** `WER 0.212 → 0.141 (−0.071, −0.090 to −0.052, n 480)` */
export function changeFigures({ label, unit, base, tuned, difference, low, high, n }: FigureChange): string {
  const name = showUnseen(label);
  if (base === null || tuned === null || difference === undefined) return `${name}, n ${formatCount(n)}`;
  const decimals = decimalsFor([base, tuned], unit);
  const interval =
    low === undefined || high === undefined
      ? ''
      : `, ${formatSigned(low, decimals)} to ${formatSigned(high, decimals)}`;
  return `${name} ${formatValue(base, unit)} → ${formatValue(tuned, unit)} (${formatSigned(difference, decimals)}${interval}, n ${formatCount(n)})`;
}

/** What got worse, as the report flags it, with slices that did although nobody flagged them. */
export function regressionSentences({ regressions = [], aspects }: TuningReport): readonly string[] {
  const isFlagged = (aspect: string, column: string, value: string): boolean =>
    regressions.some(each => each.aspect === aspect && each.column === column && each.value === value);
  const slices = aspects.flatMap(({ aspect, sliceChanges = [] }) =>
    sliceChanges
      .filter(({ column, value, change }) => change.verdict === 'worse' && !isFlagged(aspect, column, value))
      .map(
        ({ column, value, change }) =>
          `${aspectName(aspect)}: worse for ${showUnseen(column)} ${quoteGroup(value)}: ${changeFigures(change)}.`,
      ),
  );
  return [...regressions.map(({ message }) => showUnseen(message)), ...slices];
}

function regressionItems(report: TuningReport): VerdictItem[] {
  return regressionSentences(report).map(text => ({ icon: 'warning', tone: 'warn', text }));
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
      : `, ${showUnseen(label)} (${aspectWords(aspect)}, validation) ${formatFixed(value, Math.abs(value) < 10 ? 3 : 1)}${rows === undefined ? '' : `, n ${formatCount(rows)}`}`;
  const lead = isActive(report.run.state) ? 'Best checkpoint so far' : 'Best checkpoint';
  const kept = report.checkpoints.find(candidate => candidate.epoch === epoch);
  const step = point?.step ?? kept?.step;
  const at = step === undefined ? '' : `step ${formatCount(step)}, `;
  return `${lead}: ${at}epoch ${formatPlace(epoch)}${figure}.`;
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
  const before = baseGap(aspect, column);
  const base = before === undefined ? '' : `; ${formatValue(before, figure.unit)} before training`;
  return `${aspectName(aspect.aspect)}: ${label} by ${showUnseen(column)} ${intervalWords(figure)}, ${names}, n ${formatCount(figure.n)}${base}.`;
}

/** The largest difference between two groups of the base. Undefined where the base was not measured by group. */
function baseGap({ sliceChanges = [] }: AspectResult, column: string): number | undefined {
  const values = sliceChanges.flatMap(slice => (slice.column === column ? (slice.change.base ?? []) : []));
  return values.length < 2 ? undefined : Math.max(...values) - Math.min(...values);
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
    ...noteItems(notes),
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
