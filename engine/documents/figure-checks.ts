import type { Benchmark, GateCondition, MetricName } from '../../schemas/generated/files.ts';
import { createMetrics, metricEntries, metricNameOf } from '../metrics/benchmark-metrics.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import type { DocumentPath, ReportFinding } from './diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';

/** The metrics a benchmark computes, by name. */
export function metricsOf(benchmark: Pick<Benchmark, 'metrics'>): readonly MetricName[] {
  return metricEntries(benchmark).map(metricNameOf);
}

/** Ids of the figures a benchmark computes, by which a gate names them. */
export function figuresOf(benchmark: Pick<Benchmark, 'metrics'>): readonly string[] {
  return [...new Set(createMetrics(benchmark).flatMap(({ figures }) => figures))];
}

/** A figure has one value a model: a metric named twice, even with other parameters, would hide one of them. */
function checkRepeatedMetrics(benchmark: Benchmark, report: ReportFinding): void {
  const names = metricsOf(benchmark);
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    report(
      'duplicate-item',
      'error',
      ['metrics', index],
      `\`${name}\` is measured already; a benchmark measures each metric once.`,
    );
  });
}

/** Whether every gate judges a figure and a model the benchmark has, with bounds that can be kept. */
export function checkFigures(benchmark: Benchmark, report: ReportFinding): void {
  checkRepeatedMetrics(benchmark, report);
  const figures = figuresOf(benchmark);
  (benchmark.gate ?? []).forEach((condition, index) => {
    const at = ['gate', index];
    checkFigure(condition, figures, at, report);
    if (!benchmark.models.includes(condition.model)) {
      const suggestion = suggestWord(condition.model, benchmark.models);
      const message = `The gate judges \`${condition.model}\`, which is not among \`models\`.${askDidYouMean(suggestion)} They are ${listWords(benchmark.models)}.`;
      report('unknown-model', 'error', [...at, 'model'], message, { replacement: suggestion });
    }
    checkBounds(condition, at, report);
  });
}

function checkFigure(
  condition: GateCondition,
  figures: readonly string[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const figure = condition.metric;
  if (figures.includes(figure)) return;
  const parts = figures.filter(known => known.startsWith(`${figure}.`));
  if (parts[0] !== undefined) {
    const message = `\`${figure}\` has several figures and \`${parts[0]}\` is judged. Name the one you mean: ${listWords(parts)}.`;
    report('unknown-figure', 'warning', [...at, 'metric'], message, { replacement: parts[0] });
    return;
  }
  const owner = [...metricCatalogue.values()].find(metric => metric.id === figure || metric.figures.includes(figure));
  const suggestion = suggestWord(figure, figures);
  const message =
    owner === undefined
      ? `Unknown figure \`${figure}\`.${askDidYouMean(suggestion)} This benchmark computes ${listWords(figures, 20)}.`
      : `The gate judges \`${figure}\`, which is not computed: add \`${owner.id}\` to \`metrics\`.`;
  const replacement = owner === undefined ? suggestion : undefined;
  report('unknown-figure', 'error', [...at, 'metric'], message, { replacement });
}

function checkBounds(condition: GateCondition, at: DocumentPath, report: ReportFinding): void {
  const { atLeast, atMost, metric } = condition;
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    report(
      'unsatisfiable-gate',
      'error',
      [...at, 'atLeast'],
      `No figure is at least ${atLeast} and at most ${atMost}.`,
    );
    return;
  }
  const name = metric.split('.')[0] as MetricName;
  const unit = metricCatalogue.get(name)?.unit;
  const isShare = unit === 'ratio';
  for (const [field, bound] of [
    ['atLeast', atLeast],
    ['atMost', atMost],
  ] as const) {
    if (bound === undefined) continue;
    if (isShare && bound > 1) {
      const share = bound <= 100 ? ` For ${bound} % write ${bound / 100}.` : '';
      const severity = field === 'atLeast' ? 'error' : 'warning';
      report('unsatisfiable-gate', severity, [...at, field], `\`${metric}\` lies between 0 and 1.${share}`);
    } else if (bound < 0) {
      report(
        'unsatisfiable-gate',
        field === 'atMost' ? 'error' : 'warning',
        [...at, field],
        `\`${metric}\` is never below 0.`,
      );
    }
  }
}
