import type {
  MetricValue,
  PairedComparison,
  Report,
  RunSummary,
  VariantResult,
} from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatFigure, formatOutcome } from '../runs/format.ts';

/** How many columns each kind of metric gets; the report has them all. */
const columnsOfKind: readonly (readonly [MetricValue['kind'], number])[] = [
  ['quality', 4],
  ['latency', 1],
  ['cost', 1],
];
/** The metric that stands for its kind where there is room for one; else it is the first. */
const preferred: ReadonlySet<string> = new Set(['latency.p50']);

/** What a code host shows while the run is under way, or when its report could not be had. */
export function describeRunAsMarkdown(run: RunSummary): string {
  const lines = [`**${escapeMarkdown(run.name)}**: ${escapeMarkdown(formatOutcome(run))}`];
  if (run.failure !== undefined) {
    lines.push(escapeMarkdown([run.failure.message, run.failure.remedy].filter(Boolean).join(' ')));
  }
  return lines.join('\n\n');
}

/** The report as a Markdown table with its verdicts, for viewers without our renderer. */
export function describeReportAsMarkdown(report: Report, run: RunSummary): string {
  const parts = [`**${escapeMarkdown(report.title)}**: ${escapeMarkdown(formatOutcome(run))}`];
  if (run.failure !== undefined) parts.push(escapeMarkdown(run.failure.message));
  const gates = report.gates.map(gate => `- ${gateSign(gate.outcome)} ${escapeMarkdown(gate.sentence)}`);
  if (gates.length > 0) parts.push(gates.join('\n'));
  if (report.variants.length > 0) parts.push(variantTable(report));
  const verdicts = leadingComparisons(report).map(({ sentence }) => `- ${escapeMarkdown(sentence)}`);
  if (verdicts.length > 0) parts.push(verdicts.join('\n'));
  const failures = report.failures.map(({ sentence }) => `- ${escapeMarkdown(sentence)}`);
  if (failures.length > 0) parts.push(failures.join('\n'));
  const notes = [datasetNote(report), ...report.notes].filter(note => note !== undefined);
  if (notes.length > 0) parts.push(notes.map(note => `_${escapeMarkdown(note)}_`).join('  \n'));
  return parts.join('\n\n');
}

function variantTable(report: Report): string {
  const columns = chooseColumns(report.variants);
  const withPrompts = report.variants.some(variant => variant.prompt !== undefined);
  const head = [t('Model'), ...(withPrompts ? [t('Prompt')] : []), ...columns.map(column => column.label), 'n'];
  const rule = head.map((_, index) => (index < (withPrompts ? 2 : 1) ? '---' : '---:'));
  const rows = report.variants.map((variant, index) => {
    const name = escapeMarkdown(variant.model) + (index === report.baseline ? ` (${t('baseline')})` : '');
    const values = columns.map(column => formatCell(variant.metrics.find(metric => metric.metric === column.metric)));
    return [name, ...(withPrompts ? [escapeMarkdown(variant.prompt ?? '')] : []), ...values, String(variant.samples)];
  });
  return [head.map(escapeMarkdown), rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

interface Column {
  readonly metric: string;
  readonly label: string;
}

function chooseColumns(variants: readonly VariantResult[]): Column[] {
  const all = variants.flatMap(variant => variant.metrics).filter(metric => metric.value !== null);
  return columnsOfKind.flatMap(([kind, most]) => {
    const columns = new Map<string, Column>();
    for (const { metric, label } of all.filter(candidate => candidate.kind === kind))
      columns.set(metric, { metric, label });
    const inOrder = [...columns.values()];
    return [...inOrder.filter(isPreferred), ...inOrder.filter(column => !isPreferred(column))].slice(0, most);
  });
}

function isPreferred({ metric }: Column): boolean {
  return preferred.has(metric);
}

/** The figure with its interval; an estimate says that it is one. */
function formatCell(metric: MetricValue | undefined): string {
  if (metric?.value === undefined || metric.value === null) return '–';
  const value = `${metric.estimated === true ? '≈ ' : ''}${formatFigure(metric.value, metric.unit)}`;
  if (metric.low === undefined || metric.high === undefined) return escapeMarkdown(value);
  return escapeMarkdown(
    `${value} [${formatFigure(metric.low, metric.unit)}, ${formatFigure(metric.high, metric.unit)}]`,
  );
}

/** Verdicts on the metric that the report compares first. */
function leadingComparisons(report: Report): PairedComparison[] {
  const [first] = report.comparisons;
  return report.comparisons.filter(comparison => comparison.metric === first?.metric);
}

function gateSign(outcome: Report['gates'][number]['outcome']): string {
  return { met: t('Gate met:'), 'not-met': t('Gate not met:'), 'not-computed': t('Gate not computed:') }[outcome];
}

function datasetNote(report: Report): string | undefined {
  const { dataset } = report;
  if (dataset === undefined) return undefined;
  const percent = Math.round(report.confidence * 100);
  return t('{0} rows of {1}; intervals at {2} % confidence', dataset.rows, dataset.path, percent);
}

/**
 * Text from models and files as literal Markdown: no table cell ends early, no code, emphasis, link or HTML starts.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|~#]/g, character => `\\${character}`)
    .replace(/\s*\r?\n\s*/g, ' ');
}
