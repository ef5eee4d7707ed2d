import type { Benchmark } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { metricEntries } from '../metrics/benchmark-metrics.ts';
import { defaultJudge } from '../metrics/measure.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { connectionNamed, type Workspace } from '../workspace/workspace.ts';

/** One metric that measures outside the engine, with what it read. */
export interface PlannedMeasure {
  readonly metric: Metric;
  /** SHA-256 over its parameters. */
  readonly parameters: string;
  readonly files: readonly { readonly name: string; readonly digest: string }[];
}

/** What a run measures outside the engine: all of it read and checked before anything is asked. */
export interface MeasurePlan {
  readonly measures: readonly PlannedMeasure[];
  /** Names of the connections that measure. */
  readonly models: readonly string[];
}

/** A rubric or word list above this many bytes is no such thing. */
const largestFile = 4 * 2 ** 20;

/** Reads the files that metrics need, lets them prepare and checks that their connections exist. Sends nothing. */
export async function planMeasures(
  benchmark: Benchmark,
  metrics: readonly Metric[],
  base: string,
  workspace: Workspace,
  { files, digest }: { readonly files: Files; readonly digest: Digest },
  signal: AbortSignal,
): Promise<MeasurePlan> {
  const entries = metricEntries(benchmark);
  const measures: PlannedMeasure[] = [];
  for (const [index, metric] of metrics.entries()) {
    const texts = new Map<string, string>();
    for (const path of metric.needs?.files ?? []) {
      texts.set(path, await files.readText(files.resolve(base, path), signal, largestFile));
    }
    metric.prepare?.(path => {
      const text = texts.get(path);
      if (text === undefined)
        throw new Error(`The metric ${metric.id} reads ${path} and does not say that it needs it.`);
      return text;
    });
    if (metric.measure === undefined && metric.pairs === undefined) continue;
    measures.push({
      metric,
      parameters: digest.sha256(JSON.stringify(entries[index] ?? metric.id)),
      files: [...texts].map(([name, text]) => ({ name, digest: digest.sha256(text) })),
    });
  }
  const models = new Set<string>();
  for (const { metric } of measures)
    for (const name of metric.needs?.models ?? []) models.add(judgeNamed(name, metric, workspace));
  for (const name of models) connectionNamed(workspace, name);
  return { measures, models: [...models] };
}

/** Names of the connections that a benchmark's metrics ask, whatever else is wrong with it. */
export function measuringConnections(metrics: readonly Metric[], workspace: Workspace): readonly string[] {
  return [
    ...new Set(
      metrics.flatMap(metric => (metric.needs?.models ?? []).map(name => judgeNamed(name, metric, workspace))),
    ),
  ];
}

/** The connection a metric means. Throws `model-unknown` where it means the default judge and there is none. */
export function judgeNamed(name: string, metric: Pick<Metric, 'id'>, { config, path }: Workspace): string {
  if (name !== defaultJudge) return name;
  if (config.judge !== undefined) return config.judge;
  throw new WorkbenchError('model-unknown', `The metric ${metric.id} names no judge, and workbench.yaml has none.`, {
    remedy: 'Name a connection: `model: gpt` in the metric, or `judge: gpt` in workbench.yaml.',
    ...(path === undefined ? {} : { place: { path } }),
  });
}

/** Refuses a baseline that the run does not ask, before anything is asked. Throws `metric-unsuitable`. */
export function checkBaselines(metrics: readonly Metric[], models: readonly string[], path: string): void {
  for (const { pairs, id } of metrics) {
    const baseline = pairs?.baseline;
    if (baseline === undefined || models.includes(baseline)) continue;
    throw new WorkbenchError('metric-unsuitable', `The metric ${id} compares with ${baseline}, which is not asked.`, {
      remedy: `This run asks ${models.join(', ')}.`,
      place: { path },
    });
  }
}
