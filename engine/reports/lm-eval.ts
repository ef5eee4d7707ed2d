import type { MetricValue, Report, VariantResult } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { SampleRecord, Store } from '../ports/store.ts';
import { normalQuantile } from '../statistics/quantiles.ts';
import { variantName } from './format.ts';

/**
 * Writes a run as lm-evaluation-harness 0.4 writes its own: a folder a variant, in it `results_<time>.json` and
 * `samples_<task>_<time>.jsonl`. The task has the benchmark's name; figures stand under `metric,none` with their standard error under
 * `metric_stderr,none`. Failed samples have no line, as the harness has none either. Returns the paths of the results.
 */
export async function writeLmEval(
  report: Report,
  folder: string,
  { store, files, digest }: { readonly store: Store; readonly files: Files; readonly digest: Digest },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [run] = report.runs;
  if (run === undefined) return [];
  const time = new Date(run.startedAt ?? run.createdAt).toISOString().replace(/:/g, '-').replace('Z', '000');
  const written: string[] = [];
  const used = new Set<string>();
  for (const variant of report.variants) {
    const own = files.resolve(folder, freeName(fileNameOf(variantName(variant)), used));
    const errors = new StandardErrors();
    const lines = linesOf(store.readSamples(run.id, signal, variant.variant), errors, digest);
    await files.writePieces(files.resolve(own, `samples_${fileNameOf(run.name)}_${time}.jsonl`), lines);
    const results = files.resolve(own, `results_${time}.json`);
    await files.writeText(results, `${JSON.stringify(resultsOf(report, variant, errors), undefined, 2)}\n`);
    written.push(results);
  }
  return written;
}

/** What the harness calls our metrics. */
function nameOf(metric: string): string {
  return metric === 'accuracy' ? 'acc' : metric.replace(/[,\s-]+/g, '_');
}

function resultsOf(report: Report, variant: VariantResult, errors: StandardErrors) {
  const [run] = report.runs;
  const task = report.title;
  const figures = variant.metrics.filter(({ kind, value }) => kind === 'quality' && value !== null);
  const start = (run?.startedAt ?? report.createdAt) / 1000;
  const end = (run?.endedAt ?? report.createdAt) / 1000;
  const name = variantName(variant);
  return {
    results: {
      [task]: Object.assign(
        { alias: task, sample_len: variant.samples },
        ...figures.map(figure => ({
          [`${nameOf(figure.metric)},none`]: figure.value,
          [`${nameOf(figure.metric)}_stderr,none`]: errors.of(figure.metric) ?? errorOf(figure) ?? 'N/A',
        })),
      ) as Record<string, unknown>,
    },
    group_subtasks: { [task]: [] },
    configs: {
      [task]: {
        task,
        dataset_path: report.dataset?.path ?? task,
        output_type: 'generate_until',
        metric_list: figures.map(figure => ({
          metric: nameOf(figure.metric),
          aggregation: 'mean',
          higher_is_better: figure.direction !== 'lower',
        })),
        num_fewshot: 0,
        metadata: { version: 1, dataset_digest: report.dataset?.digest ?? null, aiwb_run: variant.runId },
      },
    },
    versions: { [task]: 1 },
    'n-shot': { [task]: 0 },
    higher_is_better: {
      [task]: Object.fromEntries(figures.map(figure => [nameOf(figure.metric), figure.direction !== 'lower'])),
    },
    'n-samples': { [task]: { original: report.dataset?.rows ?? variant.samples, effective: variant.samples } },
    config: {
      model: 'aiwb',
      model_args: {
        model: variant.model,
        ...(variant.prompt === undefined ? {} : { prompt: variant.prompt }),
        ...(variant.identity === undefined ? {} : { identity: variant.identity.state }),
      },
      random_seed: report.environment?.seed ?? null,
    },
    git_hash: null,
    date: start,
    model_source: 'aiwb',
    model_name: name,
    model_name_sanitized: fileNameOf(name),
    start_time: start,
    end_time: end,
    total_evaluation_time_seconds: String(end - start),
  };
}

/** From the interval's width, for figures that are no mean of the samples' scores. */
function errorOf({ low, high, confidence }: MetricValue): number | undefined {
  if (low === undefined || high === undefined || confidence === undefined) return undefined;
  return (high - low) / (2 * normalQuantile((1 + confidence) / 2));
}

/** Standard errors of the means of scores, as the harness takes them: sample standard deviation ÷ √n (Welford's recurrence). */
class StandardErrors {
  readonly #moments = new Map<string, { n: number; mean: number; squares: number }>();

  add(scores: SampleRecord['scores']): void {
    for (const name in scores) {
      const value = scores[name] ?? NaN;
      let moments = this.#moments.get(name);
      if (moments === undefined) this.#moments.set(name, (moments = { n: 0, mean: 0, squares: 0 }));
      const delta = value - moments.mean;
      moments.mean += delta / ++moments.n;
      moments.squares += delta * (value - moments.mean);
    }
  }

  of(metric: string): number | undefined {
    const moments = this.#moments.get(metric);
    if (moments === undefined || moments.n < 2) return undefined;
    return Math.sqrt(moments.squares / (moments.n - 1) / moments.n);
  }
}

async function* linesOf(
  batches: AsyncIterable<readonly SampleRecord[]>,
  errors: StandardErrors,
  digest: Digest,
): AsyncIterable<string> {
  for await (const samples of batches) {
    const lines: string[] = [];
    for (const sample of samples) {
      if (sample.failure !== undefined) continue;
      errors.add(sample.scores);
      lines.push(`${JSON.stringify(lineOf(sample, digest))}\n`);
    }
    yield lines.join('');
  }
}

function lineOf(sample: SampleRecord, digest: Digest) {
  const { row, repeat, input, target, slices, scores } = sample;
  const output = sample.output ?? '';
  const named = Object.fromEntries(Object.entries(scores).map(([name, value]) => [nameOf(name), value]));
  return {
    doc_id: row,
    doc: { input, target, ...slices },
    target,
    arguments: { gen_args_0: { arg_0: input, arg_1: { repeat } } },
    resps: [[output]],
    filtered_resps: [output],
    filter: 'none',
    metrics: Object.keys(named),
    doc_hash: sample.rowDigest,
    prompt_hash: digest.sha256(input),
    target_hash: digest.sha256(target),
    ...named,
  };
}

/** As the harness makes model names into folders. */
function fileNameOf(name: string): string {
  return (
    name
      .replace(/["<>:/|?*[\]\\\s]+/g, '__')
      .replace(/^\.+/, '')
      .slice(0, 150) || 'unnamed'
  );
}

/** Names that become the same are numbered; letter case does not tell files apart everywhere. */
function freeName(name: string, used: Set<string>): string {
  let free = name;
  for (let number = 2; used.has(free.toLowerCase()); number++) free = `${name}_${String(number)}`;
  used.add(free.toLowerCase());
  return free;
}
