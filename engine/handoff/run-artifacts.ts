import type {
  Artifact,
  DatasetArtifact,
  MetricArtifact,
  MetricValue,
  ParameterArtifact,
  Report,
  VariantResult,
} from '../../schemas/generated/messages.ts';
import type { RunRecord } from '../ports/store.ts';
import { ownHardware } from '../registry/own-hardware.ts';
import { keys } from '../registry/keys.ts';
import { metricArtifacts } from '../registry/metric-artifacts.ts';
import { taskOf } from '../registry/publish.ts';
import { parameterArtifacts } from '../registry/tuning-artifacts.ts';
import { normalQuantile } from '../statistics/quantiles.ts';

/** How a run's figures are published. */
export interface RunTerms {
  readonly scope: 'baseline' | 'custom';
  /** Of custom figures. */
  readonly useCase?: string;
  /** Of the data only digest and number of rows are published. */
  readonly private: boolean;
  /** What the model ran on, where somebody says so. */
  readonly hardware?: { readonly type: string; readonly count?: number };
}

/** Tool and version that measured a run: another one's for imported runs. */
export function toolOf({ environment }: Pick<RunRecord, 'environment'>): {
  readonly tool: string;
  readonly toolVersion?: string;
} {
  const source = environment?.source;
  if (source === undefined || source.tool === 'ai-workbench') {
    const version = source === undefined ? environment?.workbench : source.version;
    return { tool: 'AI Workbench', ...(version === undefined ? {} : { toolVersion: version }) };
  }
  return { tool: source.tool, ...(source.version === undefined ? {} : { toolVersion: source.version }) };
}

/**
 * Figures, dataset and settings of a run as artifacts of the version whose results these are, all under the run's id. The raw results
 * are another artifact, since they need a place to lie.
 */
export function runArtifacts(
  record: RunRecord,
  report: Report,
  results: readonly VariantResult[],
  terms: RunTerms,
  verified: boolean,
): Artifact[] {
  const { summary, dataset, environment } = record;
  const facts = dataset ?? report.dataset;
  const prompts = new Set(report.variants.map(({ promptDigest }) => promptDigest));
  const hardware = terms.hardware ?? ownHardware(record, results);
  const timestamp = environment?.source?.measuredAt ?? summary.endedAt ?? report.createdAt;
  const source = environment?.source === undefined ? {} : toolOf(record);
  const metrics = results.flatMap(result => {
    const known = verified && (result.identity === undefined || result.identity.state === 'verified');
    return metricArtifacts(result.metrics, {
      runId: summary.id,
      task: taskName(record, result, prompts.size > 1, terms),
      scope: terms.scope,
      timestamp,
      ...(facts === undefined ? {} : { datasetDigest: facts.digest }),
    }).map((artifact): MetricArtifact => ({
      ...artifact,
      ...standardError(result.metrics, artifact.metric),
      ...(hardware === undefined ? {} : { hardwareType: hardware.type }),
      ...(hardware?.count === undefined ? {} : { hardwareCount: hardware.count }),
      ...(terms.useCase === undefined ? {} : { useCase: terms.useCase }),
      ...source,
      ...(known ? {} : { customProperties: { [keys.identity]: 'unverified' } }),
    }));
  });
  return [
    ...(facts === undefined ? [] : [datasetArtifact(record, facts, terms)]),
    ...settingsOf(record, results, hardware),
    ...metrics,
  ];
}

/** Where a tool puts a prompt's words in place of its name, they are no part of what is published of private data. */
function taskName(
  { summary, environment }: RunRecord,
  result: VariantResult,
  several: boolean,
  terms: RunTerms,
): string {
  const { prompt, promptDigest } = result;
  const isWords = environment?.source !== undefined && environment.source.tool !== 'guidellm';
  if (!terms.private || !isWords || !several || prompt === undefined || prompt.endsWith('.prompt.yml'))
    return taskOf(summary.name, result, several);
  return `${summary.name}.prompt-${(promptDigest ?? '').slice(0, 8)}`;
}

function datasetArtifact(
  { summary }: RunRecord,
  { digest, rows, path }: NonNullable<RunRecord['dataset']>,
  terms: RunTerms,
): DatasetArtifact {
  return {
    artifactType: 'dataset-artifact',
    name: `${summary.id}/${summary.name}`,
    digest,
    rows,
    role: 'benchmark',
    runId: summary.id,
    ...(terms.private ? { private: true } : { uri: path }),
  };
}

/** Only an interval made from a standard error tells it. */
function standardError(metrics: readonly MetricValue[], metric: string): { readonly stderr?: number } {
  const found = metrics.find(one => one.metric === metric);
  if (found?.high === undefined || found.confidence === undefined || found.value === null) return {};
  if (found.method?.startsWith('normal') !== true) return {};
  return { stderr: (found.high - found.value) / normalQuantile((1 + found.confidence) / 2) };
}

/** Settings as far as the run recorded them. */
function settingsOf(
  { summary, environment }: RunRecord,
  results: readonly VariantResult[],
  hardware: RunTerms['hardware'],
): ParameterArtifact[] {
  const only = results.length === 1 ? results[0] : undefined;
  const engines = [...new Set(results.flatMap(({ fingerprints }) => fingerprints ?? []))];
  const source = environment?.source;
  return parameterArtifacts(summary.id, {
    ...source?.parameters,
    // An imported run's seed is that of our own intervals, not the tool's.
    ...(source === undefined ? { seed: environment?.seed, workbench: environment?.workbench } : {}),
    file_digest: source?.digest ?? environment?.fileDigest,
    ...(engines.length === 0 ? {} : { engine: engines.join(', ') }),
    prompt_digest: only?.promptDigest,
    hardware_type: hardware?.type,
    hardware_count: hardware?.count,
  });
}
