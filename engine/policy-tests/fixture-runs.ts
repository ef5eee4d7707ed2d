import type { MetricCheck, TestFigure, TestModel } from '../../schemas/generated/files.ts';
import type { MetricValue, SliceResult } from '../../schemas/generated/messages.ts';
import type { MetricEvidence } from '../governance/checks/metric.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import { before } from './fixture-ages.ts';
import { fixtureDigest, fixtureModel } from './fixture-names.ts';

type Metrics = NonNullable<TestModel['metrics']>;

/** Rows behind a figure that says nothing of them. */
const usualRows = 1000;

/** One finished run of each benchmark, for the checks to find. */
export function collectRuns(metrics: Metrics, now: number): (check: MetricCheck) => MetricEvidence {
  return ({ benchmark, dataset }) => {
    const figures = Object.hasOwn(metrics, benchmark) ? Object.entries(metrics[benchmark] ?? {}) : [];
    if (figures.length === 0)
      return { run: undefined, missing: `The test's model has no figures of benchmark ${benchmark}.` };
    const other = figures.find(([, figure]) => figure.dataset !== undefined && figure.dataset !== dataset);
    if (dataset !== undefined && other !== undefined)
      return { run: undefined, missing: `The test's run of ${benchmark} asked other rows than the policy names.` };
    return { run: makeRun(benchmark, figures, now), missing: '' };
  };
}

/** A run is as old as the oldest of its figures. */
function makeRun(
  benchmark: string,
  figures: readonly (readonly [string, TestFigure])[],
  now: number,
): NonNullable<MetricEvidence['run']> {
  const runId = `test-run-of-${benchmark}`;
  const endedAt = Math.min(...figures.map(([, { age }]) => before(now, age)));
  const slices = collectSlices(figures);
  const result = {
    variant: 0,
    runId,
    model: `registry:${fixtureModel}`,
    samples: answeredRows(figures),
    failed: Math.max(...figures.map(([, { failed = 0 }]) => failed)),
    metrics: figures.map(([metric, figure]) => describeFigure(metric, summarise(figure), figure)),
    slices,
  };
  return { runId, endedAt, repeats: 1, confidence: 0.95, variants: [{ result, digest: fixtureDigest }] };
}

/** As many as the slices hold: a test leaves out no value by accident. */
function answeredRows(figures: readonly (readonly [string, TestFigure])[]): number {
  const sums = figures.flatMap(([, { slices = {} }]) =>
    Object.values(slices).map(values => Object.values(values).reduce((sum, { n = usualRows }) => sum + n, 0)),
  );
  return sums.length > 0 ? Math.min(...sums) : Math.max(...figures.map(([, { n = usualRows }]) => n));
}

interface Summary {
  readonly value: number | null;
  readonly n: number;
}

/** A figure's own value, else the mean of its slices by their rows, else none. */
function summarise({ value, n, slices = {} }: TestFigure): Summary {
  const [column] = Object.values(slices);
  const parts = Object.values(column ?? {}).map(each => ({ value: each.value, n: each.n ?? usualRows }));
  const rows = parts.reduce((sum, part) => sum + part.n, 0);
  if (value !== undefined) return { value, n: n ?? (parts.length > 0 ? rows : usualRows) };
  if (rows === 0) return { value: null, n: n ?? 0 };
  return { value: parts.reduce((sum, part) => sum + part.value * part.n, 0) / rows, n: n ?? rows };
}

function describeFigure(metric: string, { value, n }: Summary, { low, high }: Pick<TestFigure, 'low' | 'high'>) {
  const definition = [...metricCatalogue.values()].find(({ id, figures }) => id === metric || figures.includes(metric));
  return {
    metric,
    label: definition?.title ?? metric,
    kind: definition?.kind ?? 'quality',
    unit: definition?.unit ?? 'ratio',
    direction: definition?.direction ?? 'higher',
    value,
    n,
    ...(value === null ? { note: 'The test gives it no value.' } : {}),
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(low === undefined && high === undefined ? {} : { confidence: 0.95 }),
  } satisfies MetricValue;
}

function collectSlices(figures: readonly (readonly [string, TestFigure])[]): SliceResult[] {
  const found = new Map<string, SliceResult>();
  for (const [metric, { slices = {} }] of figures) {
    for (const [column, values] of Object.entries(slices)) {
      for (const [name, { value, n = usualRows }] of Object.entries(values)) {
        const key = JSON.stringify([column, name]);
        const known = found.get(key) ?? { column, value: name, n, metrics: [] };
        known.metrics.push(describeFigure(metric, { value, n }, {}));
        found.set(key, known);
      }
    }
  }
  return [...found.values()];
}
