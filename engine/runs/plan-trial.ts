import type { Benchmark, PromptTrial } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { requirePinned } from '../datasets/pinned.ts';
import { scanRows } from '../datasets/scan.ts';
import type { AskedRow, DatasetSelection } from '../datasets/selection.ts';
import { diagnoseTrial } from '../diagnostics/diagnose.ts';
import { hasErrors, type Diagnostic, type DiagnosticCode } from '../documents/diagnostic.ts';
import { invalidFileError } from '../documents/failure.ts';
import { readLimits } from '../documents/limits.ts';
import { parseDocument } from '../documents/parse.ts';
import { mostTrialCases, trialModels, usualTrialRows } from '../documents/trial.ts';
import { createMetrics } from '../metrics/benchmark-metrics.ts';
import { createMetric } from '../metrics/catalogue.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { createMediaLoader } from '../prompts/media.ts';
import { compilePrompt, type Prompt } from '../prompts/prompt.ts';
import { trialMetrics } from '../reports/trial-metrics.ts';
import { loadWorkspace } from '../workspace/workspace.ts';
import { pairWithPrompts, planModel, readsPrompts, type RunPlan } from './plan.ts';
import type { RunPorts } from './ports.ts';
import { readTrialRows } from './trial-rows.ts';

/** Id of the figure that lists show of a trial. */
export const trialHeadline = 'latency.p50';

/**
 * Reads the trial of a prompt as a benchmark without ground truth: its cases are the rows, and times, tokens and cost all that is measured.
 * Sends nothing, needs no secret. Throws the first fault as a WorkbenchError with its place.
 */
export async function planTrial(spec: RunSpec, ports: RunPorts, signal: AbortSignal): Promise<RunPlan> {
  const { files, digest } = ports;
  const parsed = parseDocument('trial', spec.text);
  const diagnostics = await diagnoseTrial(parsed, spec.path, files, signal);
  if (parsed.value === undefined || hasErrors(diagnostics)) throw invalidTrial(spec.path, diagnostics);
  const trial = parsed.value;
  const base = files.parent(spec.path);
  const prompt = compilePrompt(trial, { path: spec.file, folder: base, name: spec.name }, digest);
  const benchmark = asBenchmark(spec, trial, prompt);
  const workspace = await loadWorkspace(files, spec.folder, signal);
  const models = benchmark.models.map(name => planModel(name, spec, workspace));
  const computed = models.find(model => model.kind === 'trained' && !readsPrompts(model));
  if (computed !== undefined && benchmark.dataset.input === undefined) throw readsNoPrompt(computed.name, spec.path);
  const selection: DatasetSelection = {
    path: trial.dataset === undefined ? spec.path : files.resolve(base, trial.dataset.path),
    dataset: benchmark.dataset,
    limit: rowsOf(trial, spec.limit),
    folder: spec.folder,
    base,
  };
  if (trial.dataset !== undefined) await requirePinned(files, digest, trial.dataset, selection.path, signal);
  const cases = await readTrialRows(trial, prompt, selection, ports, signal);
  const rows = (): AsyncIterable<readonly AskedRow[]> => inOneBatch(cases);
  const scan = await scanRows(rows(), digest);
  if (scan.rows === 0) {
    throw new WorkbenchError('dataset-empty', `${selection.path}: no row of the dataset passes its filter and split.`, {
      remedy: 'Correct `dataset` in the trial.',
      place: { path: selection.path },
    });
  }
  const metrics = createMetrics(benchmark);
  return {
    spec,
    workspace,
    benchmark,
    selection,
    rows,
    scan,
    models,
    variants: models.flatMap(model => pairWithPrompts(model, [prompt])),
    metrics,
    leading: createMetric('latency'),
    repeats: trial.repeats ?? 1,
    seed: 7,
    confidence: 0.95,
    baseline: models[0]?.name ?? '',
    limits: readLimits(trial.limits),
    measures: { measures: [], models: [] },
    base,
    media: createMediaLoader(files, digest, selection),
    streams: true,
  };
}

/** Told before the start where it is known; where a registered version turned out to be computed with here, now. */
function readsNoPrompt(name: string, path: string): WorkbenchError {
  return new WorkbenchError('model-unsuitable', `${name} is computed with here: it reads one text and no prompt.`, {
    remedy: 'Leave it out, read one variable only, or name the column it reads as `dataset.input`.',
    place: { path },
  });
}

/** What is missing may be no fault of the file: values and models can be given with the command. */
function invalidTrial(path: string, diagnostics: readonly Diagnostic[]): WorkbenchError {
  const { code, message, place } = invalidFileError(path, diagnostics);
  const first = diagnostics.find(({ severity }) => severity === 'error');
  const isCell = path.endsWith('.ipynb');
  const remedy =
    first?.replacement !== undefined
      ? `Write \`${first.replacement}\`.`
      : first !== undefined && givenLater.has(first.code)
        ? isCell
          ? 'Say what each variable stands for with `values` or a `dataset`, and which models answer with `models`.'
          : 'Say what each variable stands for with `--set NAME=VALUE`, `--values FILE` or `--dataset PATH`, and which models answer with `--model NAME`.'
        : 'Correct what the prompt is tried with.';
  return new WorkbenchError(code, message, { remedy, ...(place === undefined ? {} : { place }) });
}

const givenLater: ReadonlySet<DiagnosticCode> = new Set(['unknown-variable', 'missing-field', 'unknown-connection']);

/** What the parts of a run read of a benchmark. */
function asBenchmark({ name, file }: RunSpec, trial: PromptTrial, prompt: Prompt): Benchmark {
  const { dataset, cache } = trial;
  const input = dataset?.input ?? prompt.variables[0];
  return {
    name,
    dataset: { path: file, ...dataset, ...(input === undefined ? {} : { input }) },
    models: [...trialModels(trial)],
    metrics: [...trialMetrics],
    ...(cache === undefined ? {} : { cache }),
  };
}

/** How many cases there are at most. */
function rowsOf({ dataset }: PromptTrial, asked: number | undefined): number {
  const own = dataset?.limit ?? (dataset === undefined ? mostTrialCases : usualTrialRows);
  return Math.min(own, asked ?? mostTrialCases, mostTrialCases);
}

async function* inOneBatch(rows: readonly AskedRow[]): AsyncIterable<readonly AskedRow[]> {
  yield rows;
}
