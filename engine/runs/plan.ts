import type { Benchmark, Connection } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import { requirePinned } from '../datasets/pinned.ts';
import { scanDataset, type DatasetScan } from '../datasets/scan.ts';
import { readAskedRows, type AskedRow, type DatasetSelection } from '../datasets/selection.ts';
import { didYouMean } from '../base/suggest.ts';
import { diagnoseBenchmark } from '../diagnostics/diagnose.ts';
import { hasErrors } from '../documents/diagnostic.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import { createMetrics, leadingMetric } from '../metrics/benchmark-metrics.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import type { ClassifierKind } from '../models/embedded/classifier.ts';
import { isBaseName } from '../models/transformers/names.ts';
import { createMediaLoader, type MediaLoader } from '../prompts/media.ts';
import { loadPrompt, type Prompt } from '../prompts/prompt.ts';
import { checkBaselines, planMeasures, type MeasurePlan } from '../scoring/plan-measures.ts';
import { connectionNamed, loadWorkspace, type Workspace } from '../workspace/workspace.ts';
import { lowerLimit, readLimits, type RunLimits } from '../documents/limits.ts';
import type { RunPorts } from './ports.ts';
import { registeredIn } from './asked-models.ts';
import { servesByText } from './registered.ts';
import type { RegisteredModelReference, RunSpec, TrainedModelReference } from '../ports/run-spec.ts';
import { parseTrainedName, type TrainedName } from '../registry/trained-name.ts';

/** A model a run will ask: an embedded one, weights that were trained earlier, or a connection. */
export type PlannedModel =
  | { readonly name: string; readonly kind: 'embedded'; readonly embedded: ClassifierKind['id'] }
  /** A model of the hub or of a folder, as it is. */
  | { readonly name: string; readonly kind: 'base' }
  | {
      readonly name: string;
      readonly kind: 'trained';
      /** Absent in a plan made before the run was created, such as an estimate's. */
      readonly reference: TrainedModelReference | undefined;
    }
  | {
      readonly name: string;
      readonly kind: 'connection';
      readonly connection: Connection;
      /** Its name in workbench.yaml, where the model is called otherwise. */
      readonly via?: string;
      /** What it is asked as, where a registered version was named. */
      readonly registered?: RegisteredModelReference;
      /** The trained model that a service keeps and is asked for, where a checkpoint or a version of one was named. */
      readonly trained?: TrainedModelReference;
    };

/** One model with one prompt, before its digests are known. */
export interface PlannedVariant {
  readonly model: PlannedModel;
  readonly prompt: Prompt | undefined;
}

/** Everything a run needs to know, checked before anything is sent. */
export interface RunPlan {
  readonly spec: RunSpec;
  readonly workspace: Workspace;
  readonly benchmark: Benchmark;
  readonly selection: DatasetSelection;
  /** The rows that are asked, in order and in batches. */
  readonly rows: (signal: AbortSignal) => AsyncIterable<readonly AskedRow[]>;
  readonly scan: DatasetScan;
  readonly models: readonly PlannedModel[];
  readonly variants: readonly PlannedVariant[];
  readonly metrics: readonly Metric[];
  /** Decides right and wrong, and pairs variants: the first quality metric with a score of its own, else accuracy. */
  readonly leading: Metric;
  readonly repeats: number;
  readonly seed: number;
  readonly confidence: number;
  readonly baseline: string;
  readonly limits: RunLimits;
  /** What is measured outside the engine, with the files it needs. */
  readonly measures: MeasurePlan;
  /** Absolute path of the benchmark's folder. */
  readonly base: string;
  /** Reads the images and sounds of questions. */
  readonly media: MediaLoader;
  /** Whether a metric needs answers streamed. */
  readonly streams: boolean;
}

/**
 * Reads a benchmark with everything it refers to and checks that they fit together. Sends nothing, needs no secret.
 * Throws the first fault as a WorkbenchError with its place.
 */
export async function planBenchmark(spec: RunSpec, ports: RunPorts, signal: AbortSignal): Promise<RunPlan> {
  const parsed = parseDocument('bench', spec.text);
  const diagnostics = await diagnoseBenchmark(parsed, spec.path, ports.files, signal);
  if (parsed.value === undefined || hasErrors(diagnostics)) throw invalidFileError(spec.path, diagnostics);
  const benchmark = gateOnAsked(parsed.value, spec);
  const workspace = await loadWorkspace(ports.files, spec.folder, signal);
  const base = ports.files.parent(spec.path);
  const models = chooseModels(benchmark, spec).map(name => planModel(name, spec, workspace));
  const selection: DatasetSelection = {
    path: ports.files.resolve(base, benchmark.dataset.path),
    dataset: benchmark.dataset,
    limit: lowerLimit(benchmark.dataset.limit, spec.limit),
    folder: spec.folder,
    base,
    ...(benchmark.perturbations === undefined ? {} : { perturbations: benchmark.perturbations }),
  };
  await requirePinned(ports.files, ports.digest, benchmark.dataset, selection.path, signal);
  const prompts = await loadPrompts(benchmark, base, ports, signal);
  const metrics = createMetrics(benchmark);
  checkBaselines(
    metrics,
    models.map(({ name }) => name),
    spec.path,
  );
  const measures = await planMeasures(benchmark, metrics, base, workspace, ports, signal);
  return {
    spec,
    workspace,
    benchmark,
    selection,
    rows: asked => readAskedRows(ports.files, ports.digest, selection, asked),
    scan: await scanDataset(ports.files, ports.digest, selection, signal),
    models,
    variants: models.flatMap(model => pairWithPrompts(model, prompts)),
    metrics,
    leading: leadingMetric(metrics),
    repeats: benchmark.repeats ?? 1,
    seed: benchmark.seed ?? 7,
    confidence: benchmark.compare?.confidence ?? 0.95,
    baseline: spec.askModels?.[0] ?? baselineOf(benchmark, models),
    limits: limitsOf(benchmark, spec),
    measures,
    base,
    media: createMediaLoader(ports.files, ports.digest, selection),
    streams: metrics.some(metric => metricCatalogue.get(metric.name)?.streams === true),
  };
}

