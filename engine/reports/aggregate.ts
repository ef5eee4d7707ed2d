import type { LearningPoint, SliceResult, VariantResult } from '../../schemas/generated/messages.ts';
import type { AggregateOptions, Aggregator, Metric, Observation } from '../metrics/metric.ts';
import type { SampleRecord } from '../ports/store.ts';
import type { VariantRecord } from '../runs/spec.ts';

/** A slice column with more values than this is cut off there: it is no slice but an identifier. */
const mostSliceValues = 100;

/** Builds of an endpoint that are told apart in one run. */
const mostFingerprints = 16;

/** Collects one variant's samples into its results; memory does not grow with the rows but for one number a row and metric. */
export class VariantAggregate {
  readonly #metrics: readonly Metric[];
  readonly #overall: readonly Aggregator[];
  readonly #slices = new Map<
    string,
    { readonly column: string; readonly value: string; n: number; readonly aggregators: readonly Aggregator[] }
  >();
  readonly #sliceValues = new Map<string, number>();
  readonly #fingerprints = new Set<string>();
  #answered = 0;
  #failed = 0;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = metrics;
    this.#overall = metrics.map(metric => metric.startAggregate());
  }

  addAnswered(observation: Observation, slices: Readonly<Record<string, string>>): void {
    this.#answered += 1;
    const perturbed = observation.perturbation !== undefined;
    for (const [index, aggregator] of this.#overall.entries()) {
      if (!perturbed || this.#metrics[index]?.seesPerturbed === true) aggregator.add(observation);
    }
    for (const column in slices) {
      const slice = this.#sliceOf(column, slices[column] ?? '');
      if (slice === undefined) continue;
      slice.n += 1;
      for (const aggregator of slice.aggregators) aggregator.add(observation);
    }
  }

  /** What the endpoint says answered: more than one where it changed while the run went on. */
  addFingerprint(fingerprint: string | undefined): void {
    if (fingerprint !== undefined && this.#fingerprints.size < mostFingerprints) this.#fingerprints.add(fingerprint);
  }

  addFailed(): void {
    this.#failed += 1;
  }

  /** Takes a stored sample over, as a resume and a report made later do. */
  addStored(sample: SampleRecord): void {
    if (sample.failure !== undefined) {
      this.addFailed();
      return;
    }
    this.addFingerprint(sample.details?.fingerprint);
    this.addAnswered(observe(sample), sample.slices);
  }

  result(
    runId: string,
    record: VariantRecord,
    options: AggregateOptions,
    learningCurve: readonly LearningPoint[],
  ): VariantResult {
    const confusion = this.#overall.find(aggregator => aggregator.confusion !== undefined)?.confusion?.();
    return {
      variant: record.variant,
      runId,
      model: record.model,
      ...(record.prompt === undefined ? {} : { prompt: record.prompt }),
      modelDigest: record.modelDigest,
      ...(record.promptDigest === undefined ? {} : { promptDigest: record.promptDigest }),
      ...(this.#fingerprints.size === 0 ? {} : { fingerprints: [...this.#fingerprints].sort() }),
      samples: this.#answered,
      failed: this.#failed,
      metrics: this.#overall.flatMap(aggregator => aggregator.values(options)),
      slices: this.#sliceResults(options),
      ...(learningCurve.length > 0 ? { learningCurve: learningCurve.map(({ step, loss }) => ({ step, loss })) } : {}),
      ...(confusion === undefined ? {} : { confusion }),
    };
  }

  #sliceOf(column: string, value: string) {
    const key = `${column}\u0000${value}`;
    const known = this.#slices.get(key);
    if (known !== undefined) return known;
    const values = this.#sliceValues.get(column) ?? 0;
    if (values >= mostSliceValues) return undefined;
    this.#sliceValues.set(column, values + 1);
    const quality = this.#metrics.filter(metric => metric.kind === 'quality' && metric.overallOnly !== true);
    const slice = { column, value, n: 0, aggregators: quality.map(metric => metric.startAggregate()) };
    this.#slices.set(key, slice);
    return slice;
  }

  #sliceResults(options: AggregateOptions): SliceResult[] {
    return [...this.#slices.values()]
      .sort((a, b) => compareText(a.column, b.column) || compareText(a.value, b.value))
      .map(({ column, value, n, aggregators }) => ({
        column,
        value,
        n,
        metrics: aggregators.flatMap(aggregator => aggregator.values(options)),
      }));
  }
}

/** What metrics see of a stored sample. */
export function observe(sample: SampleRecord): Observation {
  const perturbation = sample.slices['perturbation'];
  return {
    output: sample.output ?? '',
    target: sample.target,
    row: sample.row,
    slices: sample.slices,
    scores: sample.scores,
    ...(sample.details?.perturbed === true && perturbation !== undefined ? { perturbation } : {}),
    ...(sample.details?.toolCalls === undefined ? {} : { toolCalls: sample.details.toolCalls }),
    ...(sample.details?.reasoningTokens === undefined ? {} : { reasoningTokens: sample.details.reasoningTokens }),
    ...(sample.latencyMs === undefined ? {} : { latencyMs: sample.latencyMs }),
    ...(sample.firstTokenMs === undefined ? {} : { firstTokenMs: sample.firstTokenMs }),
    ...(sample.inputTokens === undefined ? {} : { inputTokens: sample.inputTokens }),
    ...(sample.outputTokens === undefined ? {} : { outputTokens: sample.outputTokens }),
    ...(sample.estimatedTokens === undefined ? {} : { estimatedTokens: sample.estimatedTokens }),
    ...(sample.cost === undefined ? {} : { cost: sample.cost }),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
