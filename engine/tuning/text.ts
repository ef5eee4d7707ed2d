import type { AspectResult, MetricValue, TuningComparison, TuningReport } from '../../schemas/generated/messages.ts';
import { countOf, formatNumber, formatSeconds, formatValue } from '../reports/format.ts';
import { escapeMarkdown, renderMarkdownTable, renderTable, type Cell } from '../reports/table.ts';
import { aspectWords } from './rows.ts';
import { selectionWords } from './report.ts';

interface Table {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Tuning runs for a terminal: the figures on the test rows, what differs, checkpoints, what was used, notes. */
export function renderTuningText(comparison: TuningComparison): string {
  const { figures, differences, facts } = partsOf(comparison);
  const lines = comparison.reports.map(report => `${report.run.name}: ${headFacts(report)}`);
  if (figures.rows.length > 0) lines.push('', ...renderTable(figures.header, figures.rows));
  if (differences !== undefined) lines.push('', ...renderTable(differences.header, differences.rows));
  if (facts.length > 0) lines.push('', ...facts);
  return lines.join('\n');
}

/** The same as Markdown, for notebooks, pull requests and code hosts. */
export function renderTuningMarkdown(comparison: TuningComparison): string {
  const { figures, differences, facts } = partsOf(comparison);
  const lines = comparison.reports.flatMap((report, index) => [
    ...(index === 0 ? [] : ['']),
    `**${escapeMarkdown(report.run.name)}** — ${escapeMarkdown(headFacts(report))}`,
  ]);
  if (figures.rows.length > 0) lines.push('', ...renderMarkdownTable(figures.header, figures.rows));
  if (differences !== undefined) lines.push('', ...renderMarkdownTable(differences.header, differences.rows));
  if (facts.length > 0) lines.push('', ...facts.map(fact => `- ${escapeMarkdown(fact)}`));
  return `${lines.join('\n')}\n`;
}

/** What every rendering of tuning runs is made of. */
export function partsOf(comparison: TuningComparison) {
  const { reports } = comparison;
  const several = reports.length > 1;
  return {
    figures: figureTable(reports, several),
    differences: several ? differenceTable(comparison) : undefined,
    facts: reports.flatMap(report => factsOf(report).map(fact => (several ? `${report.run.id}: ${fact}` : fact))),
  };
}

/** What was trained, from what, where and for how long. */
export function headFacts(report: TuningReport): string {
  const { run, hyperparameters, epochs, labels } = report;
  const done = epochs.filter(({ epoch }) => epoch > 0).length;
  const rows = report.aspects.reduce((sum, { trainingRows }) => sum + trainingRows, 0);
  return [
    `run ${run.id} ${run.state}`,
    `from ${report.base} on ${report.platform}`,
    `${String(done)} of ${countOf(Number(hyperparameters['epochs'] ?? done), 'epoch')}`,
    ...(rows > 0 ? [countOf(rows, 'training row')] : []),
    ...(labels === undefined ? [] : [countOf(labels.length, 'class', 'classes')]),
  ].join(', ');
}

/** Aspects × metrics on the test rows; the base's figures stand under the tuned model's. */
function figureTable(reports: readonly TuningReport[], several: boolean): Table {
  const measured = reports.flatMap(report =>
    report.aspects.filter(({ metrics }) => metrics.length > 0).map(aspect => ({ report, aspect })),
  );
  const columns = new Map(
    measured.flatMap(({ aspect }) => aspect.metrics.map(({ metric, label }) => [metric, label] as const)),
  );
  const right = (text: string): Cell => ({ text, align: 'right' });
  const header = [
    ...(several ? [{ text: 'Run' }] : []),
    { text: 'Test rows of' },
    { text: 'Model' },
    ...[...columns.values()].map(right),
    right('n'),
  ];
  const line = (run: string, aspect: AspectResult, model: string, figures: readonly MetricValue[]): Cell[] => [
    ...(several ? [{ text: run }] : []),
    { text: aspectWords(aspect.aspect) },
    { text: model },
    ...[...columns.keys()].map(metric => {
      const figure = figures.find(candidate => candidate.metric === metric);
      return right(figure === undefined ? '–' : formatValue(figure));
    }),
    right(String(aspect.testRows)),
  ];
  const rows = measured.flatMap(({ report, aspect }) => [
    line(report.run.id, aspect, 'tuned', aspect.metrics),
    ...(aspect.base === undefined ? [] : [line(report.run.id, aspect, 'base', aspect.base)]),
  ]);
  return { header, rows };
}

function differenceTable({ reports, differences }: TuningComparison): Table | undefined {
  if (differences.length === 0) return undefined;
  return {
    header: [{ text: 'Differs in' }, ...reports.map(({ run }) => ({ text: run.id }))],
    rows: differences.map(({ name, values }) => [{ text: name }, ...values.map(text => ({ text }))]),
  };
}

function factsOf(report: TuningReport): string[] {
  const { registered, run, notes } = report;
  return [
    ...gapSentences(report),
    ...checkpointSentence(report),
    ...usedSentence(report),
    ...(registered === undefined ? [] : [`Registered as ${registered.model}, version ${registered.version}.`]),
    ...(run.state === 'failed' && run.failure !== undefined ? [run.failure.message] : []),
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
  const others = checkpoints.filter(checkpoint => checkpoint !== best).map(({ epoch }) => String(epoch));
  const kept = others.length === 0 ? '' : `; also kept: ${others.join(', ')}`;
  return [`Best checkpoint: epoch ${String(best.epoch)}, by ${selectionWords(selection)} (validation rows)${kept}.`];
}

function usedSentence({ infrastructure }: TuningReport): string[] {
  if (infrastructure === undefined) return [];
  const { wallSeconds, cpuSeconds, peakMemoryBytes, hardware, rowsPerSecond, cost } = infrastructure;
  const parts = [
    formatSeconds(wallSeconds),
    `${formatSeconds(cpuSeconds)} of processor time`,
    `${(peakMemoryBytes / 1_000_000).toFixed(0)} MB at most`,
    ...(rowsPerSecond === undefined ? [] : [`${formatNumber(Math.round(rowsPerSecond), 'count')} rows a second`]),
    ...(cost === undefined ? [] : [formatNumber(cost, 'USD')]),
  ];
  return [`Used: ${parts.join(', ')}${hardware === undefined ? '' : ` on ${hardware}`}.`];
}
