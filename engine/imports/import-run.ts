import { stringify } from 'yaml';
import type { Benchmark } from '../../schemas/generated/files.ts';
import type { ModelIdentity, RunSummary } from '../../schemas/generated/messages.ts';
import { createRunId } from '../base/run-id.ts';
import { createMetrics, leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunSpec, VariantRecord } from '../ports/run-spec.ts';
import type { RunWriter, Store } from '../ports/store.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import { describeIdentities, identitiesOf } from '../reports/identities.ts';
import { buildReport, headlinesOf, planComparison } from '../reports/report.ts';
import { importSeed, progressOf, resultOf, startCounts } from './imported-results.ts';
import { writeSamples } from './imported-samples.ts';
import type { ImportedRun, ImportedVariant, StatedVersion } from './imported.ts';
import type { ImportPorts } from './ports.ts';

/** The file a run is imported from. */
export interface ImportedFile {
  readonly path: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly about?: StatedVersion;
}

/**
 * Stores an imported run with its samples and report, so that it is listed, opened and compared as one of ours. A run that was imported
 * from the same bytes before is returned as it is. What had been written of an import that is broken off is kept as a cancelled run.
 */
export async function importRun(
  run: ImportedRun,
  file: ImportedFile,
  ports: ImportPorts,
  signal: AbortSignal,
): Promise<{ readonly summary: RunSummary; readonly isNew: boolean }> {
  const spec = specify(run, file, ports);
  const earlier = await findEarlier(spec, run.createdAt, file, ports.store);
  if (earlier !== undefined) return { summary: earlier, isNew: false };
  const id = createRunId(ports.clock, ports.random);
  await ports.store.createRun({ id, spec, createdAt: ports.clock.now() });
  const writer = await ports.store.openWriter(id, ports.owner);
  try {
    await write(run, file, spec, writer, ports, signal);
  } catch (error) {
    await writer.finish({
      state: 'cancelled',
      progress: progressOf(run, startCounts(run)),
      headlines: [],
    });
    throw error;
  }
  return { summary: (await ports.store.getRun(id)).summary, isNew: true };
}

/** A file may hold several runs of one name, which were not measured at one time. */
async function findEarlier(
  spec: RunSpec,
  measuredAt: number | undefined,
  file: ImportedFile,
  store: Store,
): Promise<RunSummary | undefined> {
  for (const summary of await store.listRuns({ file: spec.file, limit: 1000 })) {
    if (summary.origin !== 'import' || summary.state !== 'succeeded' || summary.name !== spec.name) continue;
    const { environment } = await store.getRun(summary.id);
    const source = environment?.source;
    if (source?.digest === file.digest && source.measuredAt === measuredAt) return summary;
  }
  return undefined;
}

/** A benchmark that says what the run measures, in our own words; it stands where a run's own file would. */
function specify(run: ImportedRun, file: ImportedFile, { files }: ImportPorts): RunSpec {
  const name = run.name.slice(0, 120).trim() || run.tool;
  const benchmark = {
    name,
    description: `Imported from ${run.tool}; it cannot be run again from here.`,
    dataset: {
      path: files.relative(files.parent(file.path), file.path),
      format: 'jsonl',
      input: 'input',
      target: 'target',
    },
    models: [...new Set(run.variants.map(({ model }) => modelName(model)))].slice(0, 64),
    metrics: metricEntriesOf(run),
    ...(run.repeats > 1 ? { repeats: Math.min(run.repeats, 1000) } : {}),
  };
  return {
    kind: 'benchmark',
    text: stringify(benchmark),
    path: file.path,
    file: files.relative(file.folder, file.path),
    name,
    folder: file.folder,
    origin: 'import',
  };
}

/** A model's name as a benchmark could write it: the part behind the last slash, with letters, digits, hyphens and underscores. */
function modelName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9_-]+/g, '-');
  return (/^[A-Za-z]/.test(last) ? last : `m-${last}`).slice(0, 64);
}