/** The models that take the place of the benchmark's, else its own, narrowed to those asked for at the start. */
function chooseModels(benchmark: Benchmark, spec: RunSpec): readonly string[] {
  if (spec.askModels !== undefined) return spec.askModels;
  if (spec.models === undefined) return benchmark.models;
  for (const name of spec.models) {
    if (benchmark.models.includes(name)) continue;
    throw new WorkbenchError(
      'model-unknown',
      `${spec.file} names no model "${name}"${didYouMean(name, benchmark.models)}.`,
      {
        remedy: `It names: ${benchmark.models.join(', ')}.`,
        place: { path: spec.path },
      },
    );
  }
  const wanted = new Set(spec.models);
  return benchmark.models.filter(name => wanted.has(name));
}

/** Bars for models that others have taken the place of say nothing about these. */
function gateOnAsked(benchmark: Benchmark, { askModels }: RunSpec): Benchmark {
  if (askModels === undefined || benchmark.gate === undefined) return benchmark;
  const { gate, ...others } = benchmark;
  const left = gate.filter(({ model }) => askModels.includes(model));
  return left.length === 0 ? others : { ...others, gate: left };
}

function limitsOf({ limits }: Benchmark, { budget }: RunSpec): RunLimits {
  const own = readLimits(limits);
  return { ...own, budget: lowerLimit(own.budget, budget) };
}

const embeddedPrefix = 'embedded:';

export function planModel(name: string, spec: RunSpec, workspace: Workspace): PlannedModel {
  const named = parseTrainedName(name);
  if (named !== undefined) {
    const served = planServed(name, named, spec, workspace);
    if (served !== undefined) return served;
    const { trained = {} } = spec;
    const reference = Object.hasOwn(trained, name) ? trained[name] : undefined;
    return reference?.service === undefined
      ? { name, kind: 'trained', reference }
      : planKept(name, reference, reference.service, workspace);
  }
  if (name.startsWith(embeddedPrefix)) {
    // The schema names the embedded models there are.
    return { name, kind: 'embedded', embedded: name.slice(embeddedPrefix.length) as ClassifierKind['id'] };
  }
  if (isBaseName(name)) return { name, kind: 'base' };
  return { name, kind: 'connection', connection: connectionNamed(workspace, name) };
}

/** A registered version that others serve. Before the run was created what connections say of themselves has to do. */
function planServed(
  name: string,
  named: TrainedName,
  spec: RunSpec,
  workspace: Workspace,
): Extract<PlannedModel, { kind: 'connection' }> | undefined {
  const registered = registeredIn(spec, name);
  if (registered?.endpoint !== undefined) {
    const { url, model } = registered.endpoint;
    return { name, kind: 'connection', connection: { provider: 'openai', baseUrl: url, model }, registered };
  }
  const via = registered?.connection ?? foreseeConnection(name, named, spec, workspace);
  if (via === undefined) return undefined;
  const connection = connectionNamed(workspace, via);
  return { name, kind: 'connection', connection, via, ...(registered === undefined ? {} : { registered }) };
}

/** A trained model that a service keeps, asked through the connection that serves it. */
function planKept(
  name: string,
  trained: TrainedModelReference,
  { connection: via, model }: NonNullable<TrainedModelReference['service']>,
  workspace: Workspace,
): PlannedModel {
  return { name, kind: 'connection', connection: askedFor(connectionNamed(workspace, via), model), via, trained };
}

/** The same connection, asked for another model: it no longer is the registered version it says it serves. */
export function askedFor(connection: Connection, model: string): Connection {
  return { ...omit(connection as Extract<Connection, { provider: 'openai' }>, 'registered'), model };
}

function foreseeConnection(
  name: string,
  named: TrainedName,
  { trained = {} }: RunSpec,
  { config }: Workspace,
): string | undefined {
  if (named.kind === 'checkpoint' || Object.hasOwn(trained, name)) return undefined;
  return Object.entries(config.connections ?? {}).find(([, connection]) => servesByText(connection, named))?.[0];
}

/**
 * Whether a model is asked in words: connections are, models of the hub and of folders, and trained models that generate text or transcribe sounds. Classifiers read the row
 * itself.
 */
export function readsPrompts(model: PlannedModel): boolean {
  if (model.kind !== 'trained') return model.kind !== 'embedded';
  const { format, task } = model.reference ?? {};
  return (format === 'transformers' || format === 'peft') && task !== 'text-classification';
}

/** Classifiers read the row itself and are asked once, whatever the prompts. */
export function pairWithPrompts(model: PlannedModel, prompts: readonly Prompt[]): readonly PlannedVariant[] {
  if (!readsPrompts(model) || prompts.length === 0) return [{ model, prompt: undefined }];
  return prompts.map(prompt => ({ model, prompt }));
}

function baselineOf(benchmark: Benchmark, models: readonly PlannedModel[]): string {
  const named = benchmark.compare?.baseline;
  if (named !== undefined && models.some(model => model.name === named)) return named;
  return models[0]?.name ?? '';
}

async function loadPrompts(
  benchmark: Benchmark,
  base: string,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<readonly Prompt[]> {
  const prompts: Prompt[] = [];
  for (const path of benchmark.prompts ?? []) {
    prompts.push(await loadPrompt(ports.files, ports.digest, ports.files.resolve(base, path), path, signal));
  }
  return prompts;
}
