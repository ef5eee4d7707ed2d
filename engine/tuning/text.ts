import type { TuningComparison, TuningReport } from '../../schemas/generated/messages.ts';
import { countOf, formatEpoch, formatNumber, formatSeconds, formatValue, groupDigits } from '../reports/format.ts';
import { escapeMarkdown, renderMarkdownTable, renderTable } from '../reports/table.ts';
import { verdictSentences } from './change-words.ts';
import { aspectWords } from './rows.ts';
import { selectionWords } from './report.ts';
import { tablesOf } from './text-tables.ts';

/** Tuning runs for a terminal: what got better and worse, the figures, what differs, checkpoints, what was used, notes. */
export function renderTuningText(comparison: TuningComparison, width = Infinity): string {
  const { verdicts, tables, facts } = partsOf(comparison);
  const lines = comparison.reports.map(report => `${report.run.name}: ${headFacts(report)}`);
  if (verdicts.length > 0) lines.push('', ...verdicts);
  for (const { header, rows } of tables)
    lines.push('', ...renderTable(header, rows, { width, shortened: ['Test rows of', 'Slice'] }));
  if (facts.length > 0) lines.push('', ...facts);
  return lines.join('\n');
}

/** The same as Markdown, for notebooks, pull requests and code hosts. */
export function renderTuningMarkdown(comparison: TuningComparison): string {
  const { verdicts, tables, facts } = partsOf(comparison);
  const lines = comparison.reports.flatMap((report, index) => [
    ...(index === 0 ? [] : ['']),
    `**${escapeMarkdown(report.run.name)}** — ${escapeMarkdown(headFacts(report))}`,
  ]);
  if (verdicts.length > 0) lines.push('', ...verdicts.map(sentence => `- ${escapeMarkdown(sentence)}`));
  for (const { header, rows } of tables) lines.push('', ...renderMarkdownTable(header, rows));
  if (facts.length > 0) lines.push('', ...facts.map(fact => `- ${escapeMarkdown(fact)}`));
  return `${lines.join('\n')}\n`;
}

/** What every rendering of tuning runs is made of. */
export function partsOf(comparison: TuningComparison) {
  const { reports, notes = [] } = comparison;
  const several = reports.length > 1;
  const named = (report: TuningReport, sentences: readonly string[]): readonly string[] =>
    several ? sentences.map(sentence => `${report.run.id}: ${sentence}`) : sentences;
  return {
    verdicts: reports.flatMap(report => named(report, verdictSentences(report))),
    tables: tablesOf(comparison),
    facts: [...reports.flatMap(report => named(report, factsOf(report))), ...notes],
  };
}

/** What was trained, from what, where and for how long. */
export function headFacts(report: TuningReport): string {
  const { run, hyperparameters, epochs, labels, trial } = report;
  const done = epochs.filter(({ epoch }) => epoch > 0).length;
  const rows = report.aspects.reduce((sum, { trainingRows }) => sum + trainingRows, 0);
  const last = epochs.at(-1);
  const length =
    last?.step === undefined
      ? `${String(done)} of ${countOf(Number(hyperparameters['epochs'] ?? done), 'epoch')}`
      : `${countOf(last.step, 'step')} in ${formatEpoch(last.epoch)} of ${countOf(Number(hyperparameters['epochs'] ?? last.epoch), 'epoch')}`;
  return [
    `run ${run.id} ${run.state}`,
    ...(trial === undefined ? [] : [`trial ${String(trial.trial)} of ${String(trial.trials)}`]),
    `from ${report.base} on ${report.platform}`,
    length,
    ...(rows > 0 ? [countOf(rows, 'training row')] : []),
    ...(labels === undefined || labels.length === 0 ? [] : [countOf(labels.length, 'class', 'classes')]),
  ].join(', ');
}

function factsOf(report: TuningReport): string[] {
  const { registered, run, notes, preflight = [] } = report;
  return [
    ...gapSentences(report),
    ...checkpointSentence(report),
    ...usedSentence(report),
    ...(registered === undefined ? [] : [`Registered as ${registered.model}, version ${registered.version}.`]),
    ...(run.state === 'failed' && run.failure !== undefined ? [run.failure.message] : []),
    ...preflight
      .filter(({ level }) => level !== 'ok')
      .map(({ message, remedy }) => `Before the start: ${message}${remedy === undefined ? '' : ` ${remedy}`}`),
    ...notes,
  ];
}

function gapSentences({ aspects }: TuningReport): string[] {
  return aspects.flatMap(({ aspect, gaps }) =>
    gaps.map(({ column, best, worst, figure }) => {
      const between =
        best === undefined || worst === undefined || best === worst ? '' : `, between ${best} and ${worst}`;
      return `${figure.label} by ${column} (${aspectWords(aspect)}): ${formatValue(figure)}${between}.`;
    }),
  );
}

function checkpointSentence({ checkpoints, selection }: TuningReport): string[] {
  const best = checkpoints.find(checkpoint => checkpoint.best);
  if (best === undefined) return [];
  const others = checkpoints.filter(checkpoint => checkpoint !== best).map(({ epoch }) => formatEpoch(epoch));
  const kept = others.length === 0 ? '' : `; also kept: ${others.join(', ')}`;
  const step = best.step === undefined ? '' : ` (step ${groupDigits(best.step)})`;
  return [
    `Best checkpoint: epoch ${formatEpoch(best.epoch)}${step}, by ${selectionWords(selection)} (validation rows)${kept}.`,
  ];
}

function usedSentence({ infrastructure }: TuningReport): string[] {
  if (infrastructure === undefined) return [];
  const { wallSeconds, cpuSeconds, peakMemoryBytes, hardware, rowsPerSecond, cost, gpu, gpuSeconds } = infrastructure;
  const { tokens, peakGpuMemoryBytes, hourlyPrice } = infrastructure;
  const megabytes = (bytes: number): string => `${groupDigits(Math.round(bytes / 1_000_000))} MB`;
  const parts = [
    formatSeconds(wallSeconds),
    ...(gpuSeconds === undefined ? [] : [`${(gpuSeconds / 3600).toFixed(2)} GPU-hours`]),
    `${formatSeconds(cpuSeconds)} of processor time`,
    `${megabytes(peakMemoryBytes)} at most`,
    ...(peakGpuMemoryBytes === undefined ? [] : [`${megabytes(peakGpuMemoryBytes)} of GPU memory at most`]),
    ...(rowsPerSecond === undefined ? [] : [`${formatNumber(Math.round(rowsPerSecond), 'count')} rows a second`]),
    ...(tokens === undefined ? [] : [`${groupDigits(tokens)} tokens`]),
    ...(cost === undefined ? [] : [formatNumber(cost, 'USD')]),
    ...(hourlyPrice === undefined ? [] : [`${formatNumber(hourlyPrice, 'USD')} an hour`]),
  ];
  const machine = [gpu, hardware].filter(name => name !== undefined).join(', ');
  return [`Used: ${parts.join(', ')}${machine === '' ? '' : ` on ${machine}`}.`];
}
