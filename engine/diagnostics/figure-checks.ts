import type { Benchmark, GateCondition } from '../../schemas/generated/files.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { figuresOfMetric, usableMetrics } from './metric-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { checkThreshold } from './threshold-checks.ts';

/** Ids of the figures a benchmark computes, by which a gate names them. */
export function figuresOf(
  benchmark: Pick<Benchmark, 'metrics'> & Partial<Pick<Benchmark, 'perturbations'>>,
): readonly string[] {
  return [...new Set(usableMetrics(benchmark).flatMap(metric => figuresOfMetric(metric, benchmark)))];
}

/** Whether every gate judges a figure and a model the benchmark has, with bounds that can be kept. */
export function checkFigures(benchmark: Benchmark, report: ReportFinding): void {
  const figures = figuresOf(benchmark);
  const metrics = usableMetrics(benchmark);
  (benchmark.gate ?? []).forEach((condition, index) => {
    const at = ['gate', index];
    checkFigure(condition, figures, at, report);
    if (!benchmark.models.includes(condition.model)) {
      const suggestion = suggestWord(condition.model, benchmark.models);
      const message = `The gate judges \`${condition.model}\`, which is not among \`models\`.${askDidYouMean(suggestion)} They are ${listWords(benchmark.models)}.`;
      report('unknown-model', 'error', [...at, 'model'], message, { replacement: suggestion });
    }
    checkBounds(condition, metrics, at, report);
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

function checkBounds(
  condition: GateCondition,
  metrics: readonly Metric[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const { atLeast, atMost, metric: figure } = condition;
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    report(
      'unsatisfiable-gate',
      'error',
      [...at, 'atLeast'],
      `No figure is at least ${atLeast} and at most ${atMost}.`,
    );
    return;
  }
  if (atLeast !== undefined)
    checkThreshold(figure, { value: atLeast, isLeast: true }, metrics, [...at, 'atLeast'], report);
  if (atMost !== undefined)
    checkThreshold(figure, { value: atMost, isLeast: false }, metrics, [...at, 'atMost'], report);
}
