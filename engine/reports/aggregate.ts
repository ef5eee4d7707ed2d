import type {
  LearningPoint,
  MetricConfusion,
  SampleDetails,
  SliceResult,
  VariantResult,
} from '../../schemas/generated/messages.ts';
import { perturbationSlice } from '../datasets/perturb/names.ts';
import type { AggregateOptions, Aggregator, Metric, Observation } from '../metrics/metric.ts';
import type { SampleRecord } from '../ports/store.ts';
import type { VariantRecord } from '../ports/run-spec.ts';

/** A slice column with more values than this is cut off there: it is no slice but an identifier. */
const mostSliceValues = 100;

interface SliceAggregate {
  readonly column: string;
  readonly value: string;
  n: number;
  readonly aggregators: readonly Aggregator[];
}

/** Builds of an endpoint that are told apart in one run. */
const mostFingerprints = 16;

/** Collects one variant's samples into its results; memory does not grow with the rows but for one number a row and metric. */
export class VariantAggregate {
  readonly #metrics: readonly Metric[];
  readonly #overall: readonly Aggregator[];
  readonly #seeingPerturbed: readonly Aggregator[];
  /** By column, then by value. */
  readonly #slices = new Map<string, Map<string, SliceAggregate>>();
  readonly #fingerprints = new Set<string>();
  #answered = 0;
  #failed = 0;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = metrics;
    this.#overall = metrics.map(metric => metric.startAggregate());
    this.#seeingPerturbed = this.#overall.filter((_, index) => metrics[index]?.seesPerturbed === true);
  }

  addAnswered(observation: Observation, slices: Readonly<Record<string, string>>): void {
    this.#answered += 1;
    const perturbed = observation.perturbation !== undefined;
    for (const aggregator of perturbed ? this.#seeingPerturbed : this.#overall) aggregator.add(observation);
    for (const column in slices) {
      if (perturbed && column !== perturbationSlice) continue;
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
    const confusions = this.#confusions();
    const [confusion] = confusions;
    return {
      variant: record.variant,
      runId,
      model: record.model,
      ...(record.prompt === undefined ? {} : { prompt: record.prompt }),
      modelDigest: record.modelDigest,
      ...(record.identity === undefined ? {} : { identity: record.identity }),
      ...(record.promptDigest === undefined ? {} : { promptDigest: record.promptDigest }),
      ...(this.#fingerprints.size === 0 ? {} : { fingerprints: [...this.#fingerprints].sort() }),
      samples: this.#answered,
      failed: this.#failed,
      metrics: this.#overall.flatMap(aggregator => aggregator.values(options)),
      slices: this.#sliceResults(options),
      ...(learningCurve.length > 0 ? { learningCurve: learningCurve.map(({ step, loss }) => ({ step, loss })) } : {}),
      ...(confusion === undefined ? {} : { confusion: confusion.matrix, confusions }),
    };
  }

  /** Metrics that see the same classes share one matrix. */
  #confusions(): MetricConfusion[] {
    const shown = new Map<string, MetricConfusion>();
    for (const [index, aggregator] of this.#overall.entries()) {
      const matrix = aggregator.confusion?.();
      const metric = this.#metrics[index];
      if (matrix === undefined || metric === undefined) continue;
      const key = JSON.stringify(matrix);
      const same = shown.get(key);
      if (same === undefined) shown.set(key, { metric: metric.id, label: metric.label, matrix });
      else same.label += `, ${metric.label}`;
    }
    return [...shown.values()];
  }

  #sliceOf(column: string, value: string): SliceAggregate | undefined {
    let slices = this.#slices.get(column);
    if (slices === undefined) this.#slices.set(column, (slices = new Map<string, SliceAggregate>()));
    const known = slices.get(value);
    if (known !== undefined) return known;
    if (slices.size >= mostSliceValues) return undefined;
    const quality = this.#metrics.filter(metric => metric.kind === 'quality' && metric.overallOnly !== true);
    const slice = { column, value, n: 0, aggregators: quality.map(metric => metric.startAggregate()) };
    slices.set(value, slice);
    return slice;
  }

  #sliceResults(options: AggregateOptions): SliceResult[] {
    return [...this.#slices.values()]
      .flatMap(slices => [...slices.values()])
      .sort((a, b) => compareText(a.column, b.column) || compareText(a.value, b.value))
      .map(({ column, value, n, aggregators }) => ({
        column,
        value,
        n,
        metrics: aggregators.flatMap(aggregator => aggregator.values(options)),
      }));
  }
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** What metrics see of a stored sample. Fields are set one by one, as a report may do it a million times. */
export function observe(sample: SampleRecord): Observation {
  const observation: Writable<Observation> = {
    output: sample.output ?? '',
    target: sample.target,
    row: sample.row,
    slices: sample.slices,
    scores: sample.scores,
  };
  if (sample.latencyMs !== undefined) observation.latencyMs = sample.latencyMs;
  if (sample.firstTokenMs !== undefined) observation.firstTokenMs = sample.firstTokenMs;
  if (sample.inputTokens !== undefined) observation.inputTokens = sample.inputTokens;
  if (sample.outputTokens !== undefined) observation.outputTokens = sample.outputTokens;
  if (sample.estimatedTokens !== undefined) observation.estimatedTokens = sample.estimatedTokens;
  if (sample.cost !== undefined) observation.cost = sample.cost;
  if (sample.details !== undefined) observeDetails(observation, sample.details, sample.slices[perturbationSlice]);
  return observation;
}

function observeDetails(
  observation: Writable<Observation>,
  { perturbed, toolCalls, reasoningTokens }: SampleDetails,
  perturbation: string | undefined,
): void {
  if (perturbed === true && perturbation !== undefined) observation.perturbation = perturbation;
  if (toolCalls !== undefined) observation.toolCalls = toolCalls;
  if (reasoningTokens !== undefined) observation.reasoningTokens = reasoningTokens;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
