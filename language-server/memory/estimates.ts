import type { Benchmark } from '../../schemas/generated/files.ts';
import type { DryRunEstimate } from '../../schemas/generated/messages.ts';
import { isConnectionName } from '../../engine/documents/formats.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { metricEntries } from '../../engine/metrics/benchmark-metrics.ts';
import { readLimits } from '../../engine/documents/limits.ts';
import { meanLatency, variantOf } from './figures.ts';
import type { History } from './history.ts';
import { lastRunAsking, lastRunsOf, type MeasuredRun } from './last-runs.ts';
import type { LanguageServerPorts } from '../ports.ts';
import { pathOfUri } from '../uris.ts';
import type { Workspace } from '../workspace.ts';

/** What a run of a benchmark would send, cost and take. */
export interface RunEstimate {
  readonly dryRun: DryRunEstimate;
  /** Questions to models that answer over a connection; 0 where none does. */
  readonly requests: number;
  /** US dollars with what judges and embeddings cost; absent where no price is known. */
  readonly cost: number | undefined;
  /** Absent where nothing is known of it. */
  readonly time: { readonly seconds: number; readonly from: string } | undefined;
}

/** Estimates, made in the background one at a time and kept until something they rest on changes. */
export interface Estimates {
  /**
   * What is known of a benchmark as its text and files are now; absent where nothing is, and for a benchmark that has errors or is in no
   * trusted workspace. What is missing is then made, and `onArrival` tells that it is there.
   */
  of(uri: string, parsed: ParsedDocument<'bench'>, signal: AbortSignal): Promise<RunEstimate | undefined>;
  onArrival(listener: (uri: string) => void): void;
  /** The document was closed. */
  forget(uri: string): void;
  close(): void;
}

/** Milliseconds of silence before an estimate is made of a text that was changed. */
const patience = 500;
const mostKept = 100;

interface Job {
  readonly key: string;
  isDone: boolean;
  readonly controller: AbortController;
}

/** `failed` is kept as well, so that a benchmark whose fault is told elsewhere is not read again and again. */
type Outcome = { readonly dryRun: DryRunEstimate } | 'failed';

export function createEstimates(
  ports: LanguageServerPorts,
  workspace: Workspace,
  history: History,
  isTrusted: () => boolean,
): Estimates {
  const known = new Map<string, Outcome>();
  const jobs = new Map<string, Job>();
  const listeners: ((uri: string) => void)[] = [];
  let queue = Promise.resolve();
  let isClosed = false;

  function schedule(uri: string, key: string, make: (signal: AbortSignal) => Promise<DryRunEstimate>): void {
    if (isClosed) return;
    const before = jobs.get(uri);
    if (before?.key === key && !before.isDone) return;
    before?.controller.abort();
    const controller = new AbortController();
    const { signal } = controller;
    const job: Job = { key, controller, isDone: false };
    jobs.set(uri, job);
    const stop = ports.clock.after(before === undefined ? 0 : patience, () => {
      queue = queue.then(() => run(uri, job, make));
    });
    signal.addEventListener('abort', stop, { once: true });
  }

  async function run(uri: string, job: Job, make: (signal: AbortSignal) => Promise<DryRunEstimate>): Promise<void> {
    const { signal } = job.controller;
    if (signal.aborted) return;
    let outcome: Outcome = 'failed';
    try {
      outcome = { dryRun: await make(signal) };
    } catch {
      // The benchmark's faults are told as findings.
    }
    job.isDone = true;
    if (isAborted(signal)) return;
    if (known.size >= mostKept) known.delete(known.keys().next().value ?? '');
    known.set(job.key, outcome);
    if (outcome !== 'failed') for (const listener of listeners) listener(uri);
  }

  /** Everything an estimate rests on: the parts of the text that matter, and the size and time of the files it reads. */
  async function keyOf(uri: string, benchmark: Benchmark, path: string, folder: string): Promise<string> {
    const { dataset, perturbations, prompts, models, metrics, repeats, limits, seed } = benchmark;
    const parts = { dataset, perturbations, prompts, models, metrics, repeats, limits, seed };
    const named = [dataset.path, ...(prompts ?? []), ...filesOfMetrics(benchmark)].flatMap(
      name => workspace.resolve(uri, name) ?? [],
    );
    const workbench = await workspace.findWorkbench(uri);
    const facts = await Promise.all(
      [...named, ...(workbench === undefined ? [] : [workbench])].map(async file => {
        const found = await ports.files.facts(file).catch(() => undefined);
        return [file, found?.size, found?.modified];
      }),
    );
    return JSON.stringify([path, folder, parts, facts]);
  }

  return {
    async of(uri, parsed, signal) {
      const benchmark = parsed.value;
      const path = pathOfUri(uri);
      if (benchmark === undefined || path === undefined || !isTrusted()) return undefined;
      const folder = await workspace.rootOf(uri);
      if (folder === undefined) return undefined;
      const key = await keyOf(uri, benchmark, path, folder);
      signal.throwIfAborted();
      const outcome = known.get(key);
      if (outcome === undefined) {
        schedule(uri, key, own => ports.estimate(path, folder, parsed.text, own));
        return undefined;
      }
      if (outcome === 'failed') return undefined;
      return describe(history, uri, benchmark, outcome.dryRun, signal);
    },
    onArrival: listener => void listeners.push(listener),
    forget(uri) {
      jobs.get(uri)?.controller.abort();
      jobs.delete(uri);
    },
    close() {
      isClosed = true;
      for (const { controller } of jobs.values()) controller.abort();
      jobs.clear();
    },
  };
}

