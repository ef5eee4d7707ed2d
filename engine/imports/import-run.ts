import { stringify } from 'yaml';
import type { ModelIdentity, RunSummary } from '../../schemas/generated/messages.ts';
import type { Benchmark } from '../../schemas/generated/files.ts';
import { createMetrics, leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { LeaseOwner, RunWriter, SampleRecord, Store } from '../ports/store.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import { buildReport, headlinesOf, planComparison } from '../reports/report.ts';
import { describeIdentities, identitiesOf } from '../reports/identities.ts';
import { createRunId } from '../base/run-id.ts';
import type { HostFacts } from '../runs/ports.ts';
import type { RunSpec, VariantRecord } from '../ports/run-spec.ts';
import type { ImportedRun, ImportedSample, ImportedVariant, StatedVersion } from './imported.ts';
import { countSample, importSeed, progressOf, resultOf, startCounts, type ImportCounts } from './imported-results.ts';

/** What writing an imported run needs of the outside. */
export interface ImportPorts {
  readonly store: Store;
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly random: () => number;
  readonly owner: LeaseOwner;
  readonly host: HostFacts;
}

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

async function writeSamples(
  run: ImportedRun,
  metrics: readonly Metric[],
  aggregates: readonly VariantAggregate[],
  writer: RunWriter,
  { digest }: ImportPorts,
  dataset: ReturnType<Digest['startSha256']>,
  signal: AbortSignal,
): Promise<ImportCounts> {
  const leading = leadingMetric(metrics);
  const occurrence = createOccurrences();
  const rows = new Set<string>();
  const counted = startCounts(run);
  for await (const batch of run.samples(signal)) {
    signal.throwIfAborted();
    const records = batch.map(sample => toRecord(sample, occurrence, leading, digest));
    for (const record of records) {
      aggregates[record.variant]?.addStored(record);
      countSample(counted, record);
      const row = `${record.rowDigest}/${record.occurrence}`;
      if (rows.has(row)) continue;
      rows.add(row);
      dataset.update(record.rowDigest);
    }
    await writer.append(records, progressOf(run, counted));
  }
  return { ...counted, rows: rows.size };
}

/** Which of several equal rows a sample belongs to: told apart by the tool's own row numbers, within a variant and repeat. */
function createOccurrences(): (sample: ImportedSample, digest: string) => number {
  const rowsOf = new Map<string, number[]>();
  return ({ variant, row }, digest) => {
    const key = `${variant}/${digest}`;
    const rows = rowsOf.get(key);
    if (rows === undefined) {
      rowsOf.set(key, [row]);
      return 0;
    }
    const known = rows.indexOf(row);
    if (known >= 0) return known;
    return rows.push(row) - 1;
  };
}

function toRecord(
  sample: ImportedSample,
  occurrenceOf: (sample: ImportedSample, digest: string) => number,
  leading: Metric,
  digest: Digest,
): SampleRecord {
  const { reasons, scores, ...plain } = sample;
  // The digest is a row's as a benchmark would make it, so that rows pair with our own runs'.
  const rowDigest = digest.sha256(JSON.stringify([sample.input, sample.target, sample.slices]));
  const score = scores[leading.id];
  return {
    ...plain,
    rowDigest,
    occurrence: occurrenceOf(sample, rowDigest),
    scores,
    ...(sample.right !== undefined || score === undefined || leading.right === undefined
      ? {}
      : { right: leading.right.isRight(score) }),
    attempts: sample.attempts ?? 1,
    ...(reasons === undefined
      ? {}
      : { details: { measured: Object.fromEntries(Object.entries(reasons).map(([id, reason]) => [id, { reason }])) } }),
  };
}