function metricEntriesOf(run: ImportedRun): NonNullable<Benchmark['metrics']> {
  const scores = run.scores.map(({ id, label, unit, direction }) => ({
    recorded: {
      name: id,
      label: label.slice(0, 80),
      unit: unit === 'ratio' || unit === 'points' ? unit : ('score' as const),
      direction,
    },
  }));
  return [...scores, 'latency', 'time-to-first-token', 'tokens', 'cost'];
}

async function write(
  run: ImportedRun,
  file: ImportedFile,
  spec: RunSpec,
  writer: RunWriter,
  ports: ImportPorts,
  signal: AbortSignal,
): Promise<void> {
  const variants = run.variants.map((variant, index) => describeVariant(variant, index, run, file.about, ports.digest));
  const metrics = createMetrics({ metrics: metricEntriesOf(run) });
  const dataset = ports.digest.startSha256();
  const identities = identitiesOf(variants);
  const stated = identities.length === 0 ? {} : { identities };
  await writer.begin({ variants, environment: { ...environmentOf(run, file, spec, ports), ...stated } });
  const aggregates = variants.map(() => new VariantAggregate(metrics));
  const counted = await writeSamples(run, metrics, aggregates, writer, ports, dataset, signal);
  const results = variants.map((variant, index) =>
    resultOf(variant, run.variants[index], aggregates[index], writer.runId),
  );
  const progress = progressOf(run, counted);
  const leading = leadingMetric(metrics);
  const record = await ports.store.getRun(writer.runId);
  const summary = {
    ...record.summary,
    state: 'succeeded',
    endedAt: ports.clock.now(),
    progress,
    resumable: false,
  } as const;
  const facts = { path: run.dataset, digest: dataset.hex(), rows: counted.rows, trainingRows: 0 };
  const report = await buildReport(
    {
      record: { ...record, summary, ...(counted.rows === 0 ? {} : { dataset: facts }) },
      results,
      gates: [],
      metrics,
      leading,
      comparison: planComparison({ repeats: run.repeats }, variants[0]?.model ?? ''),
    },
    ports.store,
    ports.clock,
    signal,
  );
  const tool = run.tool === 'ai-workbench' ? 'AI Workbench' : run.tool;
  const source = `Imported from ${tool}${run.toolVersion === undefined ? '' : ` ${run.toolVersion}`}: ${spec.file}.`;
  await writer.finish({
    state: 'succeeded',
    progress,
    headlines: headlinesOf(results, leading.id),
    report: {
      ...report,
      ...run.comparisons,
      notes: [source, ...describeIdentities(identities), ...run.notes, ...report.notes],
    },
  });
}

function describeVariant(
  { model, prompt, settings }: ImportedVariant,
  variant: number,
  { tool, toolVersion }: ImportedRun,
  about: StatedVersion | undefined,
  digest: Digest,
): VariantRecord {
  return {
    variant,
    model,
    modelDigest: digest.sha256(JSON.stringify(['imported', tool, toolVersion ?? '', model, settings])),
    ...(prompt === undefined ? {} : { prompt, promptDigest: digest.sha256(prompt) }),
    ...(about === undefined ? {} : { identity: stateIdentity(model, tool, about) }),
  };
}

function stateIdentity(
  name: string,
  tool: string,
  { model, version, weightsDigest, modelDigest, by }: StatedVersion,
): ModelIdentity {
  return {
    name,
    model,
    version,
    state: 'stated',
    by: 'person',
    at: by.email,
    sentence: `${name} is ${model}@${version} by the word of ${by.email}: ${tool} measured it, and nothing proves which weights answered.`,
    weightsDigest,
    modelDigest,
  };
}

function environmentOf(run: ImportedRun, file: ImportedFile, spec: RunSpec, { host, digest }: ImportPorts) {
  return {
    ...host,
    seed: importSeed,
    fileDigest: digest.sha256(spec.text),
    source: {
      tool: run.tool,
      ...(run.toolVersion === undefined ? {} : { version: run.toolVersion }),
      file: spec.file,
      digest: file.digest,
      ...(run.createdAt === undefined ? {} : { measuredAt: run.createdAt }),
      ...(run.parameters === undefined ? {} : { parameters: { ...run.parameters } }),
    },
  };
}