/** It may have come while something else was awaited, which the compiler cannot see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function filesOfMetrics(benchmark: Benchmark): readonly string[] {
  return metricEntries(benchmark).flatMap(entry => {
    const [parameters] = typeof entry === 'string' ? [] : Object.values(entry);
    const rubric = (parameters as { readonly rubric?: unknown } | undefined)?.rubric;
    return typeof rubric === 'string' ? [rubric] : [];
  });
}

async function describe(
  history: History,
  uri: string,
  benchmark: Benchmark,
  dryRun: DryRunEstimate,
  signal: AbortSignal,
): Promise<RunEstimate> {
  const requests = dryRun.variants
    .filter(({ model }) => isConnectionName(model))
    .reduce((sum, { samples }) => sum + samples, 0);
  const costs = [dryRun.cost, dryRun.measuringCost].filter(cost => cost !== undefined);
  return {
    dryRun,
    requests,
    cost: costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0),
    time: await estimateTime(history, uri, benchmark, dryRun, requests, signal),
  };
}

/** By the rate of the last run of the same models, else by how long each model's answers took elsewhere. */
async function estimateTime(
  history: History,
  uri: string,
  benchmark: Benchmark,
  dryRun: DryRunEstimate,
  requests: number,
  signal: AbortSignal,
): Promise<RunEstimate['time']> {
  const [last] = await lastRunsOf(history, uri, benchmark.name, signal);
  const rate = last && rateOf(last, benchmark.models);
  if (rate !== undefined)
    return { seconds: dryRun.samples / rate, from: 'the rate of the last run, which asked the same models' };
  const { concurrency, requestsPerMinute } = readLimits(benchmark.limits);
  let waiting = 0;
  for (const { model, samples } of dryRun.variants) {
    const run = await lastRunAsking(history, uri, model, signal);
    const variant = run && variantOf(run.report, model);
    const milliseconds = variant && meanLatency(variant);
    if (milliseconds === undefined) return undefined;
    waiting += (samples * milliseconds) / 1000 / (isConnectionName(model) ? concurrency : 1);
  }
  if (dryRun.variants.length === 0) return undefined;
  const slowest = requestsPerMinute === undefined ? 0 : (requests / requestsPerMinute) * 60;
  return {
    seconds: Math.max(waiting, slowest),
    from: `how long each model's answers took when it was last measured, ${concurrency} at a time`,
  };
}

/** Answers a second; absent where the run asked other models, or took most answers from elsewhere. */
function rateOf({ summary, report }: MeasuredRun, models: readonly string[]): number | undefined {
  const asked = new Set(report.variants.map(({ model }) => model));
  if (asked.size !== new Set(models).size || models.some(model => !asked.has(model))) return undefined;
  const { startedAt, endedAt, progress } = summary;
  if (startedAt === undefined || endedAt === undefined || endedAt <= startedAt) return undefined;
  const answered = progress.done - progress.reused - (progress.cached ?? 0);
  return answered <= progress.done / 2 ? undefined : answered / ((endedAt - startedAt) / 1000);
}
